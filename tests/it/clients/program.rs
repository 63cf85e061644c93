//! The program itself, on a real file, killed with -9 and started again on the same port.

use crate::support::program::{Running, command};
use futures_util::{StreamExt, stream};
use reqwest::Client;
use serde_json::{Value, json};
use std::{
    net::SocketAddr,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// For everything that a test waits for: long enough for a client's slowest pause on a busy machine.
const WITHIN: Duration = Duration::from_mins(1);
const BETWEEN_LOOKS: Duration = Duration::from_millis(15);
const POSTERS: usize = 16;

pub(super) struct Program {
    directory: TempDir,
    process: Running,
    address: SocketAddr,
    http: Client,
    /// None until joined.
    token: Option<String>,
    posts: AtomicUsize,
}

impl Program {
    /// Starts the program with an account for the posts.
    pub(super) async fn start() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let (process, address) = serve(&directory, SocketAddr::from(([127, 0, 0, 1], 0)));
        // Fails only where another test was first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder()
            .no_proxy()
            .build()
            .expect("an HTTP client");
        let mut program = Self {
            directory,
            process,
            address,
            http,
            token: None,
            posts: AtomicUsize::new(0),
        };
        let account = program
            .ask("/api/v1/join", &json!({ "handle": "ann" }))
            .await;
        program.token = account["token"].as_str().map(str::to_owned);
        program
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// kill -9.
    pub(super) fn kill(&mut self) {
        self.process.kill();
    }

    /// Starts it again on the same port and file.
    pub(super) fn start_again(&mut self) {
        (self.process, self.address) = serve(&self.directory, self.address);
    }

    /// Posts, and answers with the id of the message.
    pub(super) async fn post(&self, body: &str) -> i64 {
        let nonce = format!("post-{}", self.posts.fetch_add(1, Ordering::Relaxed));
        let post = json!({ "body": body, "nonce": nonce });
        let message = self.ask("/api/v1/rooms/general/messages", &post).await;
        message["id"].as_i64().expect("a message has an id")
    }

    /// Posts `count` messages over several connections, and answers with their ids in the order of the log.
    pub(super) async fn post_many(&self, count: usize) -> Vec<i64> {
        let posts = stream::iter(0..count)
            .map(|n| async move { self.post(&format!("one of many: {n}, 汉字 🦀")).await });
        let mut ids: Vec<i64> = posts.buffer_unordered(POSTERS).collect().await;
        ids.sort_unstable();
        ids
    }

    /// Asks until the program, which may just be starting, has answered.
    async fn ask(&self, path: &str, body: &Value) -> Value {
        let deadline = Instant::now() + WITHIN;
        loop {
            let mut request = self.http.post(self.url(path)).json(body);
            if let Some(token) = &self.token {
                request = request.bearer_auth(token);
            }
            match request.send().await {
                Ok(answer) => {
                    let status = answer.status();
                    let text = answer.text().await.expect("the answer has a body");
                    assert!(status.is_success(), "{path} answered {status}: {text}");
                    return serde_json::from_str(&text).expect("the answer is JSON");
                }
                Err(error) => assert!(Instant::now() < deadline, "{path}: {error}"),
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }
}

fn serve(directory: &TempDir, listen: SocketAddr) -> (Running, SocketAddr) {
    let listen = listen.to_string();
    let arguments = [
        "serve",
        "--rate-limits",
        "off",
        "--door",
        "open",
        "--listen",
        &listen,
        "--db",
    ];
    Running::listening(command(arguments).arg(directory.path().join("chat.db")))
}
