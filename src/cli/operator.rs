//! Executes commands of the operator: by the running server through its socket, or else directly on the database.

use super::{Database, Failure, print};
use crate::{
    config::{Config, addresses::site_of, base_of, base_path::BasePath, parse_public_url},
    net::operator_socket::ask,
    operator::{Reply, Request, report::Report, socket_path::socket_path},
    server::execute_offline,
    store::database_path::DatabasePath,
};
use clap::Args;
use serde_json::json;
use std::net::SocketAddr;
use url::Url;

/// The database, and the form of the output.
#[derive(Args, Debug)]
pub(super) struct Target {
    #[command(flatten)]
    pub database: Database,
    /// Print JSON instead of lines for people: one object per line
    #[arg(long)]
    pub json: bool,
}

/// The address in links if no server runs. A running one names its own.
#[derive(Args, Debug)]
pub(super) struct LinkAddress {
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

/// Executes a request on an existing database, and prints what it answers.
pub(super) async fn perform(target: &Target, request: Request) -> Result<(), Failure> {
    let report = report_of(target, &request).await?;
    show(target, &report)
}

/// Executes a request that makes a link on an existing database, and prints the link as an address.
pub(super) async fn perform_with_link(
    target: &Target,
    address: &LinkAddress,
    request: Request,
) -> Result<(), Failure> {
    let report = report_of(target, &request).await?;
    show(target, &with_address(report, address))
}

async fn report_of(target: &Target, request: &Request) -> Result<Report, Failure> {
    let database = DatabasePath::resolve_existing(&target.database.db)?;
    execute(database, request).await
}

/// Executes a request, by the server that has the database open if there is one.
pub(super) async fn execute(database: DatabasePath, request: &Request) -> Result<Report, Failure> {
    let path = socket_path(&database)?;
    let asked = ask(&path, request).await.map_err(|error| {
        let path = path.display();
        Failure::unreachable(format!("the server does not answer at {path}: {error}"))
    })?;
    let reply = match asked {
        Some(reply) => reply,
        None => execute_offline(database, request.clone()).await?,
    };
    match reply {
        Reply::Done(report) => Ok(report),
        Reply::Refused(reason) => Err(Failure::refused(reason)),
        Reply::Failed(reason) => Err(Failure::failed(reason)),
    }
}

/// Adds the address of a link to a report: the public one if it was given, or that of the server which has answered, or
/// else the one that the server has by default.
pub(super) fn with_address(mut report: Report, address: &LinkAddress) -> Report {
    if let Some(path) = report.link.take() {
        let public_url = address.public_url.as_ref();
        let base = base_of(address.base_path.as_ref(), public_url);
        let given = || site_of(public_url, &base, false, address.listen);
        let answered = report.site.take().filter(|_| public_url.is_none());
        let url = answered.unwrap_or_else(given) + &path;
        report.text += &url;
        report.text.push('\n');
        for object in &mut report.json {
            object["url"] = json!(url);
        }
    }
    report
}

/// Prints a report.
pub(super) fn show(target: &Target, report: &Report) -> Result<(), Failure> {
    if !target.json {
        return print(&report.text);
    }
    let lines = report.json.iter().map(|object| format!("{object}\n"));
    print(&lines.collect::<String>())
}
