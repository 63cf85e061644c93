//! Pinned and saved messages, favourite rooms, and forwarding: the pages and the forms.

use super::{explain, page, redirect_to, rooms::layout};
use crate::{
    app::{App, random_bytes},
    error::{Error, Result},
    model::{ids::EventId, message::Message, room::RoomView},
    operations::{
        inbox as marks, members,
        messages::{find_message, read_id},
        pins::{self, Forward},
        rooms::find_room,
    },
    web::{
        api::inbox::InboxQuery,
        error::Rejection,
        extract::{Path, Sent, Visitor},
        origin::Origin,
        preferences::Preferences,
        signed_in::SignedIn,
        views::{
            message::address,
            saved::{ChosenPage, ForwardPage},
        },
    },
};
use axum::{
    extract::{RawQuery, State},
    http::{StatusCode, Uri},
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use std::sync::Arc;

/// Shows the pinned messages of a room.
pub async fn show_pins(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(slug): Path<String>,
    uri: Uri,
) -> Result<Response, Rejection> {
    let room = find_room(&app, &visitor, &slug).await?;
    let messages = pins::list_pinned(&app, &visitor, &slug).await?;
    let Preferences { locale, scheme } = visitor.preferences;
    page(
        StatusCode::OK,
        &ChosenPage {
            locale,
            scheme,
            layout: layout(&app, &visitor, Some(&slug), &uri).await?,
            may_remove: may_post(&room),
            room: Some(room.info),
            messages,
            older: None,
        },
    )
}

/// Shows a page of the messages that the visitor has saved.
pub async fn show_saved(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    RawQuery(query): RawQuery,
    uri: Uri,
) -> Result<Response, Rejection> {
    let query = InboxQuery::parse(query.as_deref())?;
    let shown = pins::list_saved(&app, &visitor, query.before, query.limit).await?;
    let last = shown.last_before_next();
    let older = last.map(|last| query.older("saved", last.id));
    let Preferences { locale, scheme } = visitor.preferences;
    page(
        StatusCode::OK,
        &ChosenPage {
            locale,
            scheme,
            layout: layout(&app, &visitor, None, &uri).await?,
            room: None,
            may_remove: true,
            messages: shown.entries,
            older,
        },
    )
}

/// Fields of a form that sets something or ends it.
#[derive(Debug, Deserialize)]
pub struct ToggleForm {
    /// `true` to end it.
    off: Option<String>,
    /// The page that the form is on, other than that of the message or room.
    from: Option<String>,
}

impl ToggleForm {
    fn is_on(&self) -> bool {
        self.off.is_none()
    }

    /// Returns the page to return to.
    fn back(&self, room: &str, otherwise: &str) -> Response {
        match self.from.as_deref() {
            Some("pins") => redirect_to(&format!("/rooms/{room}/pins")),
            Some("saved") => redirect_to("/saved"),
            _ => redirect_to(otherwise),
        }
    }
}

/// Pins a message, or unpins it.
pub async fn set_pin(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((room, id)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Rejection> {
    let form: ToggleForm = sent.fields()?;
    let back = format!("/{}", address(&room, read_id(&id)?));
    pins::set_pin(&app, &visitor, room.clone(), &id, form.is_on()).await?;
    Ok(form.back(&room, &back))
}

/// Saves a message for the visitor, or ends that.
pub async fn set_saved(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((room, id)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Rejection> {
    let form: ToggleForm = sent.fields()?;
    let back = format!("/{}", address(&room, read_id(&id)?));
    pins::set_saved(&app, &visitor, room.clone(), &id, form.is_on()).await?;
    Ok(form.back(&room, &back))
}

/// Makes a room one of the visitor's favourites, or ends that.
pub async fn set_favourite(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(room): Path<String>,
    sent: Sent,
) -> Result<Response, Rejection> {
    let form: ToggleForm = sent.fields()?;
    members::set_favourite(&app, &visitor, room.clone(), form.is_on()).await?;
    Ok(form.back(&room, &format!("/rooms/{room}")))
}

/// Marks a message and what follows it as unread.
pub async fn mark_unread(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((room, id)): Path<(String, String)>,
) -> Result<Response, Rejection> {
    let message = find_message(&app, &visitor, &room, &id).await?;
    marks::mark_unread(&app, &visitor, room, EventId(message.id.0)).await?;
    Ok(redirect_to("/rooms"))
}

/// Fields of the form that forwards a message.
#[derive(Debug, Default, Deserialize)]
pub struct ForwardForm {
    #[serde(default)]
    to: String,
    #[serde(default)]
    comment: String,
    nonce: Option<String>,
}

/// Shows the form that forwards a message.
pub async fn show_forward(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((room, id)): Path<(String, String)>,
    uri: Uri,
) -> Result<Response, Rejection> {
    let message = find_message(&app, &visitor, &room, &id).await?;
    let form = ForwardForm::default();
    forward_page(&app, &visitor, message, form, (StatusCode::OK, None), &uri).await
}

/// Posts a message that quotes another one.
pub async fn forward(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    origin: Origin,
    Path((room, id)): Path<(String, String)>,
    uri: Uri,
    sent: Sent,
) -> Result<Response, Rejection> {
    let form: ForwardForm = sent.fields()?;
    let forward = Forward {
        room: room.clone(),
        id: id.clone(),
        to: form.to.clone(),
        comment: form.comment.clone(),
        nonce: form.nonce.clone(),
    };
    let posted = pins::forward_message(&app, &visitor, forward, |path| origin.address_of(path));
    match posted.await {
        Ok(posted) => Ok(redirect_to(&format!(
            "/rooms/{}#m{}",
            posted.room, posted.id
        ))),
        Err(error) => {
            let (status, why) = explain(visitor.preferences.locale, error)?;
            let message = find_message(&app, &visitor, &room, &id).await?;
            forward_page(&app, &visitor, message, form, (status, Some(why)), &uri).await
        }
    }
}

async fn forward_page(
    app: &App,
    visitor: &Visitor,
    message: Message,
    form: ForwardForm,
    (status, error): (StatusCode, Option<String>),
    here: &Uri,
) -> Result<Response, Rejection> {
    if message.deleted_at.is_some() {
        return Err(Error::NotFound.into());
    }
    let layout = layout(app, visitor, Some(&message.room), here).await?;
    let rooms = layout.rooms.iter();
    let rooms = rooms.filter(|room| may_post(room) && room.info.slug != message.room);
    let rooms = rooms.cloned().collect();
    let new_nonce = || URL_SAFE_NO_PAD.encode(random_bytes::<16>());
    let nonce = form.nonce.filter(|_| status != StatusCode::CONFLICT);
    let Preferences { locale, scheme } = visitor.preferences;
    page(
        status,
        &ForwardPage {
            locale,
            scheme,
            layout,
            message,
            rooms,
            to: form.to,
            comment: form.comment,
            nonce: nonce.unwrap_or_else(new_nonce),
            error,
        },
    )
}

/// Returns whether the viewer is a member of a room who may add something to it.
fn may_post(room: &RoomView) -> bool {
    room.joined && !room.info.archived && (!room.info.announcements || room.can_manage)
}
