//! Commands of the operator, with a running server and without one.

use crate::support::{
    chat::Chat,
    program::{PROGRAM, run, run_with_input},
};
use backscroll::{config::base_path::BasePath, model::time::Timestamp};
use reqwest::Method;
use serde_json::json;
use std::{env, fs, os::unix::fs::PermissionsExt as _, path::Path, process::Command};
use tokio::task::spawn_blocking;

/// Runs the program on the file of the server, without blocking the tests' runtime.
async fn command(chat: &Chat, arguments: &[&str]) -> crate::support::program::Ended {
    let file = chat.file().to_str().expect("UTF-8").to_owned();
    let mut arguments: Vec<String> = arguments.iter().map(|&word| word.to_owned()).collect();
    arguments.extend(["--db".to_owned(), file]);
    spawn_blocking(move || run(&arguments))
        .await
        .expect("the program runs")
}

#[tokio::test]
async fn the_operator_makes_the_first_admin_while_the_server_runs_and_while_it_does_not() {
    let mut chat = Chat::start().await;
    let [ann, bob] = [chat.join("ann").await, chat.join("bob").await];
    bob.post("general", "here").await;
    let made = command(&chat, &["user", "role", "ann", "admin"]).await.ok();
    assert_eq!(made, "ann: admin\n");
    assert_eq!(ann.see("/api/v1/users/me").await["role"], "admin");
    chat.stop().await;
    command(&chat, &["user", "role", "bob", "guest"]).await.ok();
    let list = command(&chat, &["user", "list"]).await.ok();
    let lines: Vec<Vec<&str>> = list
        .lines()
        .map(|line| line.split('\t').collect())
        .collect();
    let roles: Vec<_> = lines
        .iter()
        .map(|line| (line[0], line[1], line[2]))
        .collect();
    let expected = [
        ("ann", "admin", "enabled"),
        ("backscroll", "bot", "enabled"),
        ("bob", "guest", "enabled"),
    ];
    assert_eq!(roles, expected);
    chat.go_on().await;
    ann.see("/api/v1/me").await;
    assert_eq!(command(&chat, &["user", "list"]).await.ok(), list);
    let rooms = command(&chat, &["room", "list"]).await.ok();
    assert!(rooms.starts_with("general\topen\t2\t"), "{rooms}");
    command(&chat, &["user", "disable", "bob"]).await.ok();
    bob.get("/api/v1/me").await.problem(401);
    command(&chat, &["user", "enable", "bob"]).await.ok();
    bob.see("/api/v1/me").await;
}

#[tokio::test]
async fn a_command_says_why_it_was_refused() {
    let mut chat = Chat::start().await;
    chat.join("ann").await;
    command(&chat, &["user", "role", "ann", "admin"]).await.ok();
    for is_running in [true, false] {
        let refused = command(&chat, &["user", "disable", "nobody"]).await;
        refused.failed(5, "nobody and nothing of this name");
        let refused = command(&chat, &["user", "remove", "ann"]).await;
        refused.failed(5, "needs an admin");
        let refused = command(&chat, &["user", "role", "ann", "king"]).await;
        refused.failed(2, "king");
        let refused = command(&chat, &["user", "add", "ann"]).await;
        refused.failed(5, "handle: ");
        let refused = command(&chat, &["room", "create", "Club", "--closed"]).await;
        refused.failed(2, "--manager");
        let refused = command(&chat, &["room", "delete", "nowhere"]).await;
        refused.failed(5, "nobody and nothing of this name");
        let refused = command(&chat, &["invite", "create", "--role", "guest"]).await;
        refused.failed(5, "room: ");
        let refused = command(&chat, &["token", "create", "ann", "x", "--scope", "all"]).await;
        refused.failed(5, "scopes: ");
        if is_running {
            chat.stop().await;
        }
    }
    chat.go_on().await;
}

#[tokio::test]
async fn the_socket_is_for_its_owner_and_goes_with_the_server() {
    let mut chat = Chat::start().await;
    chat.join("ann").await;
    let socket = chat.file().with_extension("db.sock");
    let mode = fs::metadata(&socket)
        .expect("a socket")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    chat.stop().await;
    assert!(!socket.exists());
    // A socket that a killed server has left is replaced.
    drop(std::os::unix::net::UnixListener::bind(&socket).expect("a socket"));
    command(&chat, &["user", "list"]).await.ok();
    chat.go_on().await;
    chat.join("bob").await;
    command(&chat, &["user", "list"]).await.ok();
}

