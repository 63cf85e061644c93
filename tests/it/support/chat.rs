//! The program on port 0, with a file in a temporary directory and a separate runtime.

use super::person::Person;
use backscroll::{
    Server, SetupOffer,
    cache::Cache,
    chat::apply::apply,
    config::{Config, Storage, rates::Rates},
    error::Error,
    model::{
        change::{Action, CHANGE_VERSION, Change, ChangeId, Post, Principal},
        ids::{EventId, UserId},
        message::Body,
        time::Timestamp,
    },
    store::{
        database_path::DatabasePath,
        db::{Connection, open_writer},
        eras, users,
    },
};
use reqwest::Method;
use serde_json::json;
use sqlx::{Connection as _, sqlite::SqliteConnectOptions};
use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::{net::TcpListener, runtime, sync::oneshot, task::spawn_blocking};

/// Time limit for stopping, whatever the number of open streams.
const STOPS_WITHIN: Duration = Duration::from_secs(3);
/// The password of the first admin.
pub(crate) const PASSWORD: &str = "wooden spoon, two cups";
/// Number of changes per transaction when a history is generated.
const AT_ONCE: usize = 500;

/// A running server. Dropping it panics if the server does not stop in time.
#[derive(Debug)]
pub(crate) struct Chat {
    _directory: TempDir,
    config: Config,
    pub(crate) address: SocketAddr,
    running: Option<Running>,
    /// The secret of the set-up link, if the last start has made one.
    setup: Option<String>,
    http: reqwest::Client,
}

#[derive(Debug)]
struct Running {
    stop: oneshot::Sender<()>,
    ended: mpsc::Receiver<Result<(), Error>>,
}

/// A row of the log.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct Logged {
    pub(crate) id: i64,
    /// The room; `None` if the event belongs to no room.
    pub(crate) room: Option<String>,
    pub(crate) kind: String,
}

