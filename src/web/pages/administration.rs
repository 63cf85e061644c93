//! `/admin`: people and invitations, rooms, and the audit log, for admins.

use super::{explain_field, local, page, redirect_to, rooms::layout};
use crate::{
    app::App,
    auth::secret::Secret,
    error::{Error, Result},
    model::{
        ids::parse_id,
        invite::{Invite, InviteId},
    },
    operations::{
        administration::list_administered_rooms,
        audit,
        invites::{InviteDraft, create_invite, list_invites, revoke_invite},
        rooms::{RoomChanges, update_room},
        users::{self, PeopleAnchor},
    },
    web::{
        api::{
            audit::{earlier, parse_query},
            users::PeoplePageQuery,
        },
        error::Rejection,
        extract::{Path, Sent, read_optional_flag},
        origin::Origin,
        signed_in::SignedIn,
        views::administration::{
            AdminPeoplePage, AdminRoomsPage, AuditPage, InviteFields, InviteMadePage,
        },
    },
};
use axum::{
    extract::{RawQuery, State},
    http::{StatusCode, Uri},
    response::Response,
};
use form_urlencoded::Serializer;
use serde::Deserialize;
use std::sync::Arc;

/// Number of rooms on a page.
const ROOMS_MAX: usize = 50;
const PEOPLE: &str = "admin/people";
const ROOMS: &str = "admin/rooms";

/// Leads to the first page of the administration.
pub async fn show_start(visitor: SignedIn) -> Result<Response, Rejection> {
    check_admin(&visitor)?;
    Ok(redirect_to("/admin/people"))
}

/// For everybody but admins there are no such pages.
fn check_admin(visitor: &SignedIn) -> Result<()> {
    visitor.is_admin().then_some(()).ok_or(Error::NotFound)
}

/// Shows a page of the list of people, and the invitations.
pub async fn show_people(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    RawQuery(query): RawQuery,
    uri: Uri,
) -> Result<Response, Rejection> {
    let query = PeoplePageQuery::parse(query.as_deref())?;
    let fields = InviteFields::default();
    people_page(&app, &visitor, &query, &uri, (StatusCode::OK, fields)).await
}

async fn people_page(
    app: &App,
    visitor: &SignedIn,
    query: &PeoplePageQuery,
    here: &Uri,
    (status, invite): (StatusCode, InviteFields),
) -> Result<Response, Rejection> {
    let counts = users::count_people(app, visitor).await?;
    let people = users::list_people(app, visitor, query.filter.clone(), query.limit).await?;
    let last = people.last_before_next();
    let next = last.map(|last| {
        let after = PeopleAnchor::After(last.user.handle.clone());
        query.address_at(PEOPLE, &after)
    });
    let layout = layout(app, visitor, None, here).await?;
    let shown = AdminPeoplePage {
        locale: visitor.preferences.locale,
        scheme: visitor.preferences.scheme,
        layout,
        filter: query.filter.clone(),
        counts,
        people: people.entries,
        next,
        invites: list_invites(app, visitor, None).await?,
        invite,
    };
    page(status, &shown)
}

/// Fields of the form for an invitation.
#[derive(Debug, Deserialize)]
pub struct InviteForm {
    #[serde(default)]
    role: String,
    #[serde(default)]
    uses: String,
    #[serde(default)]
    expires_in: String,
    #[serde(default)]
    room: String,
}

impl InviteForm {
    pub(super) fn draft(&self) -> InviteDraft {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        InviteDraft {
            role: self.role.clone(),
            room: given(&self.room),
            person: None,
            // What is no number is out of range.
            uses: given(&self.uses).map(|uses| uses.parse().unwrap_or(0)),
            expires_in: given(&self.expires_in),
        }
    }
}

/// Makes an invitation, and shows its link, once.
pub async fn make_invite(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    origin: Origin,
    uri: Uri,
    sent: Sent,
) -> Result<Response, Rejection> {
    check_admin(&visitor)?;
    let form: InviteForm = sent.fields()?;
    match create_invite(&app, visitor.requester()?, form.draft()).await {
        Ok(made) => invite_made(&app, &visitor, &uri, &origin, made, PEOPLE).await,
        Err(error) => {
            let (status, error) = explain_field(visitor.preferences.locale, error)?;
            let fields = InviteFields {
                room: form.room,
                error: Some(error),
            };
            let query = PeoplePageQuery::parse(None)?;
            people_page(&app, &visitor, &query, &uri, (status, fields)).await
        }
    }
}