#[tokio::test]
async fn accounts_made_by_a_flood_are_removed_by_one_command() {
    let chat = Chat::start().await;
    let early = chat.join("early").await;
    early.add("general", "me").await.expect(204);
    let mut file = chat.outside().await;
    let past = "update users set created_at = '2020-01-01T00:00:00.000Z' where handle = 'early'";
    sqlx::query(past)
        .execute(&mut file)
        .await
        .expect("an update");
    let [writer, member] = [chat.join("writer").await, chat.join("member").await];
    let written = writer.post("general", "a person").await;
    let club = writer.create_room("Club", "closed").await;
    writer.add(&club, "member").await.expect(204);
    for n in 0..40 {
        let one = chat.join(&format!("flood{n}")).await;
        one.add("general", "me").await.expect(204);
        if n < 3 {
            one.react("general", written, "👍").await.expect(200);
            one.create_room(&format!("Flood {n}"), ["open", "closed", "open"][n])
                .await;
            one.open_direct(&["writer"]).await;
        }
    }
    early.add("flood-2", "me").await.expect(204);
    let since = Timestamp::parse("2021-01-01T00:00:00Z")
        .expect("a time")
        .to_string();
    let flood = ["user", "remove-flood", "--since", &since];
    let dry = command(&chat, &[&flood[..], &["--dry-run"]].concat()).await;
    assert!(
        dry.ok()
            .ends_with("40 accounts and 5 rooms would be deleted\n")
    );
    let done = command(&chat, &flood).await.ok();
    assert_eq!(done, "40 accounts and 5 rooms deleted\n");
    let message = format!("/api/v1/rooms/general/messages/{written}");
    assert_eq!(writer.see(&message).await["reactions"], json!([]));
    let rooms = writer.see("/api/v1/rooms").await;
    let rooms = rooms["rooms"].as_array().expect("rooms").iter();
    let slugs: Vec<_> = rooms
        .map(|room| room["slug"].as_str().expect("a slug").to_owned())
        .collect();
    // A room that somebody else has joined stays.
    let expected = [club.as_str(), "general", "flood-2"];
    assert_eq!(slugs.len(), 3, "{slugs:?}");
    assert!(
        expected
            .iter()
            .all(|slug| slugs.iter().any(|other| other == slug)),
        "{slugs:?}"
    );
    let members = writer.see("/api/v1/rooms/general/members").await;
    assert_eq!(members["count"], json!(3), "{members}");
    for person in [&early, &writer, &member] {
        person.see("/api/v1/me").await;
    }
    let log = "select count(*) from audit where action = 'user.delete'";
    let recorded: i64 = sqlx::query_scalar(log)
        .fetch_one(&mut file)
        .await
        .expect("rows");
    assert_eq!(recorded, 40);
    let again = command(&chat, &flood).await.ok();
    assert_eq!(again, "0 accounts and 0 rooms deleted\n");
}

