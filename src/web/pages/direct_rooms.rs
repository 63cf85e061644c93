//! `/direct/new`: the form that begins a conversation of few people.

use super::{page, parameter, redirect_to, rooms::layout};
use crate::{
    app::App,
    error::Error,
    operations::rooms::open_direct_room,
    web::{
        error::Rejection, extract::Sent, problem::status_of, signed_in::SignedIn,
        views::direct_rooms::NewDirectPage,
    },
};
use axum::{
    extract::{RawQuery, State},
    http::{StatusCode, Uri},
    response::Response,
};
use serde::Deserialize;
use std::sync::Arc;

/// The people of the conversation.
#[derive(Debug, Deserialize)]
pub struct DirectForm {
    /// Their handles, separated by spaces or commas.
    #[serde(default)]
    to: String,
}

/// Shows the form.
pub async fn show_new_direct(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    RawQuery(query): RawQuery,
    uri: Uri,
) -> Result<Response, Rejection> {
    let to = parameter(query.as_deref(), "to");
    let layout = layout(&app, &visitor, None, &uri).await?;
    let (locale, scheme) = (visitor.preferences.locale, visitor.preferences.scheme);
    page(
        StatusCode::OK,
        &NewDirectPage {
            locale,
            scheme,
            layout,
            to,
            error: None,
        },
    )
}

/// Leads to the direct room of the visitor and these people, which is created if it does not exist.
pub async fn open_direct(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    uri: Uri,
    sent: Sent,
) -> Result<Response, Rejection> {
    let DirectForm { to } = sent.fields()?;
    let fault = match open_direct_room(&app, &visitor, handles_in(&to)).await {
        Ok(slug) => return Ok(redirect_to(&format!("/rooms/{slug}"))),
        Err(Error::Invalid { fault, .. }) => fault,
        Err(error) => return Err(error.into()),
    };
    let (locale, scheme) = (visitor.preferences.locale, visitor.preferences.scheme);
    page(
        status_of(fault),
        &NewDirectPage {
            locale,
            scheme,
            layout: layout(&app, &visitor, None, &uri).await?,
            to,
            error: Some(locale.explain_fault(fault)),
        },
    )
}

/// Returns the handles in a text, with or without `@`.
fn handles_in(text: &str) -> Vec<String> {
    let words = text.split(|c: char| c.is_whitespace() || ",;，、；".contains(c));
    let handles = words.map(|word| word.trim_start_matches('@'));
    let handles = handles.filter(|handle| !handle.is_empty());
    handles.map(str::to_owned).collect()
}
