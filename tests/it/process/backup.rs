//! Backups made under load are exact prefixes of the log; a restored one begins a new era.

use super::{
    evidence::{assert_sound, read_file},
    history::{History, Outcome},
    log_checker::{Fault, faults},
    people::Person,
    poster::Poster,
    reader::Stream,
    server::Server,
    until::until,
};
use crate::support::program;
use serde_json::json;
use std::{
    path::Path,
    process::Output,
    sync::{Arc, Mutex},
    time::Instant,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_made_under_load_is_an_exact_prefix_of_the_log() {
    let server = Server::start();
    let history = Arc::new(Mutex::new(History::default()));
    let mut posters = Vec::new();
    for n in 0..4 {
        let person = Person::join(server.addresses(), &format!("p{n}")).await;
        posters.push(Poster::start(person, &["general"], Arc::clone(&history)));
    }
    let mut copies = Vec::new();
    for n in 1..=5 {
        let count = || history.lock().unwrap().posts.len();
        until("people talk", || count() > 60 * n).await;
        let (copy, begun, before) = (
            server.directory().join(format!("copy{n}.db")),
            Instant::now(),
            count(),
        );
        assert_done(&run("backup", &[&copy], server.db()).await);
        until("people talk on", || count() > before).await;
        copies.push((copy, begun));
    }
    for poster in posters {
        poster.finish().await;
    }
    let mut history = Arc::into_inner(history).unwrap().into_inner().unwrap();
    read_file(server.db(), &mut history).await;
    assert_eq!(faults(&history), Vec::<Fault>::new());
    for (copy, begun) in copies {
        assert_done(&run("check", &[], &copy).await);
        assert_sound(&copy).await;
        let mut prefix = History::default();
        read_file(&copy, &mut prefix).await;
        assert!(!prefix.log.is_empty() && prefix.log.len() < history.log.len());
        assert_eq!(prefix.log, history.log[..prefix.log.len()]);
        let last = prefix.log.last().unwrap().id;
        let missing = history.posts.iter().find(|post| {
            post.answered < begun && matches!(post.outcome, Outcome::Acknowledged(id) if id > last)
        });
        assert!(
            missing.is_none(),
            "acknowledged before the backup began, and not in it: {missing:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_of_a_future_that_was_restored_away_are_reset_and_no_id_is_used_again() {
    let mut server = Server::start();
    let mut person = Person::join(server.addresses(), "ann").await;
    let copy = server.directory().join("copy.db");
    let kept = post(&mut person, "kept").await;
    let also_kept = post(&mut person, "also kept").await;
    assert_done(&run("backup", &[&copy], server.db()).await);
    let lost = post(&mut person, "lost").await;
    let last_lost = post(&mut person, "also lost").await;
    server.terminate();
    until("the server has ended", || server.ended().is_some()).await;
    assert_done(&run("restore", &[&copy], server.db()).await);
    server.start_again();
    assert_done(&run("check", &[], server.db()).await);

    assert_eq!(outcome(&server, lost).await, "reset");
    assert_eq!(outcome(&server, last_lost).await, "reset");
    assert_eq!(outcome(&server, also_kept).await, "live");
    assert_eq!(outcome(&server, kept).await, "replay");
    person.hang_up();
    let new = post(&mut person, "new").await;
    assert!(new > last_lost, "{new} may be mistaken for what was lost");
    // However far the log goes on, a cursor from the lost future stays what it is.
    assert_eq!(outcome(&server, last_lost).await, "reset");
    assert_eq!(outcome(&server, also_kept).await, "replay");
    let mut stream = Stream::open(
        server.address(),
        "/api/v1/rooms/general/events",
        None,
        Some(kept),
    )
    .await
    .unwrap();
    let mut seen = Vec::new();
    while seen.last() != Some(&new) {
        let block = stream.next().await.unwrap().unwrap();
        seen.extend(block.id.filter(|_| block.event == "message"));
    }
    assert_eq!(seen, [also_kept, new]);
}

async fn post(person: &mut Person, body: &str) -> i64 {
    let answer = person
        .insist(
            "POST",
            "/api/v1/rooms/general/messages",
            Some(&json!({ "body": body })),
        )
        .await;
    assert_eq!(
        answer.status,
        201,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
    answer.json()["id"].as_i64().unwrap()
}

/// What a reader with this cursor is told.
async fn outcome(server: &Server, cursor: i64) -> String {
    let mut stream = Stream::open(server.address(), "/api/v1/events", None, Some(cursor))
        .await
        .unwrap();
    let hello = stream.next().await.unwrap().unwrap();
    hello.json()["outcome"].as_str().unwrap().to_owned()
}

async fn run(command: &str, files: &[&Path], db: &Path) -> Output {
    let mut command = program::command([command]);
    command.args(files).arg("--db").arg(db);
    tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap()
}

fn assert_done(output: &Output) {
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{}{}",
        said(&output.stdout),
        said(&output.stderr)
    );
}
