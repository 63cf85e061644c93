//! `/healthz` (the server answers) and `/readyz` (it can store changes).

use super::error::Rejection;
use crate::app::{App, now};
use axum::extract::State;
use std::sync::Arc;

/// Answers 200 whenever it is asked.
pub async fn is_alive() -> &'static str {
    "ok\n"
}

/// Answers 200 while changes can be stored: the database file is still the one that is open, and the last change was
/// stored or, where it was not, a trial can be stored now.
pub async fn is_ready(State(app): State<Arc<App>>) -> Result<&'static str, Rejection> {
    app.log.file.check()?;
    if !app.log.is_writable() {
        app.log.try_disk(now()).await?;
    }
    Ok("ready\n")
}
