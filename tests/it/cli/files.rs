//! Which files the commands take for a database, under which names, and with which rights.

use super::{
    chat::Chat,
    program::{command, run},
};
use crate::support::small_disk::SmallDisk;
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::Path,
    process::Command,
};

/// `Bscr` in ASCII.
const APPLICATION_ID: i64 = 0x4273_6372;
/// Statements that make the database of another program.
const FOREIGN: [&str; 2] = [
    "create table events (id integer primary key); create table eras (id integer primary key)",
    "create table moz_places (id integer primary key); pragma application_id = 252006675",
];

/// Every command on `db`, each with the code that it ends with where the file is refused.
fn every_command(chat: &Chat, db: &str) -> Vec<(Vec<String>, i32)> {
    let (out, backup) = (chat.name("out.db"), chat.name("backup.db"));
    let commands: [(&[&str], i32); 6] = [
        (&["serve", "--listen", "127.0.0.1:0"], 1),
        (&["import", "-"], 1),
        (&["export"], 1),
        (&["backup", &out], 1),
        (&["check"], 3),
        (&["restore", &backup], 1),
    ];
    let with_db = commands.into_iter().map(|(arguments, code)| {
        let arguments = arguments.iter().copied().chain(["--db", db]);
        (arguments.map(str::to_owned).collect(), code)
    });
    with_db.collect()
}

fn with_backup() -> Chat {
    let mut chat = Chat::serving();
    chat.post("kept");
    run(["backup", &chat.name("backup.db"), "--db", &chat.db()]).ok();
    chat.stop();
    chat
}

async fn change(db: &str, statements: &'static str) {
    let options = SqliteConnectOptions::new()
        .filename(db)
        .create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&options)
        .await
        .expect("a connection");
    sqlx::raw_sql(statements)
        .execute(&mut connection)
        .await
        .expect(statements);
    connection.close().await.expect("it closes");
}

async fn header(db: &str) -> (i64, i64) {
    let options = SqliteConnectOptions::new().filename(db);
    let mut connection = SqliteConnection::connect_with(&options)
        .await
        .expect("a connection");
    sqlx::query_as(
        "select application_id, user_version from pragma_application_id, pragma_user_version",
    )
    .fetch_one(&mut connection)
    .await
    .expect("a header")
}

fn mode(file: &str) -> u32 {
    fs::metadata(file).expect(file).permissions().mode() & 0o777
}

#[tokio::test]
async fn the_database_of_another_program_is_refused_by_every_command_and_left_as_it_is() {
    let chat = with_backup();
    for (number, statements) in FOREIGN.into_iter().enumerate() {
        let foreign = chat.name(&format!("foreign-{number}.db"));
        change(&foreign, statements).await;
        let before = fs::read(&foreign).expect("a file");
        for (arguments, code) in every_command(&chat, &foreign) {
            let words = match arguments[0].as_str() {
                "restore" => "another program",
                _ => "not a database of Backscroll",
            };
            run(&arguments).failed(code, words);
        }
        run(["restore", &foreign, "--db", &chat.db()]).failed(3, "not a database of Backscroll");
        assert_eq!(fs::read(&foreign).expect("a file"), before);
    }
    assert!(chat.export().contains("kept"));
}

#[tokio::test]
async fn the_database_of_a_newer_version_is_refused_and_says_so() {
    let chat = with_backup();
    change(&chat.db(), "pragma user_version = 9999").await;
    for (arguments, code) in every_command(&chat, &chat.db()) {
        if arguments[0] != "restore" {
            run(&arguments).failed(code, "newer version");
        }
    }
    let new = chat.name("new.db");
    run(["restore", &chat.db(), "--db", &new]).failed(3, "newer version");
    // Going back to an older version is what a backup is for.
    run(["restore", &chat.name("backup.db"), "--db", &chat.db()]).ok();
    run(["check", "--db", &chat.db()]).ok();
}

#[tokio::test]
async fn a_database_says_whose_it_is_and_so_do_its_copies() {
    let mut chat = with_backup();
    let (backup, restored) = (chat.name("backup.db"), chat.name("restored.db"));
    run(["restore", &backup, "--db", &restored]).ok();
    let ours = header(&chat.db()).await;
    assert!(ours.0 == APPLICATION_ID && ours.1 > 0, "{ours:?}");
    for copy in [&backup, &restored] {
        assert_eq!(header(copy).await, ours);
    }
    // As files of earlier versions are.
    change(
        &chat.db(),
        "pragma application_id = 0; pragma user_version = 0",
    )
    .await;
    run(["check", "--db", &chat.db()]).ok();
    chat.serve();
    chat.stop();
    assert_eq!(header(&chat.db()).await, ours);
    assert!(chat.export().contains("kept"));
}

