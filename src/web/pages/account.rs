//! `/account` and `/signout`: what somebody is called, how pages look to them, where they are signed in, and the way out.

use super::{local, page, rooms::layout, see};
use crate::{
    app::App,
    auth::cookies::session_cookie_name,
    error::{Error, Result},
    model::ids::UserId,
    operations::people,
    store::sessions::{Session, list_sessions},
    web::{
        error::Rejection,
        extract::{Path, Sent, Visitor},
        preferences::{LANGUAGE_COOKIE, Preferences, SCHEME_COOKIE, Scheme, language},
        signed_in::SignedIn,
        views::account::{AccountPage, Place, SignOutPage},
    },
};
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use axum_extra::extract::cookie::{Cookie, SameSite};
use serde::Deserialize;
use std::sync::Arc;

/// Browsers keep a cookie for 400 days at most (RFC 6265bis, section 5.5).
const COOKIE_AGE: time::Duration = time::Duration::days(400);

/// A cookie that a browser keeps for as long as it keeps any.
#[must_use]
pub fn lasting_cookie(name: &str, value: &str) -> String {
    Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(COOKIE_AGE)
        .to_string()
}

/// Who one is here, and how one wants it. Who has not joined may choose how pages look.
pub async fn show_account(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    uri: Uri,
) -> Result<Response, Rejection> {
    let name = visitor.user.as_ref().map(|user| user.name.clone());
    let asked = (name.unwrap_or_default(), None);
    account_page(&app, &visitor, &uri, StatusCode::OK, asked).await
}

/// What the form of the name holds.
#[derive(Debug, Deserialize)]
pub struct Name {
    #[serde(default)]
    name: String,
}

/// Gives oneself another name for display.
pub async fn rename(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    uri: Uri,
    sent: Sent,
) -> Result<Response, Rejection> {
    let Name { name } = sent.fields()?;
    match people::rename_user(&app, &visitor, &name).await {
        Ok(_) => Ok(see("/account")),
        Err(Error::Invalid { text, .. }) => {
            let asked = (name, Some(visitor.preferences.locale.explain(&text)));
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            account_page(&app, &visitor, &uri, status, asked).await
        }
        Err(Error::Conflict { text, .. }) => {
            let asked = (name, Some(visitor.preferences.locale.explain(&text)));
            account_page(&app, &visitor, &uri, StatusCode::CONFLICT, asked).await
        }
        Err(error) => Err(error.into()),
    }
}

/// With the name that is asked for, and why it cannot be.
async fn account_page(
    app: &App,
    visitor: &Visitor,
    uri: &Uri,
    status: StatusCode,
    (name, name_error): (String, Option<String>),
) -> Result<Response, Rejection> {
    let Preferences { locale, scheme } = visitor.preferences;
    let account = AccountPage {
        locale,
        scheme,
        layout: layout(app, visitor, None, uri).await?,
        name,
        name_error,
        places: places(app, visitor).await?,
    };
    page(status, &account)
}

/// What the form of the looks holds, or the part of it that shall change.
#[derive(Debug, Deserialize)]
pub struct Looks {
    language: Option<String>,
    scheme: Option<String>,
    #[serde(default)]
    next: String,
}

/// Keeps in cookies how pages shall look.
pub async fn choose_looks(sent: Sent) -> Result<Response, Rejection> {
    let Looks {
        language: tag,
        scheme,
        next,
    } = sent.fields()?;
    let locale = tag.as_deref().and_then(language);
    let language = locale.map(|locale| lasting_cookie(LANGUAGE_COOKIE, locale.lang));
    let scheme = scheme.map(|scheme| Scheme::parse(&scheme).to_string());
    let scheme = scheme.map(|scheme| lasting_cookie(SCHEME_COOKIE, &scheme));
    let mut cookies = HeaderMap::new();
    for cookie in [language, scheme].into_iter().flatten() {
        let cookie = HeaderValue::from_str(&cookie).map_err(std::io::Error::other)?;
        cookies.append(header::SET_COOKIE, cookie);
    }
    Ok((cookies, see(local(&next))).into_response())
}

/// Ends one of one's sessions, wherever it is.
pub async fn end_session(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, Rejection> {
    let sessions = sessions(&app, visitor.id).await?;
    let session = sessions.into_iter().find(|session| session.id() == id);
    let secret_hash = session.ok_or(Error::NotFound)?.secret_hash;
    people::sign_out(&app, &visitor, secret_hash).await?;
    Ok(see("/account"))
}

/// Asks whether it is meant: without a password there is no way back.
pub async fn show_sign_out(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    uri: Uri,
) -> Result<Response, Rejection> {
    let Preferences { locale, scheme } = visitor.preferences;
    if visitor.user.is_none() {
        return Ok(see("/"));
    }
    let layout = layout(&app, &visitor, None, &uri).await?;
    let places = places(&app, &visitor).await?.len();
    page(
        StatusCode::OK,
        &SignOutPage {
            locale,
            scheme,
            layout,
            places,
        },
    )
}

/// Ends the session of a browser, or all that its owner has.
pub async fn sign_out(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    uri: Uri,
) -> Result<Response, Rejection> {
    let is_everywhere = uri.query() == Some("everywhere");
    let mut ended: Vec<_> = visitor.secret_hash.iter().cloned().collect();
    if let Some(user) = visitor.user.as_ref().filter(|_| is_everywhere) {
        let sessions = sessions(&app, user.id).await?;
        ended.extend(sessions.into_iter().map(|session| session.secret_hash));
    }
    for secret_hash in ended {
        people::sign_out(&app, &visitor, secret_hash).await?;
    }
    let cookie = Cookie::build((session_cookie_name(&app.log.name), ""))
        .path("/")
        .max_age(time::Duration::ZERO)
        .to_string();
    let clear = ("clear-site-data", "\"storage\"".to_owned());
    Ok(([(header::SET_COOKIE.as_str(), cookie), clear], see("/")).into_response())
}

async fn sessions(app: &App, user: UserId) -> Result<Vec<Session>> {
    let mut connection = app.readers().acquire().await?;
    list_sessions(&mut connection, user).await
}

async fn places(app: &App, visitor: &Visitor) -> Result<Vec<Place>> {
    let Some(user) = &visitor.user else {
        return Ok(Vec::new());
    };
    let here = visitor.secret_hash.as_ref();
    let sessions = sessions(app, user.id).await?.into_iter();
    let places = sessions.map(|session| Place {
        id: session.id(),
        is_here: Some(&session.secret_hash) == here,
        kind: session.kind,
        since: session.created_at,
    });
    Ok(places.collect())
}
