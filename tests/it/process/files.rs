//! Promises 1 and 10: while the files at the database's path are not those that the server has open, nothing is
//! acknowledged; service resumes when they are back, and a restart finds every acknowledged post.

use super::{
    history::Outcome,
    server::Server,
    trial::{Trial, ready},
    until::until,
};
use crate::support::program::run;
use std::{
    fs,
    path::{Path, PathBuf},
};

const LOGGED: &str = "was moved, removed, truncated or replaced";

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_acknowledged_while_a_file_of_the_database_is_away_and_service_resumes() {
    let server = Server::start();
    let mut trial = Trial::begin(&server).await;
    for (times, suffix) in (1..).zip(["", "-wal", "-shm", "-lock"]) {
        trial.post_some(&server).await;
        let (file, away) = (beside(&server, suffix), server.directory().join("away"));
        fs::rename(&file, &away).unwrap();
        assert_eq!(ready(&server).await.status, 503, "{suffix}");
        for _ in 0..5 {
            assert_eq!(trial.post_once().await, Outcome::Refused, "{suffix}");
        }
        trial.assert_readers_are_served(&server).await;
        assert!(!file.exists(), "the server made another {suffix}");
        fs::rename(&away, &file).unwrap();
        trial.recover(&server).await;
        until("one line is logged", || server.lines_with(LOGGED) == times).await;
    }
    trial.end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn acknowledged_posts_survive_the_replacement_of_the_file_by_its_copy() {
    let mut server = Server::start();
    let mut trial = Trial::begin(&server).await;
    trial.post_some(&server).await;
    let copy = server.directory().join("copy");
    fs::copy(server.db(), &copy).unwrap();
    fs::rename(&copy, server.db()).unwrap();
    for _ in 0..5 {
        assert_eq!(trial.post_once().await, Outcome::Refused);
    }
    assert_eq!(ready(&server).await.status, 503);
    trial.assert_readers_are_served(&server).await;
    server.kill();
    assert_service_resumes(server, trial).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn acknowledged_posts_survive_the_removal_of_the_write_ahead_log() {
    let mut server = Server::start();
    let mut trial = Trial::begin(&server).await;
    trial.post_some(&server).await;
    fs::remove_file(beside(&server, "-wal")).unwrap();
    assert_eq!(trial.post_once().await, Outcome::Refused);
    server.kill();
    assert_service_resumes(server, trial).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_ahead_log_without_its_file_is_refused_and_not_deleted() {
    let mut server = Server::start();
    let mut trial = Trial::begin(&server).await;
    trial.post_some(&server).await;
    let away = server.directory().join("away");
    fs::rename(server.db(), &away).unwrap();
    assert_eq!(trial.post_once().await, Outcome::Refused);
    server.kill();
    let wal = fs::read(beside(&server, "-wal")).unwrap();
    assert!(!wal.is_empty());
    for command in ["serve", "import"] {
        let started = start(command, server.db());
        started.failed(1, "write-ahead log");
    }
    fs::write(server.db(), "").unwrap();
    start("check", server.db()).failed(3, "write-ahead log");
    assert_eq!(fs::read(beside(&server, "-wal")).unwrap(), wal);
    fs::rename(&away, server.db()).unwrap();
    assert_service_resumes(server, trial).await;
}

/// Starts a stopped server again on its file: it takes posts, and nothing acknowledged is missing.
async fn assert_service_resumes(mut server: Server, mut trial: Trial) {
    server.start_again();
    trial.person.hang_up();
    trial.recover(&server).await;
    trial.end(&server).await;
}

fn start(command: &str, db: &Path) -> crate::support::program::Ended {
    let db = db.to_str().unwrap();
    match command {
        "serve" => run(["serve", "--listen", "127.0.0.1:0", "--db", db]),
        "import" => run(["import", "-", "--db", db]),
        _ => run([command, "--db", db]),
    }
}

fn beside(server: &Server, suffix: &str) -> PathBuf {
    let mut name = server.db().as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
