//! State shared by handlers: the log, the clock and the source of randomness.

use crate::{
    auth::{
        ceremonies::Ceremonies, client::Client, cookies::ServerCookies, failures::SignInFailures,
        oidc::provider::Provider, password::Passwords, viewer::Validity,
    },
    config::{Config, base_path::BasePath},
    error::Result,
    event_log::{answer::Answer, log::EventLog},
    files::folder::FileFolder,
    limits::{
        RateLimits,
        streams::{StreamLimits, StreamPermit, StreamReader},
    },
    model::{
        change::{Action, CHANGE_VERSION, Change, ChangeId, Principal, Requester},
        file::Quotas,
        time::Timestamp,
    },
    store::db::ReadPool,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use url::Url;

/// State shared by all handlers.
#[derive(Debug)]
pub struct App {
    /// The event log.
    pub log: Arc<EventLog>,
    /// The rate limits.
    pub rates: RateLimits,
    /// A session ends this long after its last use.
    pub session_idle: Duration,
    /// The address under which users reach the server, if it is known.
    pub public_url: Option<Url>,
    /// The address in links of commands; `None` if the server does not listen.
    pub site: Option<String>,
    /// The path below which users reach the server.
    pub base: BasePath,
    /// The names and the path of cookies.
    pub cookies: ServerCookies,
    /// Computes hashes of passwords.
    pub passwords: Passwords,
    /// The OpenID provider that signs people in, if there is one.
    pub provider: Option<Provider>,
    /// The refused attempts to sign in that are not recorded yet.
    pub failures: SignInFailures,
    /// The folder of files.
    pub files: FileFolder,
    /// How large files may be.
    pub quotas: Quotas,
    /// The challenges that wait for the answers of authenticators.
    pub ceremonies: Ceremonies,
    streams: Arc<StreamLimits>,
    changes: ChangeMaker,
}

impl App {
    /// Creates the state for a log, with at most `streams_max` open streams.
    #[must_use]
    pub fn new(log: Arc<EventLog>, streams_max: usize, config: &Config) -> Self {
        let rates = &config.rates;
        Self {
            cookies: ServerCookies::new(&log.name, config.base()),
            log,
            rates: RateLimits::new(rates),
            session_idle: config.session_idle,
            public_url: config.public_url.clone(),
            site: None,
            base: config.base(),
            passwords: Passwords::default(),
            provider: None,
            files: FileFolder::new(&config.db, config.files.folder.as_deref()),
            quotas: config.files.quotas(),
            failures: SignInFailures::default(),
            ceremonies: Ceremonies::default(),
            streams: Arc::new(StreamLimits::new(streams_max, rates.streams_max())),
            changes: ChangeMaker::new(),
        }
    }

    /// Returns the state with an OpenID provider.
    #[must_use]
    pub fn with_provider(self, provider: Option<Provider>) -> Self {
        Self { provider, ..self }
    }

    /// Returns the state of a server that users reach under this address.
    #[must_use]
    pub fn with_site(self, site: String) -> Self {
        let site = Some(site);
        Self { site, ..self }
    }

    /// Returns the pool of reading connections.
    #[must_use]
    pub fn readers(&self) -> &ReadPool {
        &self.log.readers
    }

    /// Returns how long sessions and tokens are valid, as of now.
    #[must_use]
    pub fn validity(&self) -> Validity {
        Validity {
            now: now(),
            idle: self.session_idle,
        }
    }

    /// Submits a change of a requester, whose address is recorded with it.
    pub fn submit_from(
        &self,
        requester: Requester,
        action: Action,
    ) -> impl Future<Output = Result<Answer>> {
        let change = self.changes.make(requester.by, action);
        let from = requester.address;
        self.log.submit(Change { from, ..change })
    }

    /// Returns whether a client reaches the server over TLS, by itself or according to the public address. The cookies
    /// that are set and read for it have names with a prefix then.
    #[must_use]
    pub fn is_reached_by_tls(&self, client: Option<&Client>) -> bool {
        let public_url = self.public_url.as_ref();
        client.is_some_and(|client| client.is_tls)
            || public_url.is_some_and(|url| url.scheme() == "https")
    }

    /// Submits a change with the current time.
    pub fn submit(
        &self,
        by: impl Into<Principal>,
        action: Action,
    ) -> impl Future<Output = Result<Answer>> {
        self.log.submit(self.changes.make(by, action))
    }

    /// Returns a permit to open a stream; `None` at a limit.
    pub fn acquire_stream(&self, reader: Option<StreamReader>) -> Option<StreamPermit> {
        self.streams.acquire(reader)
    }
}

/// Creates changes with unique ids and the current time.
#[derive(Debug)]
pub struct ChangeMaker {
    run: u64,
    count: AtomicU64,
}

impl ChangeMaker {
    /// Returns a maker with a random id of its run, which makes the ids of its changes unique.
    #[must_use]
    #[expect(
        clippy::new_without_default,
        reason = "each one is different, which a default is not expected to be"
    )]
    pub fn new() -> Self {
        Self {
            run: u64::from_le_bytes(random_bytes()),
            count: AtomicU64::new(0),
        }
    }

    /// Creates a change with the current time.
    pub fn make(&self, by: impl Into<Principal>, action: Action) -> Change {
        self.make_at(now(), by, action)
    }

    /// Creates a change with another time, such as that of an imported message.
    pub fn make_at(&self, at: Timestamp, by: impl Into<Principal>, action: Action) -> Change {
        let id = ChangeId {
            run: self.run,
            count: self.count.fetch_add(1, Ordering::Relaxed),
        };
        Change {
            v: CHANGE_VERSION,
            id,
            at,
            by: by.into(),
            from: None,
            action: Box::new(action),
        }
    }
}

/// Returns the current time.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "the only place that reads the clock"
)]
pub fn now() -> Timestamp {
    chrono::Utc::now().into()
}

/// Returns random bytes from the operating system.
///
/// # Panics
///
/// If the operating system has no random bytes: secrets of sessions would be predictable.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the only source of randomness")]
#[expect(
    clippy::expect_used,
    reason = "the program cannot run without randomness"
)]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// Returns a random number between `low` and `high`, both included, which spreads clients in time.
#[must_use]
pub fn random_between(low: u64, high: u64) -> u64 {
    low + u64::from_le_bytes(random_bytes()) % (high - low + 1)
}
