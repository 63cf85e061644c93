//! `backup`, `restore` and `check`.

use super::{
    chat::Chat,
    program::{Running, run, until},
};
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    fs,
    os::unix::fs::symlink,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

#[test]
fn a_backup_under_load_restores_to_a_prefix_of_the_log() {
    let mut chat = Chat::serving();
    chat.post("0");
    let backup = chat.name("backup.db");
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for n in 1.. {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                chat.post(&n.to_string());
            }
        });
        until("there is something to back up", || chat.history().len() > 5);
        run(["backup", &backup, "--db", &chat.db()]).ok();
        let then = chat.history().len();
        until("more was posted meanwhile", || {
            chat.history().len() > then + 5
        });
        stop.store(true, Ordering::Relaxed);
    });
    let all = chat.history();
    chat.stop();
    let told = run(["restore", &backup, "--db", &chat.db()]).ok();
    assert!(told.contains("1000000000"), "{told}");
    let restored = chat.history();
    assert!(restored.len() > 5 && restored.len() < all.len());
    assert_eq!(restored, all[..restored.len()]);
    run(["check", "--db", &chat.db()]).ok();
}

#[test]
fn after_a_restore_ids_go_on_beyond_anything_used_and_lost_cursors_are_told() {
    let mut chat = Chat::serving();
    chat.post("kept");
    let (backup, cursor) = (chat.name("backup.db"), chat.name("cursor"));
    run(["backup", &backup, "--db", &chat.db()]).ok();
    let lost = chat.post("lost");
    fs::write(&cursor, lost.to_string()).expect("a file");
    for era in 1..=2 {
        chat.stop();
        run(["restore", &backup, "--db", &chat.db()]).ok();
        chat.serve();
        let id = chat.post("new");
        assert!(
            id >= era * 1_000_000_000 && id < (era + 1) * 1_000_000_000,
            "{id}"
        );
        let tail = Running::start(["tail", &chat.url(), "--cursor-file", &cursor]);
        until("it is told", || tail.has_told("reset"));
        fs::write(&cursor, lost.to_string()).expect("a file");
        let bodies: Vec<_> = chat
            .history()
            .iter()
            .map(|message| message["body"].clone())
            .collect();
        assert_eq!(bodies, ["kept", "new"]);
    }
    run(["check", "--db", &chat.db()]).ok();
}

#[test]
fn the_replaced_file_is_kept_and_nothing_is_overwritten() {
    let mut chat = Chat::serving();
    chat.post("kept");
    let backup = chat.name("backup.db");
    run(["backup", &backup, "--db", &chat.db()]).ok();
    run(["backup", &backup, "--db", &chat.db()]).failed(1, "already exists");
    chat.post("replaced");
    chat.kill();
    let told = run(["restore", &backup, "--db", &chat.db()]).ok();
    let kept = told
        .split("is now ")
        .last()
        .expect("a name")
        .trim()
        .trim_end_matches('.')
        .to_owned();
    let kept = run(["export", "--db", &kept]).ok();
    assert!(kept.contains("replaced") && !chat.export().contains("replaced"));
    let mut names: Vec<_> = fs::read_dir(chat.path(""))
        .expect("a folder")
        .map(|entry| entry.expect("a file").file_name())
        .collect();
    names.retain(|name| {
        name.to_string_lossy().contains("half") || name.to_string_lossy().contains("restoring")
    });
    assert!(names.is_empty(), "{names:?}");
}

#[test]
fn a_backup_restores_where_there_was_nothing_and_over_what_cannot_be_read() {
    let chat = Chat::serving();
    chat.post("kept");
    let (backup, new, broken) = (
        chat.name("backup.db"),
        chat.name("new.db"),
        chat.name("broken.db"),
    );
    let link = chat.name("link.db");
    symlink(&new, &link).expect("a link");
    run(["backup", &backup, "--db", &chat.db()]).ok();
    run(["restore", &backup, "--db", &new]).ok();
    fs::write(&broken, "not a database at all").expect("a file");
    let ended = run(["restore", &backup, "--db", &broken]);
    assert!(ended.stderr.contains("cannot be read"), "{ended:?}");
    run(["restore", &backup, "--db", &link]).ok();
    assert!(fs::symlink_metadata(&link).expect("a link").is_symlink());
    for file in [new, broken] {
        assert!(run(["export", "--db", &file]).ok().contains("kept"));
        run(["check", "--db", &file]).ok();
    }
}

