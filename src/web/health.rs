//! Health checks: `/healthz` (the server responds) and `/readyz` (the server can store changes).

use super::error::Rejection;
use crate::app::{App, now};
use axum::extract::State;
use std::sync::Arc;

/// Handles `GET /healthz`: always responds with 200.
pub async fn is_alive() -> &'static str {
    "ok\n"
}

/// Handles `GET /readyz`: responds with 200 while changes can be stored. The database file must still be the one that
/// is open, and the last write must have succeeded, or else a test write must succeed now.
pub async fn is_ready(State(app): State<Arc<App>>) -> Result<&'static str, Rejection> {
    app.log.file.check()?;
    if !app.log.is_writable() {
        app.log.try_disk(now()).await?;
    }
    Ok("ready\n")
}
