//! `/api/v1/server`: what clients need to know about the server before they sign in.

use crate::{
    app::App,
    model::{
        message::{BODY_MAX, NONCE_MAX},
        role::Door,
        room::TOPIC_MAX,
        server::ServerProfile,
        slug::SLUG_MAX,
        user::{DisplayName, HANDLE_MAX, NAME_MAX},
    },
    operations::server::{find_server, update_server},
    web::{body::BodyLimit, error::Rejection, extract::Sent, signed_in::SignedIn},
};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// Names of optional parts of the API that this server has.
const FEATURES: [&str; 4] = ["custom-events", "invites", "reactions", "threads"];

/// The server.
#[derive(Debug, Serialize, ToSchema)]
pub struct Server {
    name: String,
    /// Version of the program.
    version: &'static str,
    /// Name of the log, to which all cursors belong.
    log: String,
    door: Door,
    limits: Limits,
    /// Names of optional parts of the API that this server has.
    #[schema(value_type = Vec<String>, max_items = 100)]
    features: &'static [&'static str],
}

/// The greatest lengths, in characters unless something else is said.
#[derive(Debug, Serialize, ToSchema)]
pub struct Limits {
    #[schema(minimum = 1)]
    body: usize,
    #[schema(minimum = 1)]
    handle: usize,
    #[schema(minimum = 1)]
    name: usize,
    #[schema(minimum = 1)]
    nonce: usize,
    #[schema(minimum = 1)]
    slug: usize,
    #[schema(minimum = 1)]
    topic: usize,
    /// In bytes: the body of a request.
    #[schema(minimum = 1)]
    request: usize,
}

const LIMITS: Limits = Limits {
    body: BODY_MAX,
    handle: HANDLE_MAX,
    name: NAME_MAX,
    nonce: NONCE_MAX,
    slug: SLUG_MAX,
    topic: TOPIC_MAX,
    request: BodyLimit::SIGNED_IN.bytes(),
};

/// Returns the name of the server, its door and its limits.
pub async fn show_server(State(app): State<Arc<App>>) -> Result<Json<Server>, Rejection> {
    Ok(Json(describe(&app, find_server(&app).await?)))
}

/// Request body for changing the server.
#[derive(Debug, Deserialize, ToSchema)]
pub struct UpdateServerRequest {
    #[schema(value_type = Option<DisplayName>)]
    name: Option<String>,
    /// An open server that becomes one by invitation keeps its accounts and rooms.
    #[schema(value_type = Option<Door>)]
    door: Option<String>,
}

/// Changes the name of the server or its door.
pub async fn update(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    sent: Sent,
) -> Result<Json<Server>, Rejection> {
    let UpdateServerRequest { name, door } = sent.fields()?;
    let server = update_server(&app, &visitor, name.as_deref(), door.as_deref()).await?;
    Ok(Json(describe(&app, server)))
}

fn describe(app: &App, ServerProfile { name, door }: ServerProfile) -> Server {
    Server {
        name,
        version: env!("CARGO_PKG_VERSION"),
        log: app.log.name.clone(),
        door,
        limits: LIMITS,
        features: &FEATURES,
    }
}
