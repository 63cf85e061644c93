//! The server with a certificate: HTTP/2 and HTTP/1.1 over TLS.

mod acme;
mod http2;
mod protocols;
mod redirect;
mod rotation;
mod streams;

use crate::support::{
    chat::Chat,
    sse::{Block, Parser},
};
use backscroll::config::Config;
use rcgen::CertifiedKey;
use reqwest::{Certificate, Client, ClientBuilder, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use std::{collections::VecDeque, fs, path::PathBuf, time::Duration};
use tempfile::TempDir;
use tokio::time::timeout;

/// A server with a certificate for `localhost`, and its files.
struct SecureChat {
    chat: Chat,
    files: CertificateFiles,
}

/// The files of `--tls-cert` and `--tls-key`.
struct CertificateFiles(TempDir);

impl CertificateFiles {
    fn new() -> (Self, Certificate) {
        let files = Self(tempfile::tempdir().expect("a temporary directory"));
        let root = files.renew();
        (files, root)
    }

    fn certificate(&self) -> PathBuf {
        self.0.path().join("chain.pem")
    }

    fn key(&self) -> PathBuf {
        self.0.path().join("key.pem")
    }

    /// Writes a new certificate and its key, one after the other.
    fn renew(&self) -> Certificate {
        let names = vec!["localhost".to_owned()];
        let CertifiedKey { cert, signing_key } =
            rcgen::generate_simple_self_signed(names).expect("a certificate");
        fs::write(self.certificate(), cert.pem()).expect("the certificate is written");
        fs::write(self.key(), signing_key.serialize_pem()).expect("the key is written");
        Certificate::from_pem(cert.pem().as_bytes()).expect("it is one")
    }
}

impl SecureChat {
    async fn start() -> (Self, Certificate) {
        Self::start_with(|_| {}).await
    }

    async fn start_with(set: impl FnOnce(&mut Config)) -> (Self, Certificate) {
        let (files, root) = CertificateFiles::new();
        let chat = Chat::start_with(|config| {
            config.tls.certificate = Some(files.certificate());
            config.tls.key = Some(files.key());
            set(config);
        })
        .await;
        let server = Self { chat, files };
        // The first answer shows that the files were read.
        let http = server.trusting(&[&root]).build().expect("a client");
        let ready = http.get(server.url("/healthz")).send().await;
        assert_eq!(ready.expect("an answer").status(), 200);
        (server, root)
    }

    /// Returns the settings of a client that trusts these certificates only.
    fn trusting(&self, roots: &[&Certificate]) -> ClientBuilder {
        Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .tls_certs_only(roots.iter().copied().cloned())
            .resolve("localhost", self.chat.address)
    }

    fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.chat.address.port())
    }

    /// Joins, and returns a client of the new user.
    async fn join(&self, http: Client, handle: &str) -> SecurePerson {
        let request = http.post(self.url("/api/v1/join"));
        let joined = request.json(&json!({ "handle": handle })).send().await;
        let joined: Value = joined.expect("an answer").json().await.expect("JSON");
        let token = joined["token"].as_str().expect("a token").to_owned();
        SecurePerson {
            http,
            token,
            base: self.url(""),
        }
    }
}

/// A user's client over TLS.
struct SecurePerson {
    http: Client,
    token: String,
    base: String,
}

impl SecurePerson {
    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.base);
        self.http.request(method, url).bearer_auth(&self.token)
    }

    async fn post(&self, body: &str) -> Response {
        let request = self.request(Method::POST, "/api/v1/rooms/general/messages");
        let posted = request.json(&json!({ "body": body })).send().await;
        posted.expect("an answer")
    }

    async fn stream(&self) -> SecureStream {
        let opened = self.request(Method::GET, "/api/v1/events").send().await;
        let mut stream = SecureStream {
            response: opened.expect("an answer"),
            parser: Parser::default(),
            waiting: VecDeque::new(),
        };
        assert_eq!(stream.next().await.expect("a block").event, "hello");
        stream
    }
}

/// A stream as the body of a response.
struct SecureStream {
    response: Response,
    parser: Parser,
    waiting: VecDeque<Block>,
}

impl SecureStream {
    /// Returns the next block that is not a signal; `None` after an orderly end.
    async fn next(&mut self) -> Option<Block> {
        loop {
            while let Some(block) = self.waiting.pop_front() {
                if !block.is_signal() {
                    return Some(block);
                }
            }
            let chunk = timeout(Duration::from_secs(30), self.response.chunk()).await;
            let chunk = chunk
                .expect("it comes in time")
                .expect("the stream is whole")?;
            let parser = &mut self.parser;
            self.waiting
                .extend(chunk.iter().filter_map(|byte| parser.feed(*byte)));
        }
    }

    /// Returns the next message.
    async fn message(&mut self) -> String {
        loop {
            let block = self.next().await.expect("the stream goes on");
            if block.event == "message" {
                return block.json()["message"]["body"]
                    .as_str()
                    .expect("a text")
                    .to_owned();
            }
        }
    }

    /// Returns the reason of `bye`, after which the stream ends.
    async fn farewell(&mut self) -> String {
        loop {
            let block = self.next().await.expect("a stream says goodbye");
            if block.event == "bye" {
                assert_eq!(self.next().await, None);
                return block.json()["reason"]
                    .as_str()
                    .expect("a reason")
                    .to_owned();
            }
        }
    }
}
