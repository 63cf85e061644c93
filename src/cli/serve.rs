//! `serve`: runs the server.

use super::{Failure, log, print, setup_link::link, stop::Stop};
use crate::{
    Server, SetupOffer,
    config::{Config, Durability},
    model::role::Door,
    net::accept::listen,
};
use std::{io, net::SocketAddr, process, thread, time::Duration};
use url::Url;

/// Time limit for writing the log at the end of the server.
const LOG_WITHIN: Duration = Duration::from_millis(500);

pub(super) async fn run(config: Config) -> Result<(), Failure> {
    let log = log::start()?;
    let served = serve(config).await;
    log.flush_within(LOG_WITHIN);
    served
}

async fn serve(config: Config) -> Result<(), Failure> {
    let mut stop = Stop::new()?;
    // The file is opened before the port: if the same server is already running, "in use by another process" is more
    // helpful than "address already in use".
    let server = Server::open(config.clone()).await?;
    let door = server.door().await?;
    let cannot =
        |error: io::Error| Failure::failed(format!("cannot listen on {}: {error}", config.listen));
    let listener = listen(config.listen).map_err(cannot)?;
    let address = listener.local_addr().map_err(cannot)?;
    let sqlite = server.sqlite_version().await?;
    let redirect = server.redirect_address();
    let setup = setup_lines(&config, address, door, server.setup());
    let banner = banner(&config, (address, redirect), &sqlite, door);
    print_detached(banner + &setup + "\nCtrl-C stops it.\n");
    let shutdown = async move {
        stop.asked().await;
        tokio::spawn(async move {
            // Streams need not end cleanly here: acknowledged messages are on disk.
            stop.again().await;
            process::exit(1);
        });
    };
    Ok(server.serve(listener, shutdown).await?)
}

/// Prints on a separate thread, so that a closed or stalled standard output does not keep the server from serving.
fn print_detached(text: String) {
    thread::spawn(move || {
        let _ = print(&text);
    });
}

fn banner(
    config: &Config,
    (address, redirect): (SocketAddr, Option<SocketAddr>),
    sqlite: &str,
    door: Door,
) -> String {
    let (version, file) = (env!("CARGO_PKG_VERSION"), config.db.display());
    let durability = match config.storage.durability {
        Durability::Full => "full: acknowledged messages survive power loss",
        Durability::Normal => {
            "normal: power loss may lose acknowledged messages of the last seconds"
        }
    };
    let door = match door {
        Door::Open => "open: whoever reaches this address picks a name and is in",
        Door::Invite => "invite: accounts by invitation only",
    };
    let (scheme, base) = (scheme(config), config.base());
    let public = config.public_url.as_ref().map(Url::origin);
    let public = public.map(|origin| origin.ascii_serialization() + &base.to_string());
    let public = line("public", public.as_deref());
    let redirect = redirect.map(|redirect| format!("http://{redirect} redirects to it"));
    let redirect = line("", redirect.as_deref());
    format!(
        "\
Backscroll {version}

  address     {scheme}://{address}{base}
{redirect}{public}  file        {file} (SQLite {sqlite})
  durability  {durability}
  door        {door}
"
    )
}

fn scheme(config: &Config) -> &'static str {
    if config.tls.is_on() { "https" } else { "http" }
}

/// Returns a line of the banner; nothing if there is nothing to say.
fn line(name: &str, text: Option<&str>) -> String {
    text.map_or_else(String::new, |text| format!("  {name:<12}{text}\n"))
}

/// Returns the lines of the banner about setting the server up. With the open door on a loopback address it can be tried
/// without.
fn setup_lines(config: &Config, address: SocketAddr, door: Door, offer: &SetupOffer) -> String {
    let how = match offer {
        SetupOffer::Done => return String::new(),
        SetupOffer::New(secret) => link(&config.site(address), secret),
        SetupOffer::Earlier => "the link that `backscroll setup-link` has printed".into(),
    };
    if door == Door::Open && address.ip().to_canonical().is_loopback() {
        return format!("  set up      {how}\n");
    }
    format!(
        "\nThis server has no admin. To name it and to create the account of the first one, open\n  {how}\n"
    )
}
