//! The server: runs the chat with a database file and a listener.

use crate::{
    app::{App, ChangeMaker, random_bytes},
    auth::{
        client::TrustedProxies, identity::ProxyUserHeader, oidc::provider::Provider, secret::Secret,
    },
    cache::Cache,
    chat::{apply::apply, upgrade::store_mentions},
    config::{Config, tls::Tls},
    error::{Error, Result, parse_field},
    event_log::{applier::Applier, log::EventLog},
    model::{
        account::NewAccount,
        change::{Action, Principal},
        role::Door,
        room::{FIRST_ROOM, FoldedRoomName, NewRoom, RoomKind, RoomName, Topic},
        slug::Slug,
        user::SERVER_HANDLE,
    },
    net::{
        accept::{accept, drain, listen},
        acme::Acme,
        certificates::{Certificates, Files},
        limits::{Limits, connections_allowed},
        operator_socket::OperatorSocket,
        site::Site,
        stop::Stop,
    },
    operations::{files::collect_files, rooms::erase_deleted_rooms, sessions},
    operator::{Reply, Request, execute, socket_path::socket_path},
    store::{
        database_path::DatabasePath,
        db::{self, Connection},
        file_identity::OpenDatabase,
        lock::FileLock,
        meta, setup,
    },
    web::{self, hosts::HostNames, https_redirect},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sqlx::Connection as _;
use std::{net::SocketAddr, path::PathBuf, sync::Arc};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// A server with an open and locked database file, before it accepts connections.
#[derive(Debug)]
pub struct Server {
    log: Arc<EventLog>,
    applier: Applier,
    config: Config,
    connections: usize,
    certificates: Option<Arc<Certificates>>,
    /// Where certificates are obtained, if not from files.
    acme: Option<Acme>,
    /// Signs people in.
    provider: Option<Provider>,
    /// The listener that redirects to TLS.
    redirect: Option<TcpListener>,
    setup: SetupOffer,
    /// Accepts commands of the operator; `None` if it cannot be opened.
    operator: Option<OperatorSocket>,
    /// Released last, after all writes.
    lock: FileLock,
}

impl Server {
    /// Locks the database file for this process and opens it. Creates the file if it does not exist.
    pub async fn open(config: Config) -> Result<Self> {
        config.check()?;
        let path = DatabasePath::resolve(&config.db)?;
        let lock = FileLock::take(&path)?;
        let mut database = OpenDatabase::open(path.clone(), config.storage).await?;
        prepare_log(&mut database.writer).await?;
        set_door(&mut database.writer, &config).await?;
        let setup = offer_setup(&mut database.writer).await?;
        let (log, applier) = Applier::open(database, config.storage).await?;
        // The folder of files is beside the file, whatever links lead to it.
        let config = Config {
            db: path.to_path_buf(),
            ..config
        };
        let connections = connections_allowed(config.max_connections);
        let acme = acme_of(&config);
        let certificates = load_certificates(&config.tls, acme.as_ref())?;
        let redirect = config.tls.redirect.map(listen_for_redirect).transpose()?;
        let operator = open_operator_socket(&path);
        let provider = Provider::new(&config.oidc)?;
        Ok(Self {
            log,
            applier,
            config,
            connections,
            certificates,
            acme,
            provider,
            redirect,
            setup,
            operator,
            lock,
        })
    }

    /// Returns how the server can be set up.
    #[must_use]
    pub fn setup(&self) -> &SetupOffer {
        &self.setup
    }

    /// Returns who may come in.
    pub async fn door(&self) -> Result<Door> {
        self.log.find_door().await
    }

    /// Returns the version of SQLite, such as `3.51.3`.
    pub async fn sqlite_version(&self) -> Result<String> {
        let mut reader = self.log.readers.acquire().await?;
        db::sqlite_version(&mut reader).await
    }

    /// Returns the address of the listener that redirects to TLS.
    #[must_use]
    pub fn redirect_address(&self) -> Option<SocketAddr> {
        let redirect = self.redirect.as_ref()?;
        redirect.local_addr().ok()
    }

    /// Serves until `shutdown`; then ends all streams, completes pending requests, and closes the file.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<()> {
        let Self {
            log,
            applier,
            config,
            connections,
            certificates,
            acme,
            provider,
            redirect,
            operator,
            lock,
            setup: _,
        } = self;
        let app = App::new(Arc::clone(&log), streams_allowed(connections), &config);
        let site = config.site(listener.local_addr()?);
        let app = Arc::new(app.with_provider(provider).with_site(site));
        let stop = Stop::default();
        let stop_writing = CancellationToken::new();
        let mut writing = tokio::spawn(applier.run(stop_writing.clone()));
        let telling = tokio::spawn({
            let (log, stop) = (Arc::clone(&log), stop.soft.clone());
            async move { log.publish_presence(config.away_after, stop).await }
        });
        let keeping = tokio::spawn(sessions::keep(Arc::clone(&app), stop.soft.clone()));
        tokio::spawn(erase_deleted_rooms(Arc::clone(&app)));
        let collecting = tokio::spawn(collect_files(Arc::clone(&app), stop.soft.clone()));
        if let Some(operator) = operator {
            stop.tasks
                .spawn(operator.serve(Arc::clone(&app), stop.clone()));
        }
        let per_address = config.max_connections_per_address;
        let names = HostNames::new(config.host_names());
        let proxies = TrustedProxies::new(config.trusted_proxies.clone());
        let user_header = config.proxy_user_header.clone().map(ProxyUserHeader::new);
        let limits = Limits::new(connections, per_address, proxies.clone(), config.timeouts);
        let limits = Arc::new(limits);
        let tls = certificates.as_ref().map(Certificates::settings);
        let tls = tls.transpose()?;
        if let Some(redirect) = redirect {
            let port = listener.local_addr()?.port();
            let router = https_redirect::routes(names.clone(), config.public_url.clone(), port);
            let site = Site::new(router, proxies.clone(), None, None);
            tokio::spawn(accept(redirect, site, Arc::clone(&limits), stop.clone()));
        }
        let watching = certificates.map(|certificates| match acme {
            Some(acme) => tokio::spawn(acme.keep(certificates)),
            None => tokio::spawn(certificates.watch()),
        });
        let site = Site::new(web::routes(app, names), proxies, user_header, tls);
        let accepting = tokio::spawn(accept(listener, site, limits, stop.clone()));
        let lost = tokio::select! {
            () = shutdown => None,
            ended = &mut writing => Some(ended),
        };
        log.subscribers.close();
        stop.soft.cancel();
        let _ = accepting.await;
        let _ = telling.await;
        let _ = keeping.await;
        let _ = collecting.await;
        if let Some(watching) = watching {
            watching.abort();
        }
        drain(&stop).await;
        if lost.is_some() {
            return Err(Error::Refused(
                "the writing task has ended unexpectedly; acknowledged changes are stored".into(),
            ));
        }
        // Close the readers first: the last connection checkpoints the write-ahead log into the file, which a reader
        // cannot do.
        log.readers.close().await;
        stop_writing.cancel();
        let _ = writing.await;
        drop(lock);
        Ok(())
    }
}

