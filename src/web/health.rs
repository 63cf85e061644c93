//! `/healthz` (alive) and `/readyz` (can write).

use super::error::Rejection;
use crate::{app::App, model::change::Action};
use axum::extract::State;
use std::sync::Arc;

/// Alive: it answers.
pub async fn is_alive() -> &'static str {
    "ok\n"
}

/// Ready: the last change could be stored, or, if it could not, something can be stored now.
pub async fn is_ready(State(app): State<Arc<App>>) -> Result<&'static str, Rejection> {
    if !app.log.is_writable() {
        app.submit(Action::TryDisk).await?;
    }
    Ok("ready\n")
}
