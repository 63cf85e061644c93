//! Promise 10: a full disk or a locked file is said so, stores no half, and passes by itself.

use super::{
    evidence::{assert_sound, open, read_file, view},
    history::{History, Outcome},
    http::{Answer, ask_once, get},
    log_checker::{Fault, faults},
    people::Person,
    reader::{Reader, Stream},
    server::Server,
    until::{PATIENCE, until},
};
use rlimit::{Resource, prlimit};
use serde_json::json;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Mutex,
    time::{Duration, Instant},
};
use tokio::time::sleep;

const ROOM: &str = "general";
/// After so many refusals in a row the disk counts as full: a short text may still find a gap.
const REFUSALS: usize = 30;

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
    const LIMIT: u64 = 1 << 20;
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

/// A server in trouble, somebody who posts, and somebody who reads.
struct Trial {
    person: Person,
    reader: Reader,
    history: Mutex<History>,
    nonces: usize,
}

impl Trial {
    async fn begin(server: &Server) -> Self {
        let person = Person::join(server.addresses(), "ann").await;
        let reader = Reader::follow(server.addresses(), "/api/v1/events", 0, None);
        Self {
            person,
            reader,
            history: Mutex::default(),
            nonces: 0,
        }
    }

    /// Once, under a nonce that is not used again.
    async fn post_once(&mut self) -> Outcome {
        // Different sizes, since what is short may still find a gap.
        let text = "long ".repeat(self.nonces % 4 * 400);
        self.post_text(&text).await
    }

    /// A message that takes several pages of the file.
    async fn post_long_once(&mut self) -> Outcome {
        self.post_text(&"🦀".repeat(7000)).await
    }

    async fn post_long(&mut self, count: usize) -> Vec<i64> {
        let mut messages = Vec::new();
        while messages.len() < count {
            match self.post_long_once().await {
                Outcome::Acknowledged(id) => messages.push(id),
                outcome => panic!("{outcome:?}"),
            }
        }
        messages
    }

    async fn post_text(&mut self, text: &str) -> Outcome {
        self.nonces += 1;
        let nonce = format!("n{}", self.nonces);
        let body = format!("{nonce} v0 {text}");
        self.person
            .try_post(ROOM, &nonce, &body, &self.history)
            .await
    }

    /// A longer text is refused, and the old one stays: the checker will ask for its first version.
    async fn assert_not_editable(&mut self) {
        let text = json!({ "body": format!("n{} v1 {}", self.nonces, "🦀".repeat(7000)) });
        let path = format!("/api/v1/rooms/{ROOM}/messages/{}", self.last_acknowledged());
        let refused = self.person.ask("PATCH", &path, Some(&text)).await.unwrap();
        assert_not_now(&refused);
    }

    async fn post_some(&mut self, server: &Server) {
        for _ in 0..20 {
            assert!(matches!(self.post_once().await, Outcome::Acknowledged(_)));
        }
        assert_eq!(ready(server).await.status, 200);
    }

    /// Posts until nothing fits any more, and looks around.
    async fn fill(&mut self, server: &Server) {
        let deadline = Instant::now() + PATIENCE;
        let mut refusals = 0;
        while refusals < REFUSALS {
            refusals = if self.post_once().await == Outcome::Refused {
                refusals + 1
            } else {
                0
            };
            assert!(Instant::now() < deadline, "it never was full");
        }
        self.assert_told_so(server).await;
        self.assert_readers_are_served(server).await;
    }

    /// The poster is told why, and whoever watches the server too.
    async fn assert_told_so(&mut self, server: &Server) {
        // With a nonce like those before: what has no room may be the index of nonces alone.
        self.nonces += 1;
        let text = format!("long v0 {}", "a long text ".repeat(600));
        let long = json!({ "body": text, "nonce": format!("n{}", self.nonces) });
        let refused = self
            .person
            .ask("POST", "/api/v1/rooms/general/messages", Some(&long))
            .await
            .unwrap();
        assert_not_now(&refused);
        assert_eq!(
            refused.header("content-type"),
            Some("application/problem+json")
        );
        assert_eq!(refused.json()["status"], 503);
        assert_not_now(&ready(server).await);
    }