/// Returns where certificates are obtained. They are stored beside the database.
fn acme_of(config: &Config) -> Option<Acme> {
    let mut folder = config.db.clone().into_os_string();
    folder.push("-acme");
    let domains = config.tls.acme_domains.clone();
    let directory = config.tls.acme_directory.clone();
    // Each directory has its own account and certificates.
    let folder = PathBuf::from(folder).join(directory.host_str().unwrap_or_default());
    (!domains.is_empty()).then_some(Acme {
        domains,
        directory,
        folder,
    })
}

/// Loads the certificate, if the settings name one.
fn load_certificates(tls: &Tls, acme: Option<&Acme>) -> Result<Option<Arc<Certificates>>> {
    if let Some(acme) = acme {
        return Ok(Some(Certificates::load_if_usable(acme.files())));
    }
    let files = tls.certificate.clone().zip(tls.key.clone());
    let loaded = files.map(|(certificate, key)| Certificates::load(Files { certificate, key }));
    loaded.transpose()
}

fn listen_for_redirect(address: SocketAddr) -> Result<TcpListener> {
    listen(address).map_err(|error| {
        Error::Refused(format!("cannot listen on {address} for redirects: {error}"))
    })
}

/// How the server can be set up.
#[derive(Clone, Debug)]
pub enum SetupOffer {
    /// There is an admin, who has set it up.
    Done,
    /// By the link with this secret, which was made now.
    New(Secret),
    /// By the link that the command `setup-link` has printed.
    Earlier,
}