impl Chat {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// Starts a server with these settings, without rate limits unless they are set.
    pub(crate) async fn start_with(set: impl FnOnce(&mut Config)) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let mut config = Config {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            db: directory.path().join("chat.db"),
            rates: Rates::off(),
            ..Config::default()
        };
        set(&mut config);
        // Fails only if another test has installed it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("an HTTP client");
        let address = config.listen;
        let mut chat = Self {
            _directory: directory,
            config,
            address,
            running: None,
            setup: None,
            http,
        };
        chat.go_on().await;
        chat
    }

    /// Starts the stopped server again, with the same file and port.
    pub(crate) async fn go_on(&mut self) {
        assert!(self.running.is_none(), "it runs already");
        let (config, address) = (self.config.clone(), self.address);
        let (stop, stopped) = oneshot::channel();
        let (listens, listening) = oneshot::channel();
        let (end, ended) = mpsc::channel();
        thread::spawn(move || {
            let runtime = runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build();
            let result = runtime.expect("a runtime").block_on(async {
                let listener = TcpListener::bind(address).await.expect("the port is free");
                let server = Server::open(config).await?;
                let setup = match server.setup() {
                    SetupOffer::New(secret) => Some(secret.reveal().to_owned()),
                    SetupOffer::Done | SetupOffer::Earlier => None,
                };
                let _ = listens.send((listener.local_addr().expect("a port"), setup));
                server.serve(listener, async { drop(stopped.await) }).await
            });
            let _ = end.send(result);
        });
        (self.address, self.setup) = listening.await.expect("the server listens");
        self.running = Some(Running { stop, ended });
    }

    /// Stops the server, and panics if that takes too long.
    pub(crate) async fn stop(&mut self) {
        let running = self.running.take().expect("it runs");
        spawn_blocking(move || running.end())
            .await
            .expect("it ends well");
    }

    pub(crate) async fn restart(&mut self) {
        self.stop().await;
        self.go_on().await;
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.config.db.clone()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Joins as a new user.
    pub(crate) async fn join(&self, handle: &str) -> Person {
        Person::join(self.http.clone(), self.address, handle).await
    }

    /// Returns the secret of the set-up link.
    #[track_caller]
    pub(crate) fn setup_token(&self) -> &str {
        self.setup.as_deref().expect("the start has made a link")
    }

    /// Sets the server up with this door, and returns its first admin.
    pub(crate) async fn set_up(&self, handle: &str, door: &str) -> Person {
        let request = json!({
            "token": self.setup_token(),
            "server_name": "Riverside Choir",
            "handle": handle,
            "password": PASSWORD,
            "door": door,
        });
        let answer = self
            .visitor()
            .send(Method::POST, "/api/v1/setup", request)
            .await
            .expect(201);
        let token = answer.json()["token"].as_str().expect("a token").to_owned();
        self.known(handle, &token)
    }

    /// Returns the client of an existing user with this token.
    pub(crate) fn known(&self, handle: &str, token: &str) -> Person {
        self.visitor().with_token(handle, token)
    }

    /// Returns a client that is not signed in.
    pub(crate) fn visitor(&self) -> Person {
        Person::visitor(self.http.clone(), self.address)
    }

    /// Opens another connection to the file of the server.
    pub(crate) async fn outside(&self) -> Connection {
        let options = SqliteConnectOptions::new().filename(self.file());
        Connection::connect_with(&options)
            .await
            .expect("the file opens beside the server")
    }

    /// Returns the events in the file.
    pub(crate) async fn log(&self) -> Vec<Logged> {
        let rows = sqlx::query_as("select id, room, kind from log order by id");
        rows.fetch_all(&mut self.outside().await)
            .await
            .expect("the log can be read")
    }

    /// Returns the ids of a room's events in the file.
    pub(crate) async fn log_of(&self, room: &str) -> Vec<i64> {
        let log = self.log().await.into_iter();
        log.filter(|event| event.room.as_deref() == Some(room))
            .map(|event| event.id)
            .collect()
    }

    /// Adds `count` messages of a user to a room, faster than by posting. The server must be stopped.
    pub(crate) async fn fill(&self, room: &str, handle: &str, count: usize) {
        let by = self.user_id(handle).await;
        let post = |n: usize| Post {
            room: room.into(),
            body: Body::parse(format!("past {n}")).expect("a body"),
            mentions: Vec::new(),
            nonce: None,
            reply_to: None,
            attachments: Vec::new(),
            thread: None,
            also_in_room: false,
        };
        let actions = (0..count).map(|n| Action::PostMessage(post(n)));
        self.apply(Some(by), actions.collect()).await;
    }

    /// Returns the id of a user. The server must be stopped.
    pub(crate) async fn user_id(&self, handle: &str) -> UserId {
        let found = users::find_user(&mut self.closed_file().await, handle).await;
        found
            .expect("people can be looked up")
            .expect("they are there")
            .id
    }

    /// Applies actions of a user, or of the server itself, and panics if one is refused. The server must be stopped.
    pub(crate) async fn apply(&self, by: Option<UserId>, actions: Vec<Action>) {
        let mut connection = self.closed_file().await;
        let at = Timestamp::parse("2026-11-22T05:41:03.123Z").expect("a time");
        let changes = actions.into_iter().zip(0..).map(|(action, count)| Change {
            v: CHANGE_VERSION,
            id: ChangeId { run: 1, count },
            at,
            by: by.map_or(Principal::Server, Principal::User),
            from: None,
            action: Box::new(action),
        });
        let changes: Vec<Change> = changes.collect();
        let mut tx = connection.begin().await.expect("a transaction");
        let cache = Cache::default();
        for batch in changes.chunks(AT_ONCE) {
            let applied = apply(&mut tx, &cache, batch).await;
            for verdict in applied.expect("changes apply").verdicts {
                verdict.expect("a change is accepted");
            }
        }
        tx.commit().await.expect("the past is stored");
        connection.close().await.expect("the file closes");
    }

    /// Begins a new era, as restoring a backup does, after ids up to `lost` were used and lost. Returns the first id of
    /// the era. The server must be stopped.
    pub(crate) async fn begin_era(&self, lost: i64) -> i64 {
        let mut connection = self.closed_file().await;
        let at = Timestamp::parse("2026-11-22T05:41:03.123Z").expect("a time");
        let used = eras::last_used_id(&mut connection)
            .await
            .expect("the last id")
            .max(lost);
        let EventId(next) = eras::begin_era(&mut connection, used, at)
            .await
            .expect("an era begins");
        connection.close().await.expect("the file closes");
        next
    }

    async fn closed_file(&self) -> Connection {
        assert!(self.running.is_none(), "the server has the file");
        let file = DatabasePath::resolve(&self.file()).expect("a plain name");
        open_writer(&file, Storage::default())
            .await
            .expect("the file opens")
    }
}

impl Running {
    fn end(self) {
        let began = Instant::now();
        let _ = self.stop.send(());
        let ended = self.ended.recv_timeout(STOPS_WITHIN);
        ended
            .expect("the server stops in time")
            .expect("the server ends without an error");
        assert!(began.elapsed() < STOPS_WITHIN);
    }
}

impl Drop for Chat {
    fn drop(&mut self) {
        if let Some(running) = self.running.take()
            && !thread::panicking()
        {
            running.end();
        }
    }
}
