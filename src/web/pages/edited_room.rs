//! The settings of a room, and the answers to the forms in them.

use super::{page, redirect_to, rooms::layout};
use crate::{
    app::App,
    error::{Error, Result},
    model::role::Role,
    operations::{
        invites::{can_invite_guests, list_invites},
        members,
        rooms::{self, RoomChanges, find_room},
    },
    web::{
        api::paging::PageQuery,
        error::Rejection,
        extract::{Path, Visitor},
        problem::status_of,
        signed_in::SignedIn,
        views::room_settings::{RoomSettingsPage, SettingsErrors},
    },
};
use axum::{
    extract::FromRequestParts,
    http::{Uri, request::Parts},
    response::Response,
};
use serde::Deserialize;
use std::sync::Arc;

/// Number of members on a page.
const MEMBERS_MAX: usize = 200;

/// The room that a form of somebody who is signed in is about.
///
/// Every such form is answered in the same way: after a change, the browser is led back to the settings of the room; if a
/// field is at fault, it gets them with what was sent and what is wrong.
#[derive(Clone, Debug)]
pub struct EditedRoom {
    pub(super) app: Arc<App>,
    pub(super) visitor: SignedIn,
    pub(super) slug: String,
    here: Uri,
}

/// The parameter of a path that names a room; there may be others.
#[derive(Deserialize)]
struct RoomInPath {
    room: String,
}

impl FromRequestParts<Arc<App>> for EditedRoom {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Rejection> {
        let visitor = SignedIn::from_request_parts(parts, app).await?;
        let Path(RoomInPath { room }) = Path::from_request_parts(parts, app).await?;
        Ok(Self {
            app: Arc::clone(app),
            visitor,
            slug: room,
            here: parts.uri.clone(),
        })
    }
}

impl EditedRoom {
    /// Changes the room.
    pub(super) async fn update(&self, changes: RoomChanges) -> Result<()> {
        rooms::update_room(&self.app, &self.visitor, self.slug.clone(), changes).await
    }

    /// Leads back to the settings.
    pub(super) fn back(&self) -> Response {
        redirect_to(&format!("/rooms/{}/settings", self.slug))
    }

    /// Leads back to the settings, or shows them with the field at fault. `keep` puts what was sent into its fields.
    pub(super) async fn answer(
        &self,
        result: Result<()>,
        keep: impl FnOnce(&mut RoomSettingsPage),
    ) -> Result<Response, Rejection> {
        let (field, fault) = match result {
            Ok(()) => return Ok(self.back()),
            Err(Error::Invalid { field, fault }) => (field, fault),
            Err(error) => return Err(error.into()),
        };
        let Self {
            app,
            visitor,
            slug,
            here,
        } = self;
        let mut shown = settings_page(app, visitor, slug, None, here).await?;
        keep(&mut shown);
        let at = |name| (field == name).then(|| shown.locale.explain_fault(fault));
        shown.errors = SettingsErrors {
            name: at("name"),
            topic: at("topic"),
            handle: at("handle"),
        };
        page(status_of(fault), &shown)
    }
}

/// Returns the settings of a room. The query says which page of the members is shown.
pub(super) async fn settings_page(
    app: &App,
    visitor: &Visitor,
    slug: &str,
    query: Option<&str>,
    here: &Uri,
) -> Result<RoomSettingsPage> {
    let query = PageQuery::parse(query, MEMBERS_MAX)?;
    let room = find_room(app, visitor, slug).await?;
    let after = query.after.as_deref();
    let (members, count) = members::list_members(app, visitor, slug, after, query.limit).await?;
    let last = members.last_before_next();
    let next = last.map(|last| query.next(&format!("rooms/{slug}/settings"), &last.person.handle));
    let invites_guests = can_invite_guests(app, visitor, slug).await?;
    let invites = if invites_guests {
        list_invites(app, visitor, Some(slug)).await?
    } else {
        Vec::new()
    };
    Ok(RoomSettingsPage {
        invites_guests,
        invites,
        locale: visitor.preferences.locale,
        scheme: visitor.preferences.scheme,
        layout: layout(app, visitor, Some(slug), here).await?,
        name: room.info.name.clone(),
        topic: room.info.topic.clone(),
        is_admin: visitor.role() == Some(Role::Admin),
        room,
        members: members.entries,
        member_count: count,
        next,
        handle: String::new(),
        errors: SettingsErrors::default(),
    })
}
