//! `/api/v1/users`: the list of people, profiles, and what admins do to accounts.

use crate::{
    app::App,
    error::Result,
    model::{json_schema::list, profile::ProfileView, role::Role, user::Handle},
    operations::{
        administered::{create_password_link, end_sessions_of},
        users::{self, PeopleAnchor, PeopleFilter, parse_role},
    },
    web::{
        api::{credentials::OneTimeLink, paging::read_limit},
        error::Rejection,
        extract::{Path, Sent, read_optional_flag},
        origin::Origin,
        signed_in::SignedIn,
    },
};
use axum::{
    Json,
    extract::{RawQuery, State},
    http::StatusCode,
};
use form_urlencoded::Serializer;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// The greatest number of people on a page, and the default.
pub const PEOPLE_MAX: usize = 100;

/// A page of the list of people.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Users)]
pub struct UserList {
    #[schema(schema_with = list::<ProfileView, PEOPLE_MAX>)]
    users: Vec<ProfileView>,
    /// Address of the page that follows in the direction of reading, if there is one.
    #[schema(required)]
    next: Option<String>,
}

/// Query of a page of the list of people.
#[derive(Clone, Debug)]
pub struct PeoplePageQuery {
    /// The people who are requested.
    pub filter: PeopleFilter,
    /// The greatest number of people.
    pub limit: usize,
}

impl PeoplePageQuery {
    /// Parses a query. Of a parameter that occurs more than once, the last one counts. An empty one counts as absent, as
    /// forms send it.
    pub fn parse(query: Option<&str>) -> Result<Self> {
        let mut filter = PeopleFilter::default();
        let mut limit = PEOPLE_MAX;
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        for (name, value) in pairs.filter(|(_, value)| !value.is_empty()) {
            match name.as_ref() {
                "q" => filter.text = Some(value.into_owned()),
                "after" => filter.anchor = PeopleAnchor::After(value.into_owned()),
                "before" => filter.anchor = PeopleAnchor::Before(value.into_owned()),
                "role" => filter.role = Some(parse_role(&value)?),
                "imported" => filter.imported = Some(value == "true"),
                "disabled" => filter.disabled = Some(value == "true"),
                "limit" => limit = read_limit(&value, PEOPLE_MAX)?,
                _ => {}
            }
        }
        Ok(Self { filter, limit })
    }

    /// Returns the address, below `path`, of another page of the same people.
    #[must_use]
    pub fn address_at(&self, path: &str, anchor: &PeopleAnchor) -> String {
        let PeopleFilter {
            text,
            role,
            disabled,
            imported,
            ..
        } = &self.filter;
        let (direction, handle) = match anchor {
            PeopleAnchor::After(handle) => ("after", handle),
            PeopleAnchor::Before(handle) => ("before", handle),
        };
        let limit = (self.limit != PEOPLE_MAX).then(|| self.limit.to_string());
        let fields = [
            ("q", text.clone()),
            ("role", role.map(|role| role.as_str().to_owned())),
            ("disabled", disabled.map(|disabled| disabled.to_string())),
            ("imported", imported.map(|imported| imported.to_string())),
            ("limit", limit),
            (direction, Some(handle.clone())),
        ];
        let mut query = Serializer::for_suffix(format!("{path}?"), path.len() + 1);
        for (name, value) in fields {
            if let Some(value) = value {
                query.append_pair(name, &value);
            }
        }
        query.finish()
    }
}

