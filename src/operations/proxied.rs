//! People whom a trusted proxy has signed in.

use super::new_names::{NamesElsewhere, create_account};
use crate::{
    app::App,
    auth::viewer::Viewer,
    error::{Denial, Error, Result},
    model::{
        change::{Action, Principal, Requester},
        identity::ExternalIdentity,
    },
    store::identities,
};
use std::net::IpAddr;

/// Returns the sender of a request whom a proxy has signed in. Somebody whom it names for the first time gets an account
/// as a member: the proxy decides who comes in.
///
/// # Errors
///
/// [`Error::Forbidden`] if the account is disabled.
pub async fn identify(
    app: &App,
    identity: &ExternalIdentity,
    address: Option<IpAddr>,
) -> Result<Viewer> {
    if let Some(viewer) = Viewer::find_proxied(&app.log, identity).await? {
        return Ok(viewer);
    }
    let mut connection = app.readers().acquire().await?;
    let linked = identities::find_identity(&mut connection, identity).await?;
    drop(connection);
    if linked.is_none() {
        admit(app, identity, address).await?;
    }
    let viewer = Viewer::find_proxied(&app.log, identity).await?;
    viewer.ok_or(Error::Forbidden(Denial::AccountDisabled))
}

async fn admit(app: &App, identity: &ExternalIdentity, address: Option<IpAddr>) -> Result<()> {
    let names = NamesElsewhere {
        handle: identity.subject.clone(),
        name: None,
    };
    let requester = Requester {
        by: Principal::Server,
        address,
    };
    create_account(app, requester, &names, |account| Action::AdmitProxied {
        account,
        identity: identity.clone(),
    })
    .await?;
    Ok(())
}
