//! `/api/v1/invites`: making, listing, revoking and redeeming invitations.

use crate::{
    app::App,
    auth::secret::Secret,
    error::Error,
    model::{
        ids::parse_id,
        invite::{Invite, InviteId},
        json_schema::list,
        role::Role,
        slug::Slug,
        user::{DisplayName, Handle},
    },
    operations::{
        invites::{
            INVITES_MAX, InviteDraft, accept_invite, create_invite, find_invite, list_invites,
            redeem_invite, revoke_invite,
        },
        people::AccountDraft,
    },
    web::{
        api::me::{Joined, password_schema},
        error::Rejection,
        extract::{Anybody, Path, Sent, read_optional_id},
        sign_in_client::Program,
        signed_in::SignedIn,
    },
};
use axum::{
    Json,
    extract::{FromRequestParts, RawQuery, State},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// A request with the secret of an invitation in its path. If the invitation does not hold, for whatever reason, the
/// request is rejected with 404, before its body is read.
#[derive(Clone, Debug)]
pub struct Invited {
    /// The invitation.
    pub invite: Invite,
    /// The secret of its link.
    pub secret: Secret,
}

impl FromRequestParts<Arc<App>> for Invited {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Rejection> {
        let Path(token) = Path::<String>::from_request_parts(parts, app).await?;
        let (invite, secret) = find_invite(app, &token).await?;
        Ok(Self { invite, secret })
    }
}

/// Request body for making an invitation.
#[derive(Debug, Deserialize, ToSchema)]
pub struct InviteRequest {
    /// `admin`, `member` or `guest`.
    #[serde(default)]
    #[schema(value_type = Role, required)]
    role: String,
    /// The room that the invited people become members of. A guest needs one.
    #[schema(value_type = Option<Slug>)]
    room: Option<String>,
    /// The imported person whom the invited one is.
    #[serde(rename = "as")]
    #[schema(value_type = Option<Handle>)]
    person: Option<String>,
    /// How many people it is good for; 1 if absent. 1 for an imported person.
    #[serde(default, deserialize_with = "read_optional_id")]
    #[schema(value_type = u32, minimum = 1, maximum = 10_000, required = false)]
    uses: Option<i64>,
    /// How long it holds: a number of minutes, hours, days or weeks, such as `7d`, which is the default.
    #[schema(pattern = "^[0-9]{1,6}[mhdw]$")]
    expires_in: Option<String>,
}

impl From<InviteRequest> for InviteDraft {
    fn from(request: InviteRequest) -> Self {
        Self {
            role: request.role,
            room: request.room,
            person: request.person,
            uses: request.uses.and_then(|uses| uses.try_into().ok()),
            expires_in: request.expires_in,
        }
    }
}

/// A new invitation with the path of its link, which is shown only in this response.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedInvite {
    #[serde(flatten)]
    invite: Invite,
    /// The secret of the link.
    token: String,
    /// The path of the link: the page on which the invitation is redeemed.
    path: String,
}

/// Makes an invitation.
pub async fn create(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    sent: Sent,
) -> Result<(StatusCode, Json<CreatedInvite>), Rejection> {
    let request: InviteRequest = sent.fields()?;
    let requester = visitor.requester()?;
    let (invite, secret) = create_invite(&app, requester, request.into()).await?;
    let created = CreatedInvite {
        invite,
        token: secret.reveal().into(),
        path: app.base.join(&invite_path(&secret)),
    };
    Ok((StatusCode::CREATED, Json(created)))
}

/// Returns the path, below the base path, of the page on which an invitation is redeemed.
#[must_use]
pub fn invite_path(secret: &Secret) -> String {
    format!("/invite/{}", secret.reveal())
}

/// The invitations that can be redeemed.
#[derive(Debug, Serialize, ToSchema)]
pub struct InviteList {
    #[schema(schema_with = list::<Invite, INVITES_MAX>)]
    invites: Vec<Invite>,
}

/// Returns the invitations that can be redeemed, the latest first; with `room`, those into this room.
pub async fn list_all(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Json<InviteList>, Rejection> {
    let query = query.unwrap_or_default();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let room = pairs.find(|(name, value)| name == "room" && !value.is_empty());
    let room = room.map(|(_, room)| room.into_owned());
    let invites = list_invites(&app, &visitor, room.as_deref()).await?;
    Ok(Json(InviteList { invites }))
}

/// Revokes an invitation.
pub async fn revoke(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(id): Path<String>,
) -> Result<StatusCode, Rejection> {
    let id = parse_id(&id).map(InviteId).ok_or(Error::NotFound)?;
    revoke_invite(&app, visitor.requester()?, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Request body for redeeming an invitation. Who has signed in needs no fields.
#[derive(Deserialize, ToSchema)]
pub struct RedeemRequest {
    /// An imported person keeps their handle.
    #[serde(default)]
    #[schema(value_type = Option<Handle>)]
    handle: String,
    /// The display name; if absent, the handle, or the name of the imported person.
    #[schema(value_type = Option<DisplayName>)]
    name: Option<String>,
    #[serde(default)]
    #[schema(schema_with = password_schema)]
    password: String,
}

/// Redeems an invitation: creates an account, or makes the caller a member of the room.
pub async fn redeem(
    State(app): State<Arc<App>>,
    visitor: Anybody,
    Invited { invite, secret }: Invited,
    Program(client): Program,
    sent: Sent,
) -> Result<Response, Rejection> {
    if visitor.user.is_some() {
        accept_invite(&app, &visitor, &secret).await?;
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let RedeemRequest {
        handle,
        name,
        password,
    } = sent.fields()?;
    let draft = AccountDraft {
        handle: &handle,
        name: name.as_deref(),
        password: &password,
    };
    let account = redeem_invite(&app, &client, &invite, &secret, draft).await?;
    let joined = Json(Joined::from(account));
    Ok((StatusCode::CREATED, joined).into_response())
}