#[test]
fn names_that_are_no_file_are_refused_by_every_command() {
    let chat = with_backup();
    let fifo = chat.name("fifo");
    let made = Command::new("mkfifo").arg(&fifo).status();
    assert!(made.expect("there is a mkfifo").success());
    let linked = chat.name("linked.db");
    fs::copy(chat.name("backup.db"), &linked).expect("a copy");
    fs::hard_link(&linked, chat.name("second-name.db")).expect("a link");
    for (db, words) in [
        (":memory:", "in memory"),
        ("file:chat.db", "URI"),
        ("file:chat.db?mode=memory", "URI"),
        (&chat.name(""), "folder"),
        (&fifo, "pipe"),
        ("/dev/null", "device"),
        (&linked, "hard link"),
    ] {
        for (arguments, _) in every_command(&chat, db) {
            run(&arguments).failed(1, words);
        }
    }
    run(["backup", "file:out.db", "--db", &chat.db()]).failed(1, "URI");
}

#[test]
fn a_link_to_a_missing_file_leads_every_command_to_one_file_and_one_lock() {
    let mut chat = Chat::new();
    fs::create_dir(chat.path("data")).expect("a folder");
    let (real, link) = (chat.name("data/real.db"), chat.name("chat.db"));
    symlink("data/real.db", chat.path("middle.db")).expect("a link");
    symlink("middle.db", &link).expect("a link");
    chat.serve();
    chat.post("kept");
    let backup = chat.name("backup.db");
    run(["backup", &backup, "--db", &link]).ok();
    for name in [&link, &real] {
        run(["restore", &backup, "--db", name]).failed(4, "in use");
        run(["serve", "--listen", "127.0.0.1:0", "--db", name]).failed(4, "in use");
    }
    for suffix in ["", "-wal", "-shm", "-lock"] {
        assert_eq!(mode(&format!("{real}{suffix}")), 0o600, "{suffix}");
    }
    assert_eq!(mode(&backup), 0o600);
    assert!(!Path::new(&format!("{link}-lock")).exists());
    chat.stop();
    run(["restore", &link, "--db", &real]).failed(1, "itself");
    run(["import", &link, "--db", &real]).failed(1, "itself");
    assert!(run(["export", "--db", &real]).ok().contains("kept"));
}

#[test]
fn a_relative_name_is_a_file_of_the_current_folder() {
    let chat = with_backup();
    let mut check = command(["check", "--db", "chat.db"]);
    let output = check.current_dir(chat.path("")).output();
    assert!(output.expect("it runs").status.success());
    let mut backup = command(["backup", "second.db", "--db", "./chat.db"]);
    let output = backup.current_dir(chat.path("")).output();
    assert!(output.expect("it runs").status.success());
    run(["check", "--db", &chat.name("second.db")]).ok();
}

#[test]
fn a_copy_on_a_read_only_medium_can_be_checked_exported_and_restored() {
    let chat = with_backup();
    let disk = match SmallDisk::mount(&chat.path("")) {
        Ok(disk) => disk,
        Err(why) => {
            return eprintln!("skipped: a small file system could not be mounted here: {why}");
        }
    };
    let copy = disk.path.join("chat.db");
    fs::copy(chat.db(), &copy).expect("a copy");
    disk.write_protect();
    let copy = copy.to_str().expect("UTF-8");
    assert!(run(["check", "--db", copy]).ok().contains("1 messages"));
    assert!(run(["export", "--db", copy]).ok().contains("kept"));
    let (backup, restored) = (chat.name("second.db"), chat.name("restored.db"));
    run(["backup", &backup, "--db", copy]).ok();
    run(["restore", copy, "--db", &restored]).ok();
    for file in [&backup, &restored] {
        assert!(run(["export", "--db", file]).ok().contains("kept"));
    }
    run(["serve", "--listen", "127.0.0.1:0", "--db", copy]).failed(1, "chat.db");
}
