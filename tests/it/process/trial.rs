//! A trial: a server on which changes cannot be stored for a while, with everything recorded for the log checker.

use super::{
    evidence::{assert_sound, read_file, view},
    history::{History, Outcome},
    http::{Answer, ask_once, get},
    log_checker::{Fault, faults},
    people::Person,
    reader::{Reader, Stream},
    server::Server,
    until::{PATIENCE, until},
};
use serde_json::json;
use std::{
    sync::Mutex,
    time::{Duration, Instant},
};
use tokio::time::sleep;

/// The room in which everything is posted.
pub(super) const ROOM: &str = "general";
/// Refusals in a row after which the disk counts as full: a short text may still find a gap.
const REFUSALS: usize = 30;

/// One person who posts and one reader, on a server that cannot store changes for a while.
pub(super) struct Trial {
    pub(super) person: Person,
    reader: Reader,
    pub(super) history: Mutex<History>,
    nonces: usize,
}

impl Trial {
    pub(super) async fn begin(server: &Server) -> Self {
        let person = Person::join(server.addresses(), "ann").await;
        let reader = Reader::follow(server.addresses(), "/api/v1/events", 0, None);
        Self {
            person,
            reader,
            history: Mutex::default(),
            nonces: 0,
        }
    }

    /// Posts once, under a nonce that is not used again.
    pub(super) async fn post_once(&mut self) -> Outcome {
        // Texts of different sizes, since a short one may still fit into a free gap of the file.
        let text = "long ".repeat(self.nonces % 4 * 400);
        self.post_text(&text).await
    }

    /// A message that takes several pages of the file.
    async fn post_long_once(&mut self) -> Outcome {
        self.post_text(&"🦀".repeat(7000)).await
    }

    pub(super) async fn post_long(&mut self, count: usize) -> Vec<i64> {
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
    pub(super) async fn assert_not_editable(&mut self) {
        let text = json!({ "body": format!("n{} v1 {}", self.nonces, "🦀".repeat(7000)) });
        let path = format!("/api/v1/rooms/{ROOM}/messages/{}", self.last_acknowledged());
        let refused = self.person.ask("PATCH", &path, Some(&text)).await.unwrap();
        assert_not_now(&refused);
    }

    pub(super) async fn post_some(&mut self, server: &Server) {
        for _ in 0..20 {
            assert!(matches!(self.post_once().await, Outcome::Acknowledged(_)));
        }
        assert_eq!(ready(server).await.status, 200);
    }

    /// Posts until nothing fits any more; then posts and `/readyz` must say why, and reads must go on.
    pub(super) async fn fill(&mut self, server: &Server) {
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

    /// A post and `/readyz` are answered with 503 and the reason.
    pub(super) async fn assert_told_so(&mut self, server: &Server) {
        // The nonce is one in sequence: what has no room may be the index of nonces alone.
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

    /// Reads, the open stream and new streams are served.
    pub(super) async fn assert_readers_are_served(&self, server: &Server) {
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

    /// Service resumes without a restart.
    pub(super) async fn recover(&mut self, server: &Server) {
        let deadline = Instant::now() + PATIENCE;
        while !matches!(self.post_once().await, Outcome::Acknowledged(_)) {
            assert!(Instant::now() < deadline, "service does not resume");
            sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(ready(server).await.status, 200);
        self.post_some(server).await;
    }

    pub(super) async fn end(self, server: &Server) {
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

/// Asks `/readyz`.
pub(super) async fn ready(server: &Server) -> Answer {
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
