//! `/account` and `/signout`: display name, preferences, sessions and signing out.

use super::{explain, local, page, redirect_to, rooms::layout};
use crate::{
    app::App,
    auth::cookies::session_cookie_name,
    error::Result,
    operations::{people, sessions},
    web::{
        error::Rejection,
        extract::{Path, Sent, Visitor},
        preferences::{LANGUAGE_COOKIE, Preferences, SCHEME_COOKIE, Scheme, language},
        signed_in::SignedIn,
        views::account::{AccountPage, SessionView, SignOutPage},
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

/// Returns a cookie with the longest lifetime that browsers accept.
#[must_use]
pub fn lasting_cookie(name: &str, value: &str) -> String {
    Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(COOKIE_AGE)
        .to_string()
}

/// Shows the account page. Visitors who have not joined see only the preferences.
pub async fn show_account(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    uri: Uri,
) -> Result<Response, Rejection> {
    let name = visitor.user.as_ref().map(|user| user.name.clone());
    let asked = (name.unwrap_or_default(), None);
    account_page(&app, &visitor, &uri, StatusCode::OK, asked).await
}

/// Fields of the form for the display name.
#[derive(Debug, Deserialize)]
pub struct RenameForm {
    #[serde(default)]
    name: String,
}

/// Changes the visitor's display name.
pub async fn rename(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    uri: Uri,
    sent: Sent,
) -> Result<Response, Rejection> {
    let RenameForm { name } = sent.fields()?;
    match people::rename_user(&app, &visitor, &name).await {
        Ok(_) => Ok(redirect_to("/account")),
        Err(error) => {
            let (status, why) = explain(visitor.preferences.locale, error)?;
            account_page(&app, &visitor, &uri, status, (name, Some(why))).await
        }
    }
}

/// Renders the account page, with a refused display name and the reason if there is one.
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
        sessions: session_views(app, visitor).await?,
    };
    page(status, &account)
}

/// Fields of the form for preferences; absent fields keep their value.
#[derive(Debug, Deserialize)]
pub struct PreferencesForm {
    language: Option<String>,
    scheme: Option<String>,
    #[serde(default)]
    next: String,
}

/// Stores preferences in cookies.
pub async fn set_preferences(sent: Sent) -> Result<Response, Rejection> {
    let PreferencesForm {
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
    Ok((cookies, redirect_to(local(&next))).into_response())
}

/// Ends one of the visitor's sessions.
pub async fn end_session(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, Rejection> {
    sessions::end_session(&app, &visitor, &id).await?;
    Ok(redirect_to("/account"))
}

/// Shows the page that asks for confirmation. There is no password, so nobody can sign in again after signing out.
pub async fn show_sign_out(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    uri: Uri,
) -> Result<Response, Rejection> {
    let Preferences { locale, scheme } = visitor.preferences;
    if visitor.user.is_none() {
        return Ok(redirect_to("/"));
    }
    let layout = layout(&app, &visitor, None, &uri).await?;
    let sessions = session_views(&app, &visitor).await?.len();
    page(
        StatusCode::OK,
        &SignOutPage {
            locale,
            scheme,
            layout,
            sessions,
        },
    )
}

/// Ends the session of the browser, or all sessions of the visitor.
pub async fn sign_out(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    uri: Uri,
) -> Result<Response, Rejection> {
    if uri.query() == Some("everywhere") {
        sessions::sign_out_everywhere(&app, &visitor).await?;
    } else {
        sessions::sign_out(&app, &visitor).await?;
    }
    let cookie = Cookie::build((session_cookie_name(&app.log.name), ""))
        .path("/")
        .max_age(time::Duration::ZERO)
        .to_string();
    let clear = ("clear-site-data", "\"storage\"".to_owned());
    Ok((
        [(header::SET_COOKIE.as_str(), cookie), clear],
        redirect_to("/"),
    )
        .into_response())
}

async fn session_views(app: &App, visitor: &Visitor) -> Result<Vec<SessionView>> {
    let here = visitor.secret_hash.as_ref();
    let sessions = sessions::list_sessions(app, visitor).await?.into_iter();
    let views = sessions.map(|session| SessionView {
        id: session.id(),
        is_here: Some(&session.secret_hash) == here,
        kind: session.kind,
        since: session.created_at,
    });
    Ok(views.collect())
}