/// Shows the link of a new invitation. `back` is the page that leads there.
pub(super) async fn invite_made(
    app: &App,
    visitor: &SignedIn,
    here: &Uri,
    origin: &Origin,
    (invite, secret): (Invite, Secret),
    back: &str,
) -> Result<Response, Rejection> {
    let shown = InviteMadePage {
        locale: visitor.preferences.locale,
        scheme: visitor.preferences.scheme,
        layout: layout(app, visitor, None, here).await?,
        link: origin.invite_link(&secret),
        invite,
        back: back.to_owned(),
    };
    page(StatusCode::OK, &shown)
}

/// The page that a form leads back to.
#[derive(Debug, Deserialize)]
pub struct BackForm {
    #[serde(default)]
    next: String,
}

/// Revokes an invitation.
pub async fn end_invite(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Rejection> {
    let BackForm { next } = sent.fields()?;
    let id = parse_id(&id).map(InviteId).ok_or(Error::NotFound)?;
    revoke_invite(&app, visitor.requester()?, id).await?;
    Ok(redirect_to(local(&next)))
}

/// Shows a page of the list of rooms.
pub async fn show_rooms(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    RawQuery(query): RawQuery,
    uri: Uri,
) -> Result<Response, Rejection> {
    let (mut text, mut after) = (String::new(), String::new());
    let query = query.unwrap_or_default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "q" => text = value.into_owned(),
            "after" => after = value.into_owned(),
            _ => {}
        }
    }
    let searched = Some(text.as_str()).filter(|text| !text.is_empty());
    let rooms = list_administered_rooms(&app, &visitor, searched, &after, ROOMS_MAX).await?;
    let last = rooms.last_before_next();
    let next = last.map(|last| {
        let mut query = Serializer::for_suffix(format!("{ROOMS}?"), ROOMS.len() + 1);
        if let Some(text) = searched {
            query.append_pair("q", text);
        }
        query.append_pair("after", &last.slug);
        query.finish()
    });
    let shown = AdminRoomsPage {
        locale: visitor.preferences.locale,
        scheme: visitor.preferences.scheme,
        layout: layout(&app, &visitor, None, &uri).await?,
        text,
        rooms: rooms.entries,
        next,
    };
    page(StatusCode::OK, &shown)
}

/// Fields of the forms of one room in the list.
#[derive(Debug, Deserialize)]
pub struct RoomForm {
    #[serde(default, deserialize_with = "read_optional_flag")]
    archived: Option<bool>,
    #[serde(default, deserialize_with = "read_optional_flag")]
    auto_join: Option<bool>,
    #[serde(default)]
    next: String,
}

/// Archives a room of the list, or lets new people join it by themselves, or ends either.
pub async fn change_room(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(room): Path<String>,
    sent: Sent,
) -> Result<Response, Rejection> {
    check_admin(&visitor)?;
    let form: RoomForm = sent.fields()?;
    let changes = RoomChanges {
        archived: form.archived,
        auto_join: form.auto_join,
        ..RoomChanges::default()
    };
    update_room(&app, &visitor, room, changes).await?;
    Ok(redirect_to(local(&form.next)))
}

/// Shows a page of the audit log.
pub async fn show_audit(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    RawQuery(query): RawQuery,
    uri: Uri,
) -> Result<Response, Rejection> {
    let (before, limit) = parse_query(query.as_deref())?;
    let entries = audit::list_audit(&app, &visitor, before, limit).await?;
    let last = entries.last_before_next();
    let shown = AuditPage {
        locale: visitor.preferences.locale,
        scheme: visitor.preferences.scheme,
        layout: layout(&app, &visitor, None, &uri).await?,
        next: last.map(|last| earlier("admin/audit", last.id, limit)),
        entries: entries.entries,
    };
    page(StatusCode::OK, &shown)
}