    /// Reads and streams go on, old and new ones.
    async fn assert_readers_are_served(&self, server: &Server) {
        for path in [
            "/healthz",
            "/api/v1/rooms/general/messages",
            "/api/v1/rooms",
            "/rooms/general",
        ] {
            assert_eq!(
                ask_once(server.address(), &get(path, None))
                    .await
                    .unwrap()
                    .status,
                200,
                "{path}"
            );
        }
        let last = self.last_acknowledged();
        until("the reader has everything", || {
            self.reader.last_event() >= Some(last)
        })
        .await;
        assert_eq!(
            self.reader.received().streams,
            1,
            "its stream has stayed open"
        );
        let mut replay = Stream::open(server.address(), "/api/v1/events", None, Some(0))
            .await
            .unwrap();
        while replay.next().await.unwrap().unwrap().id < Some(last) {}
    }

    /// Without a restart, and without anybody's help.
    async fn recover(&mut self, server: &Server) {
        let deadline = Instant::now() + PATIENCE;
        while !matches!(self.post_once().await, Outcome::Acknowledged(_)) {
            assert!(Instant::now() < deadline, "service does not resume");
            sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(ready(server).await.status, 200);
        self.post_some(server).await;
    }

    async fn end(self, server: &Server) {
        let last = self.last_acknowledged();
        until("the reader has everything", || {
            self.reader.last_event() >= Some(last)
        })
        .await;
        let received = self.reader.received();
        let mut history = self.history.into_inner().unwrap();
        read_file(server.db(), &mut history).await;
        history.views.push(view("reader", None, 0, &received));
        assert_eq!(faults(&history), Vec::<Fault>::new());
        assert_sound(server.db()).await;
    }

    fn last_acknowledged(&self) -> i64 {
        let history = self.history.lock().unwrap();
        let acknowledged = history.posts.iter().filter_map(|post| match post.outcome {
            Outcome::Acknowledged(id) => Some(id),
            _ => None,
        });
        acknowledged.max().unwrap()
    }
}

async fn ready(server: &Server) -> Answer {
    ask_once(server.address(), &get("/readyz", None))
        .await
        .unwrap()
}

fn assert_not_now(answer: &Answer) {
    assert_eq!(
        answer.status,
        503,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
    assert!(
        answer
            .header("retry-after")
            .is_some_and(|seconds| seconds.parse::<u32>().is_ok()),
        "{}",
        answer.head
    );
    let text = String::from_utf8_lossy(&answer.body);
    assert!(text.contains("disk is full"), "{text}");
    assert!(
        !text.contains("SQLITE") && !text.contains("error returned"),
        "{text}"
    );
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

/// A file system of 12 MiB. Given up when dropped.
struct SmallDisk {
    path: PathBuf,
}

impl SmallDisk {
    fn mount(directory: &Path) -> Result<Self, String> {
        let path = directory.join("disk");
        fs::create_dir(&path).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=12m", "tmpfs"])
            .arg(&path)
            .output();
        match mounted {
            Ok(output) if output.status.success() => Ok(Self { path }),
            Ok(output) => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Leaves a little: the test shall not only meet a disk that was full from the start.
    fn fill_up(&self) {
        let mut kept = 1024;
        while kept > 0 && fs::write(self.ballast(), vec![1; (12 * 1024 - kept) * 1024]).is_err() {
            kept += 256;
        }
    }

    fn make_room(&self) {
        fs::remove_file(self.ballast()).unwrap();
    }

    fn ballast(&self) -> PathBuf {
        self.path.join("ballast")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount")
            .arg("--lazy")
            .arg(&self.path)
            .status();
    }
}
