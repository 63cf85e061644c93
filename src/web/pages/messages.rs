//! Forms of a room: posting, editing, deleting and reacting.

use super::{
    explain, page, redirect_to,
    refused::Refused,
    room::{Beside, room_page},
    rooms::layout,
    thread,
};
use crate::{
    app::App,
    error::{Error, Result},
    model::{history::Anchor, message::Message},
    operations::{
        messages::{self, find_message_to_edit, post_message as post},
        reactions,
        rooms::find_room,
        threads::find_root,
    },
    web::{
        api::{history_query::query_at, messages::PostRequest},
        error::Rejection,
        extract::{Path, Sent, Visitor},
        multipart::{is_multipart, read_form_with_files},
        preferences::Preferences,
        signed_in::SignedIn,
        views::{edit::EditPage, message::address},
    },
};
use axum::{
    extract::{FromRequest as _, Request, State},
    http::{StatusCode, Uri},
    response::Response,
};
use serde::Deserialize;
use std::sync::Arc;

/// Posts the message in the form. If it is refused, shows the room again with the text in the composer.
pub async fn post_message(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(slug): Path<String>,
    uri: Uri,
    request: Request,
) -> Result<Response, Rejection> {
    let locale = visitor.preferences.locale;
    let message: PostRequest = if is_multipart(request.headers()) {
        read_form_with_files(&app, &visitor, request).await?
    } else {
        Sent::from_request(request, &app).await?.fields()?
    };
    let (draft, nonce) = (message.body.clone(), message.nonce.clone());
    let also_in_room = message.also_in_room == Some(true);
    let thread = message.thread.map(|id| id.to_string());
    let (status, text) = match post(&app, &visitor, slug.clone(), message.into()).await {
        Ok((message, _)) => {
            return Ok(redirect_to(&match message.thread {
                Some(root) => thread::address(&slug, root, message.id),
                None => format!("/rooms/{slug}#m{}", message.id),
            }));
        }
        Err(Error::Unavailable(outage)) => (
            StatusCode::SERVICE_UNAVAILABLE,
            locale.post_unavailable(locale.explain_outage(outage)),
        ),
        Err(error) => explain(locale, error)?,
    };
    // A nonce that belongs to another text would be refused on every attempt.
    let nonce = nonce.filter(|_| status != StatusCode::CONFLICT);
    let refused = Refused {
        error: Some(text),
        draft,
        nonce,
        also_in_room,
    };
    let thread = match thread {
        Some(id) => {
            let root = find_root(&app, &visitor, &slug, &id).await?;
            Some((root, query_at(Anchor::Newest)))
        }
        None => None,
    };
    let beside = Beside {
        thread,
        refused,
        ..Beside::default()
    };
    let query = query_at(Anchor::Newest);
    let shown = room_page(&app, &visitor, &slug, &query, beside, &uri).await?;
    page(status, &shown)
}

/// Shows the form for editing one's own message.
pub async fn show_edit(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((slug, id)): Path<(String, String)>,
    uri: Uri,
) -> Result<Response, Rejection> {
    let message = find_message_to_edit(&app, &visitor, &slug, &id).await?;
    let body = message.body.clone().unwrap_or_default();
    edit_page(&app, &visitor, StatusCode::OK, message, body, None, &uri).await
}

/// Fields of the form for editing a message.
#[derive(Debug, Deserialize)]
pub struct EditForm {
    #[serde(default)]
    body: String,
}

/// Replaces the text of one's own message.
pub async fn edit_message(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((slug, id)): Path<(String, String)>,
    uri: Uri,
    sent: Sent,
) -> Result<Response, Rejection> {
    let EditForm { body } = sent.fields()?;
    match messages::edit_message(&app, &visitor, slug.clone(), &id, body.clone()).await {
        Ok(message) => Ok(redirect_to(&format!("/{}", address(&slug, message.id)))),
        Err(error) => {
            let (status, why) = explain(visitor.preferences.locale, error)?;
            let message = find_message_to_edit(&app, &visitor, &slug, &id).await?;
            edit_page(&app, &visitor, status, message, body, Some(why), &uri).await
        }
    }
}

/// Deletes one's own message.
pub async fn delete_message(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response, Rejection> {
    let message = messages::delete_message(&app, &visitor, slug.clone(), &id).await?;
    Ok(redirect_to(&format!("/{}", address(&slug, message.id))))
}

/// Fields of the form for reacting.
#[derive(Debug, Deserialize)]
pub struct ReactionForm {
    #[serde(default)]
    emoji: String,
}

/// Adds a reaction, or removes it if it exists.
pub async fn toggle_reaction(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((slug, id)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Rejection> {
    let ReactionForm { emoji } = sent.fields()?;
    let message = reactions::toggle_reaction(&app, &visitor, slug.clone(), &id, &emoji).await?;
    Ok(redirect_to(&format!("/{}", address(&slug, message.id))))
}

async fn edit_page(
    app: &App,
    visitor: &Visitor,
    status: StatusCode,
    message: Message,
    body: String,
    error: Option<String>,
    here: &Uri,
) -> Result<Response, Rejection> {
    let layout = layout(app, visitor, Some(&message.room), here).await?;
    let room = find_room(app, visitor, &message.room).await?.info;
    let Preferences { locale, scheme } = visitor.preferences;
    page(
        status,
        &EditPage {
            locale,
            scheme,
            layout,
            room,
            message,
            body,
            error,
        },
    )
}
