//! A server with its own file, and people who use it through the API.

use super::program::{Running, command, run};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::{net::TcpListener, path::PathBuf};
use tempfile::TempDir;

/// A temporary folder with a database, and the server on it, if one runs.
pub(super) struct Chat {
    folder: TempDir,
    port: u16,
    server: Option<Running>,
}

impl Chat {
    /// Returns a database that is not served yet.
    pub(super) fn new() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = free.local_addr().expect("an address").port();
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
            port,
            server: None,
        }
    }

    /// Returns a database that is being served.
    pub(super) fn serving() -> Self {
        let mut chat = Self::new();
        chat.serve();
        chat
    }

    pub(super) fn serve(&mut self) {
        let (listen, db) = (self.address(), self.db());
        let (server, _) = Running::listening(&mut command([
            "--listen",
            &listen,
            "--rate-limits",
            "off",
            "--db",
            &db,
        ]));
        self.server = Some(server);
    }

    /// kill -9.
    pub(super) fn kill(&mut self) {
        self.server = None;
    }

    /// Stops the server as Ctrl-C does.
    pub(super) fn stop(&mut self) {
        let mut server = self.server.take().expect("it serves");
        server.signal("INT");
        assert_eq!(server.code(), Some(0));
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(super) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// A path in the temporary folder.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn name(&self, name: &str) -> String {
        self.path(name).to_str().expect("UTF-8").to_owned()
    }

    pub(super) fn db(&self) -> String {
        self.name("chat.db")
    }

    /// Posts to `general` as ann, whose token is kept in a file; returns the id.
    pub(super) fn post(&self, text: &str) -> i64 {
        let (url, tokens) = (self.url(), self.name("ann.token"));
        let printed = run([
            "post",
            &url,
            "general",
            text,
            "--as",
            "ann",
            "--token-file",
            &tokens,
        ])
        .ok();
        printed.trim().parse().expect("an id")
    }

    /// Returns what `export` prints.
    pub(super) fn export(&self) -> String {
        run(["export", "--db", &self.db()]).ok()
    }

    /// The exported messages, in order.
    pub(super) fn history(&self) -> Vec<Value> {
        self.export()
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect()
    }
}

/// A user of the API.
pub(super) struct Person {
    client: Client,
    api: String,
    token: String,
}

impl Person {
    pub(super) async fn join(chat: &Chat, handle: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().build().expect("a client");
        let mut person = Self {
            client,
            api: format!("{}/api/v1", chat.url()),
            token: String::new(),
        };
        let joined = person
            .ask(Method::POST, "/join", &json!({ "handle": handle }))
            .await;
        joined["token"]
            .as_str()
            .expect("a token")
            .clone_into(&mut person.token);
        person
    }

    /// Sends a request that must succeed, and returns the body of its answer.
    pub(super) async fn ask(&self, method: Method, path: &str, body: &Value) -> Value {
        let request = self
            .client
            .request(method, format!("{}{path}", self.api))
            .json(body);
        let answer = request
            .bearer_auth(&self.token)
            .send()
            .await
            .expect("an answer");
        let (status, text) = (answer.status(), answer.text().await.expect("a body"));
        assert!(status.is_success(), "{path} answered {status}: {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Posts a message and returns its id.
    pub(super) async fn post(&self, room: &str, message: Value) -> i64 {
        let posted = self
            .ask(Method::POST, &format!("/rooms/{room}/messages"), &message)
            .await;
        posted["id"].as_i64().expect("an id")
    }
}