/// Each command, with what it prints: while the server runs and while it does not. `{link}` is the secret of a link or
/// token, `{time}` a time, `{id}` an id.
const COMMANDS: [(&[&str], &str); 31] = [
    (
        &[
            "user",
            "add",
            "cleo",
            "--name",
            "Cleo Q",
            "--public-url",
            "https://chat.example",
        ],
        "cleo: member\nhttps://chat.example/sign-in/{link}\n",
    ),
    (&["user", "add", "builds", "--role", "bot"], "builds: bot\n"),
    (&["user", "role", "cleo", "guest"], "cleo: guest\n"),
    (
        &["user", "role", "cleo", "member", "--json"],
        "{\"handle\":\"cleo\",\"name\":\"Cleo Q\",\"role\":\"member\"}\n",
    ),
    (&["user", "disable", "cleo"], "cleo: member, disabled\n"),
    (&["user", "enable", "cleo"], "cleo: member, enabled\n"),
    (
        &[
            "user",
            "sign-in-link",
            "cleo",
            "--public-url",
            "https://chat.example",
        ],
        "https://chat.example/sign-in/{link}\n",
    ),
    (
        &["user", "sign-in-link", "ann", "--json"],
        "{\"expires_at\":\"{time}\",\"handle\":\"ann\",\"url\":\"http://127.0.0.1:3000/sign-in/{link}\"}\n",
    ),
    (&["room", "create", "Board", "--topic", "Tea"], "board\n"),
    (&["room", "add", "board", "cleo"], "board: cleo added\n"),
    (
        &["room", "add", "board", "cleo", "--manager", "--json"],
        "{\"done\":\"added\",\"handle\":\"cleo\",\"room\":\"board\"}\n",
    ),
    (
        &["room", "remove", "board", "cleo"],
        "board: cleo removed\n",
    ),
    (&["room", "archive", "board"], "board: archived\n"),
    (
        &["room", "archive", "board", "--undo"],
        "board: not archived\n",
    ),
    (
        &["room", "list"],
        "board\topen\t0\t{time}\tBoard\ngeneral\topen\t3\t{time}\tGeneral\n",
    ),
    (&["room", "delete", "board"], "board: deleted\n"),
    (
        &["room", "list", "--json"],
        "{\"archived\":false,\"created_at\":\"{time}\",\"kind\":\"open\",\"members\":3,\"name\":\"General\",\"slug\":\"general\"}\n",
    ),
    (
        &[
            "room",
            "create",
            "Secret",
            "--closed",
            "--manager",
            "bob",
            "--json",
        ],
        "{\"done\":\"created\",\"manager\":\"bob\",\"room\":\"r-{link}\"}\n",
    ),
    (
        &[
            "invite",
            "create",
            "--uses",
            "3",
            "--public-url",
            "https://chat.example",
        ],
        "https://chat.example/invite/{link}\n",
    ),
    (&["invite", "list"], "{id}\tmember\t0/3\t{time}\t-\t-\t-\n"),
    (
        &["invite", "list", "--json"],
        "{\"as\":null,\"created_at\":\"{time}\",\"expires_at\":\"{time}\",\"id\":{id},\"made_by\":null,\"role\":\"member\",\"room\":null,\"used\":0,\"uses\":3}\n",
    ),
    (&["invite", "revoke", "{id}"], "{id}: revoked\n"),
    (&["invite", "list"], ""),
    (
        &[
            "token", "create", "builds", "nightly", "--scope", "read", "--scope", "post", "--room",
            "general",
        ],
        "{link}\n",
    ),
    (
        &["token", "list", "builds"],
        "{id}\tread post\tgeneral\t{time}\t-\tnightly\n",
    ),
    (
        &["token", "revoke", "builds", "{id}", "--json"],
        "{\"done\":\"revoked\",\"id\":\"{id}\"}\n",
    ),
    (&["token", "list", "builds", "--json"], ""),
    (
        &["user", "ban", "cleo", "--hide-messages"],
        "cleo: banned\n",
    ),
    (
        &["user", "list"],
        "ann\tadmin\tenabled\t{time}\tann\nbackscroll\tbot\tenabled\t{time}\tBackscroll\nbob\tmember\tenabled\t{time}\tbob\nbuilds\tbot\tenabled\t{time}\tbuilds\ncleo\tmember\tbanned\t{time}\tCleo Q\n",
    ),
    (&["user", "remove", "cleo", "--erase"], "cleo: deleted\n"),
    (&["user", "remove", "builds"], "builds: deleted\n"),
];

/// Replaces what differs from run to run: times, secrets, and the id `id`.
fn blurred(text: &str, id: &str) -> String {
    let text = text.replace(&format!("\"id\":{id},"), "\"id\":{id},");
    let words = text.split_inclusive(|c: char| !(c.is_alphanumeric() || "-_:.".contains(c)));
    let blur = |word: &str| {
        let end = word.trim_end_matches(|c: char| !c.is_alphanumeric()).len();
        let (word, end) = word.split_at(end);
        let blurred = match word {
            _ if !id.is_empty() && word == id => "{id}",
            _ if word.starts_with("backscroll_") => "{link}",
            // That of the server which runs, or the one that it has by default.
            _ if word.starts_with("127.0.0.1:") => "127.0.0.1:3000",
            _ if word.starts_with("r-") && word.len() == 12 => "r-{link}",
            _ if word.len() == 24 && word.starts_with("20") && word.ends_with('Z') => "{time}",
            _ => word,
        };
        blurred.to_owned() + end
    };
    words.map(blur).collect()
}

