//! `/join`, `/signout` and `/`.

use super::{join_first, page, see};
use crate::{
    app::App,
    auth::viewer::COOKIE,
    error::{Error, Result},
    model::change::{Action, SignInKind},
    store::messages::sum_up,
    web::{
        error::Rejection,
        extract::{Sent, Visitor},
        join::join_server,
        taste::Taste,
        views::join::JoinPage,
    },
};
use axum::{
    extract::{Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use axum_extra::extract::cookie::{Cookie, SameSite};
use chrono::Datelike as _;
use serde::Deserialize;
use std::sync::Arc;

/// Browsers keep a cookie for 400 days at most (RFC 6265bis, section 5.5).
const COOKIE_AGE: time::Duration = time::Duration::days(400);

/// Where somebody wanted to go.
#[derive(Debug, Deserialize)]
pub struct Next {
    #[serde(default)]
    next: String,
}

/// Asks for a name.
pub async fn show_join(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Query(Next { next }): Query<Next>,
) -> Result<Response, Rejection> {
    if visitor.user.is_some() {
        return Ok(see(local(&next)));
    }
    join_page(
        &app,
        visitor.taste,
        StatusCode::OK,
        String::new(),
        next,
        None,
    )
    .await
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct Join {
    #[serde(default)]
    handle: String,
    #[serde(default)]
    next: String,
}

/// Lets somebody in.
pub async fn join(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    sent: Sent,
) -> Result<Response, Rejection> {
    let Join { handle, next } = sent.fields()?;
    match join_server(&app, &handle, None, SignInKind::Session).await {
        Ok((_, secret)) => {
            let cookie = Cookie::build((COOKIE, secret.reveal()))
                .path("/")
                .http_only(true)
                .same_site(SameSite::Lax)
                .max_age(COOKIE_AGE)
                .to_string();
            Ok(([(header::SET_COOKIE, cookie)], see(local(&next))).into_response())
        }
        Err(Error::Invalid { text, .. }) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            join_page(&app, visitor.taste, status, handle, next, Some(&text)).await
        }
        Err(Error::Conflict { text, .. }) => {
            let status = StatusCode::CONFLICT;
            join_page(&app, visitor.taste, status, handle, next, Some(&text)).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn join_page(
    app: &App,
    Taste { words, scheme }: Taste,
    status: StatusCode,
    handle: String,
    next: String,
    error: Option<&str>,
) -> Result<Response, Rejection> {
    let mut connection = app.readers().acquire().await?;
    let (messages, since) = sum_up(&mut connection).await?;
    drop(connection);
    let since = since.map(|time| time.to_utc().year());
    page(
        status,
        &JoinPage {
            words,
            scheme,
            handle,
            next,
            error: error.map(|text| words.say(text)),
            messages,
            since,
        },
    )
}

/// Ends the session of a browser.
pub async fn sign_out(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Result<Response, Rejection> {
    if let Some(secret_hash) = visitor.secret_hash.clone() {
        app.submit(Action::SignOut { secret_hash }).await?;
    }
    let cookie = Cookie::build((COOKIE, ""))
        .path("/")
        .max_age(time::Duration::ZERO)
        .to_string();
    let clear = ("clear-site-data", "\"storage\"".to_owned());
    Ok(([(header::SET_COOKIE.as_str(), cookie), clear], see("/")).into_response())
}

/// The first page: it asks who one is, and leads to the room that everybody knows.
pub async fn show_start(visitor: Visitor) -> Response {
    let room = "/rooms/general";
    if visitor.user.is_some() {
        see(room)
    } else {
        join_first(room)
    }
}

/// Only addresses of our own are gone to: `//other.example` and `/\other.example` are not among them.
fn local(next: &str) -> &str {
    let is_local = next.starts_with('/')
        && !next[1..].starts_with(['/', '\\'])
        && !next.chars().any(char::is_control);
    if is_local { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        for elsewhere in [
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "",
            "/\t/evil.example",
        ] {
            assert_eq!(local(elsewhere), "/", "{elsewhere:?}");
        }
        assert_eq!(local("/rooms/general?before=8"), "/rooms/general?before=8");
    }
}
