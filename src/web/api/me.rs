//! `POST /api/v1/join`, `GET` and `PATCH /api/v1/me`.

use crate::{
    app::App,
    auth::{
        password::{PASSWORD_MAX, PASSWORD_MIN},
        viewer::Viewer,
    },
    error::{Result, check_field},
    fault::Fault,
    model::{
        json_schema::{NotGiven, text},
        profile::{About, TimeZone},
        time::Timestamp,
        user::{DisplayName, Handle, User},
    },
    operations::{
        members::list_joined_rooms,
        passwords,
        people::{join_server, rename_user},
        sign_in::SignedInAs,
        users::{ProfileDraft, delete_own, parse_draft, update_profile},
    },
    web::{
        error::Rejection,
        extract::{Sent, Visitor, read_optional_flag},
        sign_in_client::Program,
        signed_in::SignedIn,
    },
};
use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use std::sync::Arc;
use utoipa::{ToSchema, openapi::ObjectBuilder};

/// Request body for joining the server.
#[derive(Debug, Deserialize, ToSchema)]
pub struct JoinRequest {
    #[schema(value_type = Handle)]
    handle: String,
    /// The display name; the handle if absent.
    #[schema(value_type = Option<DisplayName>)]
    name: Option<String>,
}

impl From<SignedInAs> for Joined {
    fn from(signed_in: SignedInAs) -> Self {
        Self {
            handle: signed_in.user.handle,
            name: signed_in.user.name,
            token: signed_in.secret.reveal().into(),
        }
    }
}

/// An account with a new token, which is shown only in this response.
#[derive(Debug, Serialize, ToSchema)]
pub struct Joined {
    handle: String,
    name: String,
    /// The secret for `Authorization: Bearer <token>`.
    token: String,
}

/// Returns the schema of a new password.
#[must_use]
pub fn password_schema() -> ObjectBuilder {
    text()
        .min_length(Some(PASSWORD_MIN))
        .max_length(Some(PASSWORD_MAX))
        .description(Some("Not a common one, and not a name of the account."))
}

/// Creates an account, if the server lets everybody join.
pub async fn join(
    State(app): State<Arc<App>>,
    Program(client): Program,
    sent: Sent,
) -> Result<(StatusCode, Json<Joined>), Rejection> {
    let JoinRequest { handle, name } = sent.fields()?;
    let joined = join_server(&app, &client, &handle, name.as_deref()).await?;
    Ok((StatusCode::CREATED, Json(joined.into())))
}

/// The caller's account and rooms.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    handle: String,
    name: String,
    /// Slugs of the rooms that the caller is a member of.
    rooms: Vec<String>,
    created_at: Timestamp,
}

/// Returns the caller's account, and the rooms that the caller is a member of.
pub async fn show_me(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Json<Me>, Rejection> {
    Ok(Json(describe(&app, &visitor, visitor.signed_in()?).await?))
}

/// Request body for changing the caller's account.
#[derive(Debug, Deserialize, ToSchema)]
pub struct UpdateMeRequest {
    #[schema(value_type = Option<DisplayName>)]
    name: Option<String>,
    /// One line by which the caller introduces themselves; empty for nothing.
    #[schema(value_type = Option<About>)]
    about: Option<String>,
    /// Name of the caller's time zone (IANA); empty for nothing.
    #[schema(value_type = Option<TimeZone>)]
    time_zone: Option<String>,
    /// Whether others are not told when the caller is online, and was last here.
    #[serde(default, deserialize_with = "read_optional_flag")]
    hides_presence: Option<bool>,
    /// Whether others are not told which messages the caller has read, nor the caller what others have read.
    #[serde(default, deserialize_with = "read_optional_flag")]
    hides_reading: Option<bool>,
    /// Cannot be changed, because mentions refer to it.
    #[schema(value_type = NotGiven, required = false)]
    handle: Option<IgnoredAny>,
}

/// Changes the caller's display name and profile.
pub async fn update_me(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    sent: Sent,
) -> Result<Json<Me>, Rejection> {
    let UpdateMeRequest {
        name,
        about,
        time_zone,
        hides_presence,
        hides_reading,
        handle,
    } = sent.fields()?;
    check_field("handle", handle.map(|_| Fault::CannotChange))?;
    let draft = ProfileDraft {
        about,
        time_zone,
        hides_presence,
        hides_reading,
    };
    parse_draft(&draft)?;
    let user = match name {
        Some(name) => rename_user(&app, &visitor, &name).await?,
        None => visitor.signed_in()?.clone(),
    };
    update_profile(&app, &visitor, &draft).await?;
    Ok(Json(describe(&app, &visitor, &user).await?))
}

/// Request body for deleting the caller's account.
#[derive(Deserialize, ToSchema)]
pub struct DeleteMeRequest {
    /// The caller's handle, which confirms the deletion.
    #[serde(default)]
    #[schema(value_type = Handle, required)]
    handle: String,
    /// Whether the texts of the caller's messages are deleted, too.
    #[serde(default, deserialize_with = "read_optional_flag")]
    erase: Option<bool>,
    /// The caller's password; needed if there is one.
    password: Option<String>,
}

/// Deletes the caller's account.
pub async fn delete_me(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Program(client): Program,
    sent: Sent,
) -> Result<StatusCode, Rejection> {
    let DeleteMeRequest {
        handle,
        erase,
        password,
    } = sent.fields()?;
    passwords::confirm(&app, &visitor, &client, ("password", password)).await?;
    delete_own(&app, &visitor, &handle, erase.unwrap_or(false)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn describe(app: &App, viewer: &Viewer, user: &User) -> Result<Me> {
    Ok(Me {
        handle: user.handle.clone(),
        name: user.name.clone(),
        rooms: list_joined_rooms(app, viewer).await?,
        created_at: user.created_at,
    })
}
