//! Promise 10: on a full disk or a locked file changes are refused with a reason, nothing is half-stored, and service
//! resumes by itself.

use super::{
    evidence::open,
    history::Outcome,
    server::Server,
    trial::{ROOM, Trial, ready},
};
use crate::support::small_disk::SmallDisk;
use rlimit::{Resource, prlimit};
use std::{fs, path::Path};

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_may_not_grow_refuses_posts_and_serves_readers_until_it_may_grow_again() {
    let server = Server::start();
    let pid = i32::try_from(server.pid()).unwrap();
    let limit =
        |bytes| prlimit(pid, Resource::FSIZE, Some((bytes, rlimit::INFINITY)), None).unwrap();
    let mut trial = Trial::begin(&server).await;
    for _ in 0..3 {
        trial.post_some(&server).await;
        limit(largest_file(server.directory()) + 64 * 1024);
        trial.fill(&server).await;
        limit(rlimit::INFINITY);
        trial.recover(&server).await;
    }
    trial.end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_posts_and_serves_readers_until_there_is_space() {
    let directory = tempfile::tempdir().unwrap();
    let mount = match SmallDisk::mount(directory.path()) {
        Ok(mount) => mount,
        Err(why) => {
            return eprintln!("skipped: a small file system could not be mounted here: {why}");
        }
    };
    let server = Server::start_in(directory, mount.path.join("chat.db"), &[]);
    let mut trial = Trial::begin(&server).await;
    for _ in 0..3 {
        trial.post_some(&server).await;
        mount.fill_up();
        trial.fill(&server).await;
        mount.make_room();
        trial.recover(&server).await;
    }
    trial.end(&server).await;
    drop(server);
    drop(mount);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_at_its_limit_refuses_changes_and_serves_readers_until_there_is_room() {
    const LIMIT: u64 = 5 << 18;
    let mut server = Server::start_with(&["--max-size", &LIMIT.to_string()]);
    let mut trial = Trial::begin(&server).await;
    let mut other = open(server.db()).await;
    sqlx::query("create table ballast as select zeroblob(400000) as bytes")
        .execute(&mut other)
        .await
        .unwrap();
    let long = trial.post_long(6).await;
    trial.post_some(&server).await;

    trial.fill(&server).await;
    trial.assert_not_editable().await;
    for message in long {
        trial.person.delete(ROOM, message, &trial.history).await;
    }
    trial.recover(&server).await;

    trial.fill(&server).await;
    sqlx::query("drop table ballast")
        .execute(&mut other)
        .await
        .unwrap();
    assert_eq!(ready(&server).await.status, 200, "it looks by itself");
    trial.recover(&server).await;

    trial.fill(&server).await;
    assert!(size(server.db()).await <= LIMIT);
    server.kill();
    server.start_again();
    trial.person.hang_up();
    trial.assert_told_so(&server).await;
    server.kill();
    server.start_again_with(&["--max-size", "2M"]);
    trial.recover(&server).await;
    assert!(size(server.db()).await > LIMIT);
    trial.end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_locked_by_another_program_refuses_posts_until_it_is_free() {
    let server = Server::start();
    let mut trial = Trial::begin(&server).await;
    trial.post_some(&server).await;
    let mut other = open(server.db()).await;
    sqlx::query("begin immediate")
        .execute(&mut other)
        .await
        .unwrap();
    let refused = trial.post_once().await;
    assert_eq!(refused, Outcome::Refused);
    trial.assert_readers_are_served(&server).await;
    sqlx::query("rollback").execute(&mut other).await.unwrap();
    trial.recover(&server).await;
    trial.end(&server).await;
}

/// What the file takes once everything is in it, in bytes.
async fn size(db: &Path) -> u64 {
    let mut file = open(db).await;
    let size = sqlx::query_scalar(
        "select page_count * page_size from pragma_page_count, pragma_page_size",
    );
    size.fetch_one(&mut file).await.unwrap()
}

fn largest_file(directory: &Path) -> u64 {
    let files = fs::read_dir(directory)
        .unwrap()
        .map(|file| file.unwrap().metadata().unwrap().len());
    files.max().unwrap()
}
