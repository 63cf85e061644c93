//! People who post, change and delete, whatever becomes of the server, and write down what they were told.

use super::{
    http::{Answer, Connection, ask_once, request},
    log_checker::{Entry, History, Left, LookBack, Outcome, Post, View},
    reader::{Block, Received},
    until::PATIENCE,
};
use serde_json::{Value, json};
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    io,
    net::SocketAddr,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{sync::watch, task::JoinHandle, time::sleep};

const PAUSE: Duration = Duration::from_millis(10);

/// An account, and what its person knows.
pub(super) struct Person {
    handle: String,
    token: String,
    addresses: watch::Receiver<SocketAddr>,
    connection: Option<Connection>,
    written: u32,
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

/// Somebody who posts, and now and then edits, deletes, repeats and looks back, until told to stop.
pub(super) struct Poster {
    stop: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

impl Poster {
    pub(super) fn start(
        mut person: Person,
        rooms: &'static [&'static str],
        history: Arc<Mutex<History>>,
    ) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let task = tokio::spawn({
            let stop = Arc::clone(&stop);
            async move {
                while !stop.load(Ordering::Relaxed) {
                    say_something(&mut person, rooms, &history).await;
                }
            }
        });
        Self { stop, task }
    }

    /// Waits until it is finished with what it does.
    pub(super) async fn finish(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.task.await.unwrap();
    }
}

async fn say_something(person: &mut Person, rooms: &[&str], history: &Mutex<History>) {
    let nonce = person.next_nonce();
    let turn = person.written;
    let room = rooms[turn as usize % rooms.len()];
    let id = person.post(room, &nonce, history).await;
    match turn % 10 {
        2 | 7 => person.edit(room, id, &nonce, history).await,
        3 => {
            person.edit(room, id, &nonce, history).await;
            person.edit(room, id, &nonce, history).await;
            person.delete(room, id, history).await;
        }
        4 => person.look_back(room, id, &nonce, history).await,
        5 => drop(person.post(room, &nonce, history).await),
        _ => {}
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

fn version_of(body: &str) -> u32 {
    body.split(' ').nth(1).unwrap()[1..].parse().unwrap()
}

/// What a reader was told, for the checker.
pub(super) fn view(reader: &str, room: Option<&str>, after: i64, received: &Received) -> View {
    assert_eq!(received.complaints, Vec::<String>::new(), "{reader}");
    let entries = received.events.iter().map(entry).collect();
    View {
        reader: reader.into(),
        room: room.map(str::to_owned),
        after,
        entries,
        cursor: received.cursor,
    }
}

fn entry(block: &Block) -> Entry {
    let data = block.json();
    let message = &data["message"];
    assert_eq!(data["id"].as_i64(), block.id, "{block:?}");
    if let (Some(nonce), Some(body)) = (message["nonce"].as_str(), message["body"].as_str()) {
        assert!(
            body.split(' ').next() == Some(nonce),
            "a text under another's name: {block:?}"
        );
    }
    Entry {
        id: block.id.unwrap(),
        room: data["room"].as_str().unwrap_or_default().into(),
        kind: block.event.clone(),
        message: message["id"].as_i64(),
        nonce: message["nonce"].as_str().map(str::to_owned),
    }
}

/// Opens a file beside its server.
pub(super) async fn open(db: &Path) -> SqliteConnection {
    SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(db))
        .await
        .unwrap()
}

/// Reads the log and the messages that are left.
pub(super) async fn read_file(db: &Path, history: &mut History) {
    type Row = (i64, String, String, Option<i64>, Option<String>);
    let mut file = open(db).await;
    let rows: Vec<Row> = sqlx::query_as(
        "select e.id, coalesce(r.slug, ''), e.kind, e.message_id, m.nonce
         from events e left join rooms r on r.id = e.room_id left join messages m on m.id = e.message_id
         where e.room_id is not null order by e.id",
    )
    .fetch_all(&mut file)
    .await
    .unwrap();
    let entry = |(id, room, kind, message, nonce)| Entry {
        id,
        room,
        kind,
        message,
        nonce,
    };
    history.log = rows.into_iter().map(entry).collect();
    let rows: Vec<(i64, String, bool)> =
        sqlx::query_as("select id, body, deleted_at is not null from messages")
            .fetch_all(&mut file)
            .await
            .unwrap();
    let left = |(id, body, deleted): (i64, String, bool)| {
        (
            id,
            if deleted {
                Left::Deleted
            } else {
                Left::Version(version_of(&body))
            },
        )
    };
    history.left = rows.into_iter().map(left).collect();
    // What nobody changed must be as it was posted.
    for id in history.left.keys() {
        history.changes.entry(*id).or_default();
    }
    file.close().await.unwrap();
}

/// `SQLite`'s own opinion of a file.
pub(super) async fn assert_sound(db: &Path) {
    let mut file = open(db).await;
    let integrity: String = sqlx::query_scalar("pragma integrity_check")
        .fetch_one(&mut file)
        .await
        .unwrap();
    assert_eq!(integrity, "ok");
    let broken = sqlx::query("pragma foreign_key_check")
        .fetch_all(&mut file)
        .await
        .unwrap();
    assert!(broken.is_empty(), "{} broken references", broken.len());
    file.close().await.unwrap();
}