/// Returns a page of the people whom the caller may see.
pub async fn list_users(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Json<UserList>, Rejection> {
    let query = PeoplePageQuery::parse(query.as_deref())?;
    let page = users::list_people(&app, &visitor, query.filter.clone(), query.limit).await?;
    let edge = match query.filter.anchor {
        PeopleAnchor::After(_) => page.entries.last(),
        PeopleAnchor::Before(_) => page.entries.first(),
    };
    let next = edge.filter(|_| page.has_more).map(|edge| {
        let handle = edge.user.handle.clone();
        let anchor = match query.filter.anchor {
            PeopleAnchor::After(_) => PeopleAnchor::After(handle),
            PeopleAnchor::Before(_) => PeopleAnchor::Before(handle),
        };
        query.address_at(&app.base.join("/api/v1/users"), &anchor)
    });
    let people = page.entries.into_iter();
    let users = people
        .map(|person| person.view(visitor.is_admin()))
        .collect();
    Ok(Json(UserList { users, next }))
}

/// Returns the profile of a person whom the caller may see.
pub async fn show_user(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(handle): Path<String>,
) -> Result<Json<ProfileView>, Rejection> {
    let profile = users::find_profile(&app, &visitor, &handle).await?;
    Ok(Json(profile.view(visitor.is_admin())))
}

/// Request body for changing a person's account.
#[derive(Debug, Deserialize, ToSchema)]
pub struct UpdateUserRequest {
    /// `admin`, `member` or `guest`.
    #[schema(value_type = Option<Role>)]
    pub role: Option<String>,
    /// Whether nobody can sign in with the account.
    #[serde(default, deserialize_with = "read_optional_flag")]
    pub disabled: Option<bool>,
}

/// Sets the role of a person, and whether the account is disabled.
pub async fn update_user(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(handle): Path<String>,
    sent: Sent,
) -> Result<Json<ProfileView>, Rejection> {
    let UpdateUserRequest { role, disabled } = sent.fields()?;
    let role = role.as_deref().map(parse_role).transpose()?;
    let handle = own_or(&visitor, handle);
    users::update_user(&app, visitor.requester()?, handle.clone(), role, disabled).await?;
    show_user(State(app), visitor, Path(handle)).await
}

/// Request body for banning a person.
#[derive(Debug, Deserialize, ToSchema)]
pub struct BanRequest {
    /// Whether all messages of the person are deleted.
    #[serde(default, deserialize_with = "read_optional_flag")]
    pub hide_messages: Option<bool>,
}

/// Disables an account, ends its sessions for good, and deletes its messages if that is asked for.
pub async fn ban_user(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(handle): Path<String>,
    sent: Sent,
) -> Result<StatusCode, Rejection> {
    let BanRequest { hide_messages } = sent.fields()?;
    let handle = own_or(&visitor, handle);
    let hides = hide_messages.unwrap_or(false);
    users::ban_user(&app, visitor.requester()?, &handle, hides).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Request body for merging an imported person into an account.
#[derive(Debug, Deserialize, ToSchema)]
pub struct MergeRequest {
    /// Handle of the account.
    #[serde(default)]
    #[schema(value_type = Handle, required)]
    pub into: String,
}

/// Merges an imported person into an account.
pub async fn merge_user(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(handle): Path<String>,
    sent: Sent,
) -> Result<StatusCode, Rejection> {
    let MergeRequest { into } = sent.fields()?;
    let handle = own_or(&visitor, handle);
    users::merge_user(&app, visitor.requester()?, &handle, &into).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Creates a one-time link by which a person sets a new password.
pub async fn create_sign_in_link(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(handle): Path<String>,
    origin: Origin,
) -> Result<(StatusCode, Json<OneTimeLink>), Rejection> {
    let handle = own_or(&visitor, handle);
    let (secret, expires_at) = create_password_link(&app, visitor.requester()?, handle).await?;
    let url = origin.password_link(&secret);
    Ok((StatusCode::CREATED, Json(OneTimeLink { url, expires_at })))
}

/// Ends all sessions of a person.
pub async fn end_sessions(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(handle): Path<String>,
) -> Result<StatusCode, Rejection> {
    let handle = own_or(&visitor, handle);
    end_sessions_of(&app, visitor.requester()?, handle).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Returns a handle; `me` is the caller's.
fn own_or(visitor: &SignedIn, handle: String) -> String {
    match &visitor.user {
        Some(user) if handle == "me" => user.handle.clone(),
        _ => handle,
    }
}
