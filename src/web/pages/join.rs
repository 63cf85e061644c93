//! `/join` and `/`: joining the server.

use super::{explain, local, page, redirect_to};
use crate::{
    app::App,
    error::{Denial, Error},
    model::server::ServerProfile,
    operations::{
        oidc::provider_name, people::join_server, rooms::find_first_room, server::find_server,
        sign_in::SignedInAs,
    },
    web::{
        error::Rejection,
        extract::{Anybody, Sent},
        preferences::Preferences,
        sign_in_client::Browser,
        sign_in_needed::join_path,
        views::join::JoinPage,
    },
};
use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use std::sync::Arc;

/// Shows the form for joining. If accounts are by invitation only, the page says so and leads to signing in.
pub async fn show_join(
    State(app): State<Arc<App>>,
    visitor: Anybody,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let next = next_of(query.as_deref());
    if visitor.user.is_some() {
        return Ok(redirect_to(local(&next)));
    }
    let empty = (String::new(), None);
    join_page(&app, visitor.preferences, StatusCode::OK, next, empty).await
}

/// Returns the path to redirect to after joining. As in forms, the last one counts.
pub(super) fn next_of(query: Option<&str>) -> String {
    form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .filter(|(name, _)| name == "next")
        .last()
        .map_or_else(String::new, |(_, next)| next.into_owned())
}

/// Fields of the form for joining.
#[derive(Debug, Deserialize)]
pub struct JoinForm {
    #[serde(default)]
    handle: String,
    #[serde(default)]
    next: String,
}

/// Creates an account and signs the visitor in.
pub async fn join(
    State(app): State<Arc<App>>,
    visitor: Anybody,
    browser: Browser,
    sent: Sent,
) -> Result<Response, Rejection> {
    let JoinForm { handle, next } = sent.fields()?;
    match join_server(&app, &browser.client, &handle, None).await {
        Ok(joined) => redirect_signed_in(&browser, &joined, &next),
        Err(Error::Forbidden(Denial::InviteOnly)) => {
            let (status, empty) = (StatusCode::FORBIDDEN, Default::default());
            join_page(&app, visitor.preferences, status, next, empty).await
        }
        Err(error) => {
            let (status, why) = explain(visitor.preferences.locale, error)?;
            let refused = (handle, Some(why));
            join_page(&app, visitor.preferences, status, next, refused).await
        }
    }
}

/// Redirects to `next` with the session cookie of a browser that has signed in.
pub(super) fn redirect_signed_in(
    browser: &Browser,
    account: &SignedInAs,
    next: &str,
) -> Result<Response, Rejection> {
    let cookies = browser.session_cookies(account)?;
    Ok((cookies, redirect_to(local(next))).into_response())
}

/// Renders the page, with a refused handle and the reason if there is one.
async fn join_page(
    app: &App,
    Preferences { locale, scheme }: Preferences,
    status: StatusCode,
    next: String,
    (handle, error): (String, Option<String>),
) -> Result<Response, Rejection> {
    let ServerProfile { name, door } = find_server(app).await?;
    page(
        status,
        &JoinPage {
            locale,
            scheme,
            server: name,
            door,
            provider: provider_name(app),
            handle,
            next,
            error,
        },
    )
}

/// Redirects from `/`: to the form for joining, or to the first room of the visitor, or to the list of rooms.
pub async fn show_start(
    State(app): State<Arc<App>>,
    visitor: Anybody,
) -> Result<Response, Rejection> {
    if visitor.user.is_none() {
        return Ok(redirect_to(&join_path("/")));
    }
    Ok(match find_first_room(&app, &visitor).await? {
        Some(room) => redirect_to(&format!("/rooms/{room}")),
        None => redirect_to("/rooms"),
    })
}