/// Runs the server on a listener until shutdown.
pub async fn run(
    listener: TcpListener,
    config: Config,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    Server::open(config).await?.serve(listener, shutdown).await
}

/// Executes a command of the operator on a database that no server has open.
pub(crate) async fn execute_offline(database: DatabasePath, request: Request) -> Result<Reply> {
    let lock = FileLock::take(&database)?;
    let config = Config::default();
    let storage = config.storage;
    let mut database = OpenDatabase::open(database, storage).await?;
    prepare_log(&mut database.writer).await?;
    let (log, applier) = Applier::open(database, storage).await?;
    let app = App::new(Arc::clone(&log), 0, &config);
    let stop = CancellationToken::new();
    let writing = tokio::spawn(applier.run(stop.clone()));
    let reply = execute(&app, request).await;
    log.readers.close().await;
    stop.cancel();
    let _ = writing.await;
    drop(lock);
    Ok(reply)
}

/// Opens the socket for commands of the operator. The server works without it.
fn open_operator_socket(database: &DatabasePath) -> Option<OperatorSocket> {
    let opened = socket_path(database).and_then(|path| Ok(OperatorSocket::open(path)?));
    opened
        .inspect_err(|error| {
            tracing::warn!(%error, "commands cannot reach this server: its socket cannot be opened");
        })
        .ok()
}

/// Returns the maximum number of streams. Some connections are reserved for other requests, so that pages load while
/// the maximum number of streams is open.
fn streams_allowed(connections: usize) -> usize {
    connections - connections.div_ceil(10).min(connections / 2)
}

/// Prepares a file for changes: creates the log of a new one, and completes what migrations leave to the program.
pub(crate) async fn prepare_log(connection: &mut Connection) -> Result<()> {
    found_log(connection).await?;
    store_mentions(connection).await
}

/// Returns the first room of a new log.
fn first_room() -> Result<NewRoom> {
    const TOPIC: &str = "Everything that has no room of its own";
    Ok(NewRoom {
        slug: Slug::of_name(FIRST_ROOM),
        name: FoldedRoomName::new(parse_field("name", RoomName::parse("General"))?),
        topic: parse_field("topic", Topic::parse(TOPIC))?,
        kind: RoomKind::Open,
        auto_join: true,
    })
}

/// Names a new log, and creates the server's own account and the first room.
async fn found_log(connection: &mut Connection) -> Result<()> {
    if meta::find_log(connection).await?.is_some() {
        return Ok(());
    }
    let action = Action::Found {
        log: URL_SAFE_NO_PAD.encode(random_bytes::<12>()),
        server: NewAccount::new(SERVER_HANDLE, "Backscroll"),
        room: first_room()?,
    };
    apply_directly(connection, action).await
}

/// Sets who may come in, if the settings differ from what the file says.
async fn set_door(connection: &mut Connection, config: &Config) -> Result<()> {
    let stored = meta::find_door(connection).await?;
    let door = config.door(stored);
    if stored == Some(door) {
        return Ok(());
    }
    let action = Action::UpdateServer {
        name: None,
        door: Some(door),
    };
    apply_directly(connection, action).await
}

/// Makes a set-up link if there is no admin, unless a command has made one.
async fn offer_setup(connection: &mut Connection) -> Result<SetupOffer> {
    if setup::has_admin(connection).await? {
        return Ok(SetupOffer::Done);
    }
    if setup::is_kept(connection).await? {
        return Ok(SetupOffer::Earlier);
    }
    let secret = Secret::new(random_bytes());
    let action = Action::OfferSetup {
        secret_hash: secret.hash(),
        is_kept: false,
    };
    apply_directly(connection, action).await?;
    Ok(SetupOffer::New(secret))
}

/// Applies a change to a file that no server has open.
pub(crate) async fn apply_directly(connection: &mut Connection, action: Action) -> Result<()> {
    let change = ChangeMaker::new().make(Principal::Server, action);
    let mut tx = connection.begin_with("begin immediate").await?;
    let applied = apply(&mut tx, &Cache::default(), &[change]).await?;
    for verdict in applied.verdicts {
        verdict?;
    }
    tx.commit().await?;
    Ok(())
}
