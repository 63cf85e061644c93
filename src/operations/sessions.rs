//! Listing and ending the viewer's sessions, and their expiry.

pub use crate::store::sessions::Session;
use crate::{
    app::{App, now},
    auth::viewer::Viewer,
    error::{Error, Result},
    model::{
        change::{Action, Principal, SecretHash},
        credential::CredentialAction,
        time::Timestamp,
    },
    store::sessions,
};
use std::{sync::Arc, time::Duration};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// Interval at which expired sessions and tokens are deleted, which ends their streams.
const CHECK_EVERY: Duration = Duration::from_secs(2);
/// Interval at which uses are stored, as a multiple of [`CHECK_EVERY`].
const CHECKS_PER_NOTE: u32 = 30;
/// Maximum number of uses, and of refused attempts, per change.
const USES_MAX: usize = 500;

/// Returns what joining and signing in have made for the viewer, the latest first. Visitors who are not signed in have
/// nothing.
pub async fn list_sessions(app: &App, viewer: &Viewer) -> Result<Vec<Session>> {
    let mut sessions = list_all(app, viewer).await?;
    sessions.retain(|session| session.name.is_none());
    Ok(sessions)
}

/// Returns the viewer's sessions and API tokens, the latest first, without those that have expired.
pub(super) async fn list_all(app: &App, viewer: &Viewer) -> Result<Vec<Session>> {
    let Some(user) = viewer.user_id() else {
        return Ok(Vec::new());
    };
    let mut connection = app.readers().acquire().await?;
    let mut sessions = sessions::list_sessions(&mut connection, user).await?;
    let now = app.validity().now;
    sessions.retain(|session| session.expires_at.is_none_or(|at| at > now));
    Ok(sessions)
}

/// Ends one of the viewer's sessions.
pub async fn end_session(app: &App, viewer: &Viewer, id: &str) -> Result<()> {
    let sessions = list_sessions(app, viewer).await?;
    end_one(app, viewer, sessions, id).await
}

/// Ends the session or token with this id.
pub(super) async fn end_one(
    app: &App,
    viewer: &Viewer,
    sessions: Vec<Session>,
    id: &str,
) -> Result<()> {
    let session = sessions.into_iter().find(|session| session.id() == id);
    let session = session.ok_or(Error::NotFound)?;
    submit(app, viewer, session.secret_hash).await
}

/// Ends all of the viewer's sessions other than that of the request. API tokens remain.
pub async fn end_other_sessions(app: &App, viewer: &Viewer) -> Result<()> {
    let by = viewer.signed_in()?.id;
    let here = viewer.secret_hash.clone();
    let action = CredentialAction::EndOtherSessions { here };
    app.submit(Some(by), Action::Credential(action)).await?;
    Ok(())
}

/// Ends the session of the request. Whom a proxy has signed in has none.
pub async fn sign_out(app: &App, viewer: &Viewer) -> Result<()> {
    let session = viewer.secret_hash.clone().filter(|_| !viewer.is_proxied);
    match session {
        Some(secret_hash) => submit(app, viewer, secret_hash).await,
        None => Ok(()),
    }
}

/// Ends all sessions of the viewer. API tokens remain, unless one of them has sent the request.
pub async fn sign_out_everywhere(app: &App, viewer: &Viewer) -> Result<()> {
    if viewer.user.is_none() {
        return Ok(());
    }
    end_other_sessions(app, viewer).await?;
    sign_out(app, viewer).await
}

async fn submit(app: &App, viewer: &Viewer, secret_hash: SecretHash) -> Result<()> {
    let by = viewer.user_id();
    app.submit(by, Action::SignOut { secret_hash }).await?;
    Ok(())
}

/// Deletes what has expired, records refused attempts to sign in, and stores when sessions were used, until the server
/// stops.
pub async fn keep(app: Arc<App>, stop: CancellationToken) {
    let mut checks = interval(CHECK_EVERY);
    checks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut count: u32 = 0;
    while stop.run_until_cancelled(checks.tick()).await.is_some() {
        if let Err(error) = delete_expired(&app).await {
            tracing::warn!(%error, "deleting expired sessions failed; trying again");
        }
        record_refused(&app, false).await;
        count = (count + 1) % CHECKS_PER_NOTE;
        if count == 0 {
            note_uses(&app).await;
        }
    }
    record_refused(&app, true).await;
    note_uses(&app).await;
}

/// Records refused attempts to sign in, at the end of the program all that were counted. If that fails, they are lost.
async fn record_refused(app: &App, is_end: bool) {
    for refused in app.failures.take(now(), is_end).chunks(USES_MAX) {
        let refused = refused.to_vec();
        let action = CredentialAction::NoteRefused { refused };
        if let Err(error) = app
            .submit(Principal::Server, Action::Credential(action))
            .await
        {
            tracing::warn!(%error, "recording refused attempts to sign in failed");
        }
    }
}

async fn delete_expired(app: &App) -> Result<()> {
    let validity = app.validity();
    let idle_since: Timestamp = validity.now.before(validity.idle);
    let mut connection = app.readers().acquire().await?;
    if !sessions::has_expired(&mut connection, validity.now, idle_since).await? {
        return Ok(());
    }
    drop(connection);
    let action = CredentialAction::DeleteExpired { idle_since };
    app.submit(Principal::Server, Action::Credential(action))
        .await?;
    Ok(())
}

/// Stores uses. If that fails, the sessions count as last used earlier, up to their next use an hour later.
async fn note_uses(app: &App) {
    for uses in app.log.session_uses.take().chunks(USES_MAX) {
        let uses = uses.to_vec();
        let action = CredentialAction::NoteUses { uses };
        if let Err(error) = app
            .submit(Principal::Server, Action::Credential(action))
            .await
        {
            tracing::warn!(%error, "storing the last uses of sessions failed");
        }
    }
}
