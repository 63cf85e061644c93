//! Promise 10, at start: what cannot be served is said in one clear sentence.

use super::{server::Server, until::comes_true};
use crate::support::program::command;
use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
    time::Duration,
};

const ENDS_WITHIN: Duration = Duration::from_secs(30);
/// The exit code for a file that another process has.
const IN_USE: i32 = 4;

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let db = directory.path().join("chat.db");
    let text = "This is a letter, and a long one. ".repeat(1000);
    fs::write(&db, &text).unwrap();
    assert_refused(&serve(&db).await);
    assert_eq!(fs::read_to_string(&db).unwrap(), text);
}

#[tokio::test]
async fn a_damaged_file_is_refused() {
    let mut server = Server::start();
    server.terminate();
    assert!(comes_true(ENDS_WITHIN, || server.ended().is_some()).await);
    let mut bytes = fs::read(server.db()).unwrap();
    let end = bytes.len();
    bytes[100..end].fill(0xa5);
    fs::write(server.db(), bytes).unwrap();
    assert_refused(&serve(server.db()).await);
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let output = serve(&directory.path().join("nowhere/chat.db")).await;
    assert_refused(&output);
    assert!(String::from_utf8_lossy(&output.stderr).contains("nowhere"));
}

#[tokio::test]
async fn a_file_in_use_is_refused_to_a_second_server_an_import_and_a_restore() {
    let server = Server::start();
    let backup = server.directory().join("backup.db");
    let backed_up = run(command(["backup"])
        .arg(&backup)
        .arg("--db")
        .arg(server.db()))
    .await;
    assert!(backed_up.status.success());
    let lines = server.directory().join("lines.ndjson");
    fs::write(&lines, "").unwrap();
    let outputs = [
        serve(server.db()).await,
        run(command(["import"]).arg(&lines).arg("--db").arg(server.db())).await,
        run(command(["restore"])
            .arg(&backup)
            .arg("--db")
            .arg(server.db()))
        .await,
    ];
    for output in outputs {
        assert_refused(&output);
        assert_eq!(output.status.code(), Some(IN_USE));
        assert!(String::from_utf8_lossy(&output.stderr).contains("in use"));
    }
}

async fn serve(db: &Path) -> Output {
    run(command(["serve", "--listen", "127.0.0.1:0", "--db"]).arg(db)).await
}

/// Runs a command that shall end by itself.
async fn run(command: &mut Command) -> Output {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let has_ended = comes_true(ENDS_WITHIN, || child.try_wait().unwrap().is_some()).await;
    if !has_ended {
        child.kill().unwrap();
    }
    let output = child.wait_with_output().unwrap();
    assert!(
        has_ended,
        "it runs on: {}",
        String::from_utf8_lossy(&output.stdout)
    );
    output
}

/// It ends with a code, and says why in one line.
fn assert_refused(output: &Output) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.code().is_some_and(|code| code > 0),
        "{:?}: {said}",
        output.status
    );
    assert!(
        output.stdout.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(
        said.starts_with("backscroll: ") && said.contains("chat.db"),
        "{said}"
    );
    assert!(
        !said.contains("panicked") && !said.contains("Error {"),
        "{said}"
    );
}
