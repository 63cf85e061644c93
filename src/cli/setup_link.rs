//! `setup-link`: prints a new link for setting the server up.

use super::{
    Failure,
    operator::{LinkAddress, Target, execute, show, with_address},
};
use crate::{auth::secret::Secret, operator::Request, store::database_path::DatabasePath};
use clap::Args;

/// The database, and the address in the link.
#[derive(Args, Debug)]
pub(super) struct SetupLink {
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    address: LinkAddress,
}

/// The database is created if it does not exist: a server can be set up before its first start.
pub(super) async fn run(command: SetupLink) -> Result<(), Failure> {
    let SetupLink { target, address } = command;
    let database = DatabasePath::resolve(&target.database.db)?;
    let report = execute(database, &Request::SetupLink).await?;
    show(&target, &with_address(report, &address))
}

/// Returns the set-up link with this secret.
pub(super) fn link(site: &str, secret: &Secret) -> String {
    format!("{site}/setup/{}", secret.reveal())
}
