//! `POST /api/v1/setup`: setting the server up by its set-up link.

use crate::{
    app::App,
    model::{
        role::Door,
        user::{DisplayName, Handle},
    },
    operations::{
        people::AccountDraft,
        setup::{SetUpDraft, check_offered, set_up},
    },
    web::{
        api::me::{Joined, password_schema},
        error::Rejection,
        extract::Sent,
        sign_in_client::Program,
    },
};
use axum::{
    Json,
    extract::{FromRequestParts, State},
    http::{StatusCode, request::Parts},
};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A request to a server that waits to be set up. Others are rejected with 404, before their body is read.
#[derive(Clone, Copy, Debug)]
pub struct WhileOffered;

impl FromRequestParts<Arc<App>> for WhileOffered {
    type Rejection = Rejection;

    async fn from_request_parts(_: &mut Parts, app: &Arc<App>) -> Result<Self, Rejection> {
        check_offered(app).await?;
        Ok(Self)
    }
}

/// Request body for setting the server up.
#[derive(Deserialize, ToSchema)]
pub struct SetupRequest {
    /// The secret at the end of the set-up link.
    token: String,
    #[schema(value_type = DisplayName)]
    server_name: String,
    #[schema(value_type = Handle)]
    handle: String,
    /// The display name; the handle if absent.
    #[schema(value_type = Option<DisplayName>)]
    name: Option<String>,
    #[schema(schema_with = password_schema)]
    password: String,
    /// Who may come in; stays as it is if absent.
    #[schema(value_type = Option<Door>)]
    door: Option<String>,
}

/// Names the server, and creates the account of its first admin.
pub async fn set_up_server(
    State(app): State<Arc<App>>,
    _: WhileOffered,
    Program(client): Program,
    sent: Sent,
) -> Result<(StatusCode, Json<Joined>), Rejection> {
    let request: SetupRequest = sent.fields()?;
    let draft = SetUpDraft {
        token: &request.token,
        server_name: &request.server_name,
        door: request.door.as_deref(),
        owner: AccountDraft {
            handle: &request.handle,
            name: request.name.as_deref(),
            password: &request.password,
        },
    };
    let account = set_up(&app, &client, draft).await?;
    Ok((StatusCode::CREATED, Json(account.into())))
}
