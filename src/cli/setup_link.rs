//! `setup-link`: prints a new link for setting the server up.

use super::{Database, Failure, print};
use crate::{
    app::random_bytes,
    auth::secret::Secret,
    config::{Config, Storage, base_of, base_path::BasePath, parse_public_url},
    error::Error,
    model::change::Action,
    server::{apply_directly, prepare_log},
    store::{database_path::DatabasePath, db, lock::FileLock, setup},
};
use clap::Args;
use sqlx::Connection as _;
use std::net::SocketAddr;
use url::Url;

/// The database, and the address in the link.
#[derive(Args, Debug)]
pub(super) struct SetupLink {
    #[command(flatten)]
    database: Database,
    /// Address and port that the server listens on
    #[arg(long, env = "BACKSCROLL_LISTEN", hide_env_values = true, value_name = "ADDR:PORT", default_value_t = Config::default().listen)]
    listen: SocketAddr,
    /// Address under which users reach the server, if it differs from the one that it listens on
    #[arg(long, env = "BACKSCROLL_PUBLIC_URL", hide_env_values = true, value_name = "URL", value_parser = parse_public_url)]
    public_url: Option<Url>,
    /// Path below which the server is reached, by default that of the public address
    #[arg(long, env = "BACKSCROLL_BASE_PATH", hide_env_values = true, value_name = "PATH", value_parser = BasePath::parse)]
    base_path: Option<BasePath>,
}

pub(super) async fn run(command: SetupLink) -> Result<(), Failure> {
    let database = DatabasePath::resolve(&command.database.db)?;
    let _lock = FileLock::take(&database).map_err(|error| match error {
        Error::InUse(sentence) => Failure::in_use(format!(
            "{sentence} The server keeps a link that this command has made, also when it starts."
        )),
        error => error.into(),
    })?;
    let mut connection = db::open_writer(&database, Storage::default()).await?;
    prepare_log(&mut connection).await?;
    if setup::has_admin(&mut connection).await? {
        connection.close().await?;
        return Err(Failure::failed(format!(
            "{} has an admin, who can invite others; a set-up link is for a server without one",
            database.display()
        )));
    }
    let secret = Secret::new(random_bytes());
    let action = Action::OfferSetup {
        secret_hash: secret.hash(),
        is_kept: true,
    };
    apply_directly(&mut connection, action).await?;
    connection.close().await?;
    let public_url = command.public_url.as_ref();
    let base = base_of(command.base_path.as_ref(), public_url);
    let site = site(public_url, &base, "http", command.listen);
    print(&format!("{}\n", link(&site, &secret)))
}

/// Returns the address under which the server is reached, without a slash at its end.
pub(super) fn site(
    public_url: Option<&Url>,
    base: &BasePath,
    scheme: &str,
    address: SocketAddr,
) -> String {
    let public = public_url.map(|url| url.origin().ascii_serialization());
    let origin = public.unwrap_or_else(|| format!("{scheme}://{address}"));
    format!("{origin}{base}")
}

/// Returns the set-up link with this secret.
pub(super) fn link(site: &str, secret: &Secret) -> String {
    format!("{site}/setup/{}", secret.reveal())
}
