//! People who post, change and delete, whatever becomes of the server, and write down what they were told.

use super::{
    history::{History, LookBack, Outcome, Post},
    http::{Answer, Connection, ask_once, request},
    until::PATIENCE,
};
use serde_json::{Value, json};
use std::{
    io,
    net::SocketAddr,
    sync::Mutex,
    time::{Duration, Instant},
};
use tokio::{sync::watch, time::sleep};

const PAUSE: Duration = Duration::from_millis(10);

/// An account, and what its person knows.
pub(super) struct Person {
    handle: String,
    token: String,
    addresses: watch::Receiver<SocketAddr>,
    connection: Option<Connection>,
    /// Messages so far.
    pub(super) written: u32,
}

impl Person {
    /// Joins.
    pub(super) async fn join(addresses: watch::Receiver<SocketAddr>, handle: &str) -> Self {
        let address = *addresses.borrow();
        let token = join(address, handle).await;
        Self {
            handle: handle.into(),
            token,
            addresses,
            connection: None,
            written: 0,
        }
    }

    /// A name for the next message.
    pub(super) fn next_nonce(&mut self) -> String {
        self.written += 1;
        format!("{}-{}", self.handle, self.written)
    }

    /// Asks once. After an error nobody knows.
    pub(super) async fn ask(
        &mut self,
        method: &str,
        path: &str,
        json: Option<&Value>,
    ) -> io::Result<Answer> {
        let address = *self.addresses.borrow();
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => Connection::open(address).await?,
        };
        let answer = connection
            .ask(&request(method, path, Some(&self.token), json))
            .await?;
        self.connection = Some(connection);
        Ok(answer)
    }

    /// Ends the connection; the next request makes another one.
    pub(super) fn hang_up(&mut self) {
        self.connection = None;
    }

    /// Asks again and again until there is an answer that is not "not now".
    pub(super) async fn insist(
        &mut self,
        method: &str,
        path: &str,
        json: Option<&Value>,
    ) -> Answer {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.ask(method, path, json).await {
                Ok(answer) if answer.status != 503 => return answer,
                _ => assert!(
                    Instant::now() < deadline,
                    "{method} {path} has found no answer"
                ),
            }
            sleep(PAUSE).await;
        }
    }

    /// Tries once to post, and writes down how it ended.
    pub(super) async fn try_post(
        &mut self,
        room: &str,
        nonce: &str,
        body: &str,
        history: &Mutex<History>,
    ) -> Outcome {
        let sent = Instant::now();
        let json = json!({ "body": body, "nonce": nonce });
        let outcome = match self
            .ask(
                "POST",
                &format!("/api/v1/rooms/{room}/messages"),
                Some(&json),
            )
            .await
        {
            Ok(answer) if matches!(answer.status, 200 | 201) => {
                Outcome::Acknowledged(answer.json()["id"].as_i64().unwrap())
            }
            Ok(answer) => {
                assert_eq!(
                    answer.status,
                    503,
                    "{}",
                    String::from_utf8_lossy(&answer.body)
                );
                Outcome::Refused
            }
            Err(_) => Outcome::Unknown,
        };
        let post = Post {
            nonce: nonce.into(),
            sent,
            answered: Instant::now(),
            outcome,
        };
        history.lock().unwrap().posts.push(post);
        outcome
    }

    /// Posts, under the same nonce until it is acknowledged.
    pub(super) async fn post(&mut self, room: &str, nonce: &str, history: &Mutex<History>) -> i64 {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Outcome::Acknowledged(id) =
                self.try_post(room, nonce, &body(nonce, 0), history).await
            {
                return id;
            }
            assert!(Instant::now() < deadline, "{nonce} was never acknowledged");
            sleep(PAUSE).await;
        }
    }

    /// Looks for a message that was acknowledged.
    pub(super) async fn look_back(
        &mut self,
        room: &str,
        id: i64,
        nonce: &str,
        history: &Mutex<History>,
    ) {
        let page = self
            .insist(
                "GET",
                &format!("/api/v1/rooms/{room}/messages?after={}&limit=1", id - 1),
                None,
            )
            .await;
        let found = page.json()["messages"][0]["nonce"] == nonce;
        history.lock().unwrap().look_backs.push(LookBack {
            nonce: nonce.into(),
            found,
        });
    }

    /// Gives a message its next version.
    pub(super) async fn edit(
        &mut self,
        room: &str,
        id: i64,
        nonce: &str,
        history: &Mutex<History>,
    ) {
        let version = {
            let mut history = history.lock().unwrap();
            let changes = history.changes.entry(id).or_default();
            changes.sent += 1;
            changes.sent
        };
        let path = format!("/api/v1/rooms/{room}/messages/{id}");
        let answer = self
            .insist(
                "PATCH",
                &path,
                Some(&json!({ "body": body(nonce, version) })),
            )
            .await;
        assert_eq!(
            answer.status,
            200,
            "{}",
            String::from_utf8_lossy(&answer.body)
        );
        history
            .lock()
            .unwrap()
            .changes
            .entry(id)
            .or_default()
            .acknowledged = version;
    }

    /// Deletes a message.
    pub(super) async fn delete(&mut self, room: &str, id: i64, history: &Mutex<History>) {
        history
            .lock()
            .unwrap()
            .changes
            .entry(id)
            .or_default()
            .deletion_sent = true;
        let answer = self
            .insist(
                "DELETE",
                &format!("/api/v1/rooms/{room}/messages/{id}"),
                None,
            )
            .await;
        // Where the first answer was lost, the message may be gone by the second try.
        assert!(
            matches!(answer.status, 200 | 204 | 404),
            "{}",
            String::from_utf8_lossy(&answer.body)
        );
        history
            .lock()
            .unwrap()
            .changes
            .entry(id)
            .or_default()
            .deletion_acknowledged = true;
    }
}

/// Makes an account, and gives its token.
pub(super) async fn join(address: SocketAddr, handle: &str) -> String {
    let joined = ask_once(
        address,
        &request(
            "POST",
            "/api/v1/join",
            None,
            Some(&json!({ "handle": handle })),
        ),
    )
    .await;
    let joined = joined.unwrap();
    assert_eq!(
        joined.status,
        201,
        "{}",
        String::from_utf8_lossy(&joined.body)
    );
    joined.json()["token"].as_str().unwrap().to_owned()
}

/// What a message says: which one it is, and in which version.
fn body(nonce: &str, version: u32) -> String {
    format!("{nonce} v{version} 汉字 🦀")
}
