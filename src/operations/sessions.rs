//! Listing and ending the viewer's sessions.

use crate::{
    app::App,
    auth::viewer::Viewer,
    error::{Error, Result},
    model::change::{Action, SecretHash},
    store::sessions::{self, Session},
};

/// Returns the viewer's sessions, the latest first. Visitors who are not signed in have none.
pub async fn list_sessions(app: &App, viewer: &Viewer) -> Result<Vec<Session>> {
    let Some(user) = viewer.user_id() else {
        return Ok(Vec::new());
    };
    let mut connection = app.readers().acquire().await?;
    sessions::list_sessions(&mut connection, user).await
}

/// Ends one of the viewer's sessions.
pub async fn end_session(app: &App, viewer: &Viewer, id: &str) -> Result<()> {
    let sessions = list_sessions(app, viewer).await?;
    let session = sessions.into_iter().find(|session| session.id() == id);
    let session = session.ok_or(Error::NotFound)?;
    submit(app, viewer, session.secret_hash).await
}

/// Ends the session of the request.
pub async fn sign_out(app: &App, viewer: &Viewer) -> Result<()> {
    match viewer.secret_hash.clone() {
        Some(secret_hash) => submit(app, viewer, secret_hash).await,
        None => Ok(()),
    }
}

/// Ends all sessions of the viewer.
pub async fn sign_out_everywhere(app: &App, viewer: &Viewer) -> Result<()> {
    for session in list_sessions(app, viewer).await? {
        submit(app, viewer, session.secret_hash).await?;
    }
    Ok(())
}

async fn submit(app: &App, viewer: &Viewer, secret_hash: SecretHash) -> Result<()> {
    let by = viewer.user_id();
    app.submit(by, Action::SignOut { secret_hash }).await?;
    Ok(())
}
