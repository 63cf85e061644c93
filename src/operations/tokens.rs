//! API tokens of the viewer.

use super::{
    rooms::visible_room,
    sessions::{end_one, list_all},
};
use crate::{
    app::{App, random_bytes},
    auth::{secret::Secret, viewer::Viewer},
    error::{Error, Result, check_field, parse_field},
    fault::Fault,
    model::{
        change::Action,
        credential::CredentialAction,
        grant::{Grant, Scopes, TokenScope},
        time::Timestamp,
        user::DisplayName,
    },
    store::sessions::Session,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use strum::VariantNames as _;

/// Maximum number of rooms that a token is limited to.
const ROOMS_MAX: usize = 100;

/// A token to be created, before validation.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct TokenDraft {
    /// The name by which its owner recognises it.
    pub name: String,
    /// The names of scopes.
    pub scopes: Vec<String>,
    /// The slugs of the rooms that it is limited to; `None` for all rooms.
    pub rooms: Option<Vec<String>>,
    /// The time from which it is not valid any more.
    pub expires_at: Option<String>,
}

/// Returns the viewer's API tokens, the latest first.
pub async fn list_tokens(app: &App, viewer: &Viewer) -> Result<Vec<Session>> {
    let mut tokens = list_all(app, viewer).await?;
    tokens.retain(|token| token.name.is_some());
    Ok(tokens)
}

/// Creates an API token, and returns it with its secret.
pub async fn create_token(
    app: &App,
    viewer: &Viewer,
    draft: TokenDraft,
) -> Result<(Session, Secret)> {
    app.rates.check_post(viewer.signed_in()?)?;
    let (name, grant, expires_at) = parse_draft(app, viewer, draft).await?;
    let secret = Secret::new(random_bytes());
    let action = CredentialAction::CreateToken {
        secret_hash: secret.hash(),
        name,
        grant,
        expires_at,
    };
    app.submit_from(viewer.requester()?, Action::Credential(action))
        .await?;
    let hash = secret.hash();
    let mut tokens = list_tokens(app, viewer).await?.into_iter();
    let created = tokens.find(|token| token.secret_hash == hash);
    Ok((created.ok_or(Error::NotFound)?, secret))
}

/// Checks the fields of a token of the viewer: its name, what it may be used for, and its expiry.
pub(super) async fn parse_draft(
    app: &App,
    viewer: &Viewer,
    draft: TokenDraft,
) -> Result<(String, Grant, Option<Timestamp>)> {
    let name = parse_field("name", DisplayName::parse(&draft.name))?.into_string();
    let grant = Grant {
        scopes: parse_field("scopes", parse_scopes(&draft.scopes))?,
        rooms: find_rooms(app, viewer, draft.rooms).await?,
    };
    let now = app.validity().now;
    let expires_at = draft.expires_at.as_deref();
    let expires_at = expires_at.map(|text| parse_expiry(text, now)).transpose();
    Ok((name, grant, parse_field("expires_at", expires_at)?))
}

/// Revokes one of the viewer's API tokens, and ends its streams.
pub async fn revoke_token(app: &App, viewer: &Viewer, id: &str) -> Result<()> {
    let tokens = list_tokens(app, viewer).await?;
    end_one(app, viewer, tokens, id).await
}

fn parse_scopes(names: &[String]) -> Result<Scopes, Fault> {
    if names.is_empty() {
        return Err(Fault::Required);
    }
    let known = TokenScope::VARIANTS;
    let scopes = names.iter().map(|name| name.parse::<TokenScope>());
    scopes
        .collect::<Result<Scopes, _>>()
        .map_err(|_| Fault::UnknownValue { known })
}

/// Checks that the viewer sees the rooms.
async fn find_rooms(
    app: &App,
    viewer: &Viewer,
    rooms: Option<Vec<String>>,
) -> Result<Option<Arc<[String]>>> {
    let Some(mut rooms) = rooms else {
        return Ok(None);
    };
    rooms.sort_unstable();
    rooms.dedup();
    check_field("rooms", rooms.is_empty().then_some(Fault::Required))?;
    let too_many = Fault::TooMany { max: ROOMS_MAX };
    check_field("rooms", (rooms.len() > ROOMS_MAX).then_some(too_many))?;
    for room in &rooms {
        visible_room(app, viewer, room)
            .await
            .map_err(|error| match error {
                Error::NotFound => Error::invalid("rooms", Fault::NoSuchRoom),
                error => error,
            })?;
    }
    Ok(Some(rooms.into()))
}

fn parse_expiry(text: &str, now: Timestamp) -> Result<Timestamp, Fault> {
    let expires_at = Timestamp::parse_or_date(text).ok_or(Fault::NotATime)?;
    (expires_at > now)
        .then_some(expires_at)
        .ok_or(Fault::TimePassed)
}
