//! `/rooms/{room}/settings`: the properties and members of a room, and the forms of those who manage it.

use super::{
    administration::{InviteForm, invite_made},
    edited_room::{EditedRoom, settings_page},
    page, redirect_to,
    rooms::layout,
};
use crate::{
    app::App,
    error::{Denial, Error},
    fault::Fault,
    model::{role::Role, room::RoomRole},
    operations::{
        invites::{InviteDraft, can_invite_guests, create_invite},
        members,
        rooms::{self, RoomChanges, find_room},
    },
    web::{
        api::members::read_role,
        error::Rejection,
        extract::{Path, Sent, Visitor},
        origin::Origin,
        signed_in::SignedIn,
        views::{confirm::ConfirmPage, layout::isolate, room_settings::RoomSettingsPage},
    },
};
use axum::{
    extract::{RawQuery, State},
    http::{StatusCode, Uri},
    response::Response,
};
use serde::Deserialize;
use std::sync::Arc;

/// Shows the settings of a room.
pub async fn show_settings(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
    uri: Uri,
) -> Result<Response, Rejection> {
    let shown = settings_page(&app, &visitor, &slug, query.as_deref(), &uri).await?;
    page(StatusCode::OK, &shown)
}

/// Makes an invitation of guests into the room, and shows its link, once.
pub async fn invite_guest(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(slug): Path<String>,
    origin: Origin,
    uri: Uri,
    sent: Sent,
) -> Result<Response, Rejection> {
    let form: InviteForm = sent.fields()?;
    let back = format!("rooms/{slug}/settings");
    if !can_invite_guests(&app, &visitor, &slug).await? {
        return Err(Error::Forbidden(Denial::NotManager).into());
    }
    let draft = InviteDraft {
        role: Role::Guest.as_str().into(),
        room: Some(slug),
        ..form.draft()
    };
    let made = create_invite(&app, visitor.requester()?, draft).await?;
    invite_made(&app, &visitor, &uri, &origin, made, &back).await
}

/// Fields of the form for the properties. A box that is not checked is not sent.
#[derive(Debug, Deserialize)]
pub struct SettingsForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    topic: String,
    announcements: Option<String>,
    room_mentions: Option<String>,
    auto_join: Option<String>,
}

/// Changes the properties of a room.
pub async fn update_room(room: EditedRoom, sent: Sent) -> Result<Response, Rejection> {
    let form: SettingsForm = sent.fields()?;
    let is_admin = room.visitor.role() == Some(Role::Admin);
    let changes = RoomChanges {
        name: Some(form.name.clone()),
        topic: Some(form.topic.clone()),
        announcements: Some(form.announcements.is_some()),
        room_mentions: Some(form.room_mentions.is_some()),
        // The form shows this to admins only.
        auto_join: is_admin.then_some(form.auto_join.is_some()),
        ..RoomChanges::default()
    };
    let updated = room.update(changes).await;
    let keep = |shown: &mut RoomSettingsPage| {
        (shown.name, shown.topic) = (form.name, form.topic);
    };
    room.answer(updated, keep).await
}

/// Fields of the form for archiving.
#[derive(Debug, Deserialize)]
pub struct ArchiveForm {
    archived: Option<String>,
}

/// Archives a room, or takes it out of the archive.
pub async fn archive_room(room: EditedRoom, sent: Sent) -> Result<Response, Rejection> {
    let ArchiveForm { archived } = sent.fields()?;
    let changes = RoomChanges {
        archived: Some(archived.is_some()),
        ..RoomChanges::default()
    };
    room.update(changes).await?;
    Ok(room.back())
}

/// Fields of the form for adding a member.
#[derive(Debug, Deserialize)]
pub struct AddForm {
    #[serde(default)]
    handle: String,
}

/// Adds a member.
pub async fn add_member(room: EditedRoom, sent: Sent) -> Result<Response, Rejection> {
    let AddForm { handle } = sent.fields()?;
    let EditedRoom {
        app, visitor, slug, ..
    } = &room;
    // Of a room that is not visible, not even a missing person is told.
    find_room(app, visitor, slug).await?;
    let plain = handle.trim().trim_start_matches('@').to_owned();
    let added = members::join_room(app, visitor, slug.clone(), plain, None).await;
    let added = match added {
        Err(Error::NotFound) => Err(Error::invalid("handle", Fault::NoSuchPerson)),
        added => added,
    };
    room.answer(added, |shown| shown.handle = handle).await
}

/// Fields of the form beside a member: a role, or nothing to remove the member.
#[derive(Debug, Deserialize)]
pub struct MemberForm {
    role: Option<String>,
}

/// Removes a member, or sets the role of one.
pub async fn change_member(
    room: EditedRoom,
    Path((slug, handle)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Rejection> {
    let MemberForm { role } = sent.fields()?;
    let role: Option<RoomRole> = role.as_deref().map(read_role).transpose()?;
    if role.is_some() {
        members::join_room(&room.app, &room.visitor, slug, handle, role).await?;
    } else {
        members::leave_room(&room.app, &room.visitor, slug, handle).await?;
    }
    Ok(room.back())
}

/// What is asked before it is done, since it cannot be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    Close,
    Delete,
}

/// Asks whether an open room is to be closed.
pub async fn ask_to_close(
    app: State<Arc<App>>,
    visitor: SignedIn,
    slug: Path<String>,
    uri: Uri,
) -> Result<Response, Rejection> {
    ask(Question::Close, app, visitor, slug, uri).await
}

/// Asks whether a room is to be deleted.
pub async fn ask_to_delete(
    app: State<Arc<App>>,
    visitor: SignedIn,
    slug: Path<String>,
    uri: Uri,
) -> Result<Response, Rejection> {
    ask(Question::Delete, app, visitor, slug, uri).await
}

async fn ask(
    question: Question,
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(slug): Path<String>,
    uri: Uri,
) -> Result<Response, Rejection> {
    let room = find_room(&app, &visitor, &slug).await?;
    if !room.can_manage {
        return Err(Error::Forbidden(Denial::NotManager).into());
    }
    let locale = visitor.preferences.locale;
    let name = isolate("strong", &room.info.name);
    let (title, lead, action) = match question {
        Question::Close => (locale.close_room(), locale.close_room_lead(name), "close"),
        Question::Delete => (
            locale.delete_room(),
            locale.delete_room_lead(name),
            "delete",
        ),
    };
    let shown = ConfirmPage {
        locale,
        scheme: visitor.preferences.scheme,
        layout: layout(&app, &visitor, Some(&slug), &uri).await?,
        title,
        lead,
        action: format!("rooms/{slug}/{action}"),
        fields: Vec::new(),
        back: format!("rooms/{slug}/settings"),
    };
    page(StatusCode::OK, &shown)
}

/// Makes an open room a closed one.
pub async fn close_room(room: EditedRoom) -> Result<Response, Rejection> {
    let changes = RoomChanges {
        kind: Some("closed".into()),
        ..RoomChanges::default()
    };
    room.update(changes).await?;
    Ok(room.back())
}

/// Deletes a room.
pub async fn delete_room(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(slug): Path<String>,
) -> Result<Response, Rejection> {
    rooms::delete_room(&app, &visitor, slug).await?;
    Ok(redirect_to("/rooms"))
}
