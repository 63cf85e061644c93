//! `/direct/new`: the form that begins a conversation of few people.

use super::{page, parameter, redirect_to, rooms::layout};
use crate::{
    app::App,
    error::Error,
    fault::Fault,
    model::role::Role,
    operations::{
        rooms::open_direct_room,
        users::{self, PeopleFilter},
    },
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

/// Number of people who are suggested.
const PEOPLE_MAX: usize = 100;

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
    form(&app, &visitor, &uri, to, None).await
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
    form(&app, &visitor, &uri, to, Some(fault)).await
}

/// Returns the form with these people, and what is wrong with them.
async fn form(
    app: &App,
    visitor: &SignedIn,
    here: &Uri,
    to: String,
    fault: Option<Fault>,
) -> Result<Response, Rejection> {
    let locale = visitor.preferences.locale;
    let has_directory = visitor.role() != Some(Role::Guest);
    let people = if has_directory {
        let filter = PeopleFilter::default();
        let page = users::list_people(app, visitor, filter, PEOPLE_MAX).await?;
        page.entries
    } else {
        Vec::new()
    };
    let people = people.iter();
    let people = people.filter(|person| !(person.is_disabled || person.user.imported));
    let shown = NewDirectPage {
        locale,
        scheme: visitor.preferences.scheme,
        layout: layout(app, visitor, None, here).await?,
        to,
        people: people.map(|person| person.user.person()).collect(),
        has_directory,
        error: fault.map(|fault| locale.explain_fault(fault)),
    };
    page(fault.map_or(StatusCode::OK, status_of), &shown)
}

/// Returns the handles in a text, with or without `@`.
fn handles_in(text: &str) -> Vec<String> {
    let words = text.split(|c: char| c.is_whitespace() || ",;，、；".contains(c));
    let handles = words.map(|word| word.trim_start_matches('@'));
    let handles = handles.filter(|handle| !handle.is_empty());
    handles.map(str::to_owned).collect()
}