#[test]
fn what_is_no_backup_is_refused_and_the_file_stays() {
    let mut chat = Chat::serving();
    chat.post("kept");
    chat.stop();
    let (odd, before) = (chat.name("odd.db"), fs::read(chat.db()).expect("a file"));
    let mut cut = before.clone();
    cut.truncate(before.len() / 2);
    for content in [b"not a database at all".to_vec(), cut, Vec::new()] {
        fs::write(&odd, content).expect("a file");
        run(["restore", &odd, "--db", &chat.db()]).failed(3, "cannot be restored");
    }
    run(["restore", &chat.db(), "--db", &chat.db()]).failed(1, "itself");
    run(["restore", &chat.name("none.db"), "--db", &chat.db()]).failed(1, "no such file");
    assert_eq!(fs::read(chat.db()).expect("a file"), before);
}

#[tokio::test]
async fn check_finds_what_disagrees() {
    let chat = Chat::serving();
    chat.post("one");
    let last = chat.post("two");
    let mut chat = chat;
    chat.stop();
    assert!(
        run(["check", "--db", &chat.db()])
            .ok()
            .contains("2 messages")
    );
    for (number, (damage, rule)) in [
        (
            "delete from events where kind = 'message'",
            "all references are valid",
        ),
        (
            "delete from events where kind = 'message'",
            "each message has its event",
        ),
        ("delete from messages", "each event about a message"),
        (
            "update messages set body = '' where id = (select max(id) from messages)",
            "have no text",
        ),
        (
            "update messages set edited_at = created_at",
            "edits and deletions",
        ),
        (
            "update messages set reply_to = id",
            "replies are in the room",
        ),
        (
            "update sqlite_sequence set seq = 3",
            "not beyond the sequence of ids",
        ),
        (
            "insert into eras values (1000, 3, '2026-11-22T05:41:03.123Z')",
            "no event is in the gap",
        ),
        ("update events set at = '2004'", "in the standard format"),
        (
            "update events set subject_id = null where kind = 'member'",
            "have the data of their kind",
        ),
        (
            "delete from events where kind = 'member'",
            "each membership has its event",
        ),
        (
            "update memberships set read_up_to = 99999",
            "read marks are not beyond",
        ),
        (
            "insert into reactions select id, 'x', author_id, id from messages",
            "reactions have their events",
        ),
        (
            "update events set actor_id = 99999 where kind = 'message'",
            "existing users and rooms",
        ),
        ("delete from meta", "has a name"),
    ]
    .into_iter()
    .enumerate()
    {
        let copy = chat.name(&format!("copy-{number}.db"));
        run(["backup", &copy, "--db", &chat.db()]).ok();
        let options = SqliteConnectOptions::new()
            .filename(&copy)
            .foreign_keys(false);
        let mut connection = SqliteConnection::connect_with(&options)
            .await
            .expect("a connection");
        sqlx::query(damage)
            .execute(&mut connection)
            .await
            .expect(damage);
        connection.close().await.expect("it closes");
        let ended = run(["check", "--db", &copy]);
        ended.failed(3, "fault");
        let found = ended
            .stdout
            .lines()
            .any(|line| line.starts_with("FAULT") && line.contains(rule));
        assert!(
            found
                || rule == "all references are valid"
                    && ended.stdout.contains("refers to a missing row"),
            "{damage}: {ended:?}"
        );
    }
    assert!(last > 0);
}

#[test]
fn check_says_what_is_no_database_of_ours() {
    let chat = Chat::new();
    run(["check", "--db", &chat.db()]).failed(1, "no such file");
    fs::write(chat.db(), "not a database at all").expect("a file");
    run(["check", "--db", &chat.db()]).failed(3, "cannot be read");
}
