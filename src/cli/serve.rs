//! `serve`: the chat itself.

use super::{Failure, print, stop::Stop};
use crate::{
    Server,
    config::{Config, Durability},
    net::accept::listen,
    store::db,
};
use std::{env, io, net::SocketAddr, process};
use tracing_subscriber::EnvFilter;

pub(super) async fn run(config: Config) -> Result<(), Failure> {
    if let Some(fault) = config.fault() {
        return Err(Failure::usage(fault));
    }
    start_log();
    let mut stop = Stop::new()?;
    // First the file: who starts the same server twice shall hear that, and not only that a port is taken.
    let server = Server::open(config.clone()).await?;
    let cannot =
        |error: io::Error| Failure::failed(format!("cannot listen on {}: {error}", config.listen));
    let listener = listen(config.listen).map_err(cannot)?;
    let address = listener.local_addr().map_err(cannot)?;
    let sqlite = db::sqlite_version(&mut db::open_reader(&config.db).await?).await?;
    print(&banner(&config, address, &sqlite))?;
    let shutdown = async move {
        stop.asked().await;
        tokio::spawn(async move {
            // Somebody does not want to wait for the streams to end well. What was acknowledged is on disk.
            stop.again().await;
            process::exit(1);
        });
    };
    Ok(server.serve(listener, shutdown).await?)
}

/// The log of the program itself goes to standard error; `BACKSCROLL_LOG` says how much of it, as in
/// `BACKSCROLL_LOG=debug` or `BACKSCROLL_LOG=backscroll=debug,warn`.
fn start_log() {
    let filter = env::var("BACKSCROLL_LOG")
        .ok()
        .and_then(|wish| EnvFilter::try_new(wish).ok());
    let filter = filter.unwrap_or_else(|| EnvFilter::new("info"));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .try_init();
}

fn banner(config: &Config, address: SocketAddr, sqlite: &str) -> String {
    let (version, file) = (env!("CARGO_PKG_VERSION"), config.db.display());
    let durability = match config.storage.durability {
        Durability::Full => "full: what was acknowledged survives power loss",
        Durability::Normal => {
            "normal: power loss may take the last seconds, although they were acknowledged"
        }
    };
    format!(
        "\
Backscroll {version}

  address     http://{address}
  file        {file} (SQLite {sqlite})
  durability  {durability}
  door        open: whoever reaches this address picks a name and is in

Ctrl-C stops it.
"
    )
}