#[tokio::test]
async fn each_command_says_the_same_with_a_running_server_and_without_one() {
    let mut chat = Chat::start().await;
    for handle in ["ann", "bob"] {
        chat.join(handle).await;
    }
    command(&chat, &["user", "role", "ann", "admin"]).await.ok();
    for is_running in [true, false] {
        if !is_running {
            chat.stop().await;
        }
        // The slug of a room that was deleted is not used again.
        let of_round = |text: &str| {
            let ending = if is_running { "oard" } else { "ards" };
            text.replace("oard", ending)
        };
        let mut id = String::new();
        for (arguments, expected) in COMMANDS {
            let arguments: Vec<String> = arguments
                .iter()
                .map(|word| of_round(word).replace("{id}", &id))
                .collect();
            let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let printed = command(&chat, &words).await.ok();
            if expected.starts_with("{id}\t") {
                id = printed.split('\t').next().expect("a cell").to_owned();
            }
            assert_eq!(
                blurred(&printed, &id),
                of_round(expected),
                "{arguments:?}, running: {is_running}"
            );
        }
        // The closed room of this round, so that the next one finds what this one has found.
        let rooms = command(&chat, &["room", "list"]).await.ok();
        let closed = rooms
            .lines()
            .find(|line| line.starts_with("r-"))
            .expect("the room");
        let closed = closed.split('\t').next().expect("a slug");
        command(&chat, &["room", "delete", closed]).await.ok();
    }
}

#[tokio::test]
async fn a_password_is_read_from_standard_input_and_is_in_no_log() {
    let mut chat = Chat::start().await;
    chat.join("ann").await;
    let file = chat.file().to_str().expect("UTF-8").to_owned();
    for (password, is_running) in [
        ("three cups, no spoon", true),
        ("four cups, no spoon", false),
    ] {
        if !is_running {
            chat.stop().await;
        }
        let arguments = ["user", "password", "ann", "--db", &file].map(str::to_owned);
        let input = format!("{password}\nnot this\n");
        let set = spawn_blocking(move || run_with_input(arguments, &input));
        let set = set.await.expect("the program runs");
        assert_eq!(set.ok(), "ann: password set\n");
        if !is_running {
            chat.go_on().await;
        }
        let sign_in = json!({ "handle": "ann", "password": password });
        let visitor = chat.visitor();
        let signed_in = visitor.send(Method::POST, "/api/v1/sign-in", sign_in);
        signed_in.await.expect(200);
    }
    let refused = command(&chat, &["user", "password", "ann"]).await;
    refused.failed(2, "no password");
    for path in [chat.file(), chat.file().with_extension("db-wal")] {
        let bytes = fs::read(path).unwrap_or_default();
        let is_there = bytes.windows(10).any(|window| window == b"four cups,");
        assert!(!is_there);
    }
}

#[tokio::test]
async fn a_link_has_the_address_of_the_server_that_runs() {
    let chat = Chat::start_with(|config| {
        config.base_path = BasePath::parse("/chat").ok();
    })
    .await;
    let site = chat.url("/chat/");
    for made in [
        ["invite", "create"].as_slice(),
        &["setup-link"],
        &["user", "add", "ann"],
        &["user", "sign-in-link", "ann"],
    ] {
        let printed = command(&chat, made).await.ok();
        assert!(printed.contains(&site), "{made:?}: {printed}, not {site}");
    }
}

/// The examples in the help of a command, one for each line.
fn examples_of(noun: &str) -> Vec<String> {
    let help = run([noun, "--help"]).ok();
    let lines = help.lines().map(str::trim);
    let lines =
        lines.filter(|line| line.starts_with("backscroll ") || line.contains("| backscroll"));
    lines.map(str::to_owned).collect()
}

#[tokio::test]
async fn the_examples_in_the_help_of_the_commands_work() {
    let chat = Chat::start().await;
    chat.join("bob").await;
    let script: Vec<String> = ["user", "room", "token", "invite"]
        .into_iter()
        .flat_map(examples_of)
        .collect();
    assert!(script.len() > 10, "{script:?}");
    let script = script.join("\n");
    // The URL of a closed room is made at random, and another program knows the password.
    let script = script
        .replace("--closed --manager ann", "--closed --manager ann >room")
        .replace("r-4k2m9x7q1z", "$(cat room)")
        .replace("2027-01-01", "2199-01-01")
        .replace("pass show chat/ann", "echo a-long-enough-passphrase");
    let folder = chat.file().parent().expect("a folder").to_owned();
    let file = chat.file();
    let program = Path::new(PROGRAM).parent().expect("a folder").display();
    let path = format!("{program}:{}", env::var("PATH").expect("a PATH"));
    let ended = spawn_blocking(move || {
        Command::new("bash")
            .args(["-euo", "pipefail", "-c", &script])
            .current_dir(folder)
            .env("PATH", path)
            .env("BACKSCROLL_DB", file)
            .output()
    });
    let ended = ended
        .await
        .expect("it is waited for")
        .expect("there is a bash");
    let told = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{told}");
}
