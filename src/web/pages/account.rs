//! `/account` and `/signout`: display name, preferences, sessions and signing out.

use super::{explain, local, page, redirect_to, rooms::layout};
use crate::{
    app::App,
    auth::passkeys::RelyingParty,
    error::{Error, Result},
    model::identity::{LinkedIdentity, PROXY},
    operations::{
        blocks, oidc, passkeys, passwords, people,
        sessions::{self, Session},
        tokens,
    },
    web::{
        error::Rejection,
        extract::{Path, Sent, Visitor},
        locale::Locale,
        origin::Origin,
        preferences::{LANGUAGE_COOKIE, Preferences, SCHEME_COOKIE, Scheme, language},
        sign_in_client::{COOKIE_AGE, header_value, removed_session},
        signed_in::SignedIn,
        views::account::{AccountPage, FieldError, IdentityView, SessionView, SignOutPage},
    },
};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use std::sync::Arc;

/// Shows the account page. Visitors who have not joined see only the preferences.
pub async fn show_account(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    origin: Origin,
    uri: Uri,
) -> Result<Response, Rejection> {
    account_page(&app, &visitor, &origin, &uri, None).await
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
    origin: Origin,
    uri: Uri,
    sent: Sent,
) -> Result<Response, Rejection> {
    let RenameForm { name } = sent.fields()?;
    match people::rename_user(&app, &visitor, &name).await {
        Ok(_) => Ok(redirect_to("/account")),
        Err(error) => {
            let refused = Refused::of("name", visitor.preferences.locale, error)?;
            let refused = Some(refused.with_text(name));
            account_page(&app, &visitor, &origin, &uri, refused).await
        }
    }
}

/// A form of the account page that was refused.
#[derive(Debug)]
pub(super) struct Refused {
    status: StatusCode,
    error: FieldError,
}

impl Refused {
    /// Returns the refusal, if the error is one that the visitor can mend. `field` is at fault if the error names none.
    pub(super) fn of(field: &str, locale: &Locale, error: Error) -> Result<Self, Rejection> {
        let field = match &error {
            Error::Invalid { field, .. } => field.to_string(),
            _ => field.to_owned(),
        };
        let (status, why) = explain(locale, error)?;
        let text = String::new();
        let error = FieldError { field, text, why };
        Ok(Self { status, error })
    }

    /// The field has this name on the page, where several forms have one with the name of the API.
    pub(super) fn named(mut self, in_api: &str, on_page: &str) -> Self {
        if self.error.field == in_api {
            on_page.clone_into(&mut self.error.field);
        }
        self
    }

    /// The visitor typed this text.
    fn with_text(mut self, text: String) -> Self {
        self.error.text = text;
        self
    }
}

/// Renders the account page, with a form that was refused if there is one.
pub(super) async fn account_page(
    app: &App,
    visitor: &Visitor,
    origin: &Origin,
    uri: &Uri,
    refused: Option<Refused>,
) -> Result<Response, Rejection> {
    let Preferences { locale, scheme } = visitor.preferences;
    let status = refused
        .as_ref()
        .map_or(StatusCode::OK, |refused| refused.status);
    let is_signed_in = visitor.user.is_some();
    let account = AccountPage {
        locale,
        scheme,
        layout: layout(app, visitor, None, uri).await?,
        error: refused.map(|refused| refused.error),
        has_password: is_signed_in && passwords::has_password(app, visitor).await?,
        provider: oidc::provider_name(app),
        identities: identity_views(app, locale, oidc::list_identities(app, visitor).await?),
        passkey_origin: origin.relying_party(app).as_ref().map(RelyingParty::origin),
        passkeys: passkeys::list_passkeys(app, visitor).await?,
        sessions: session_views(sessions::list_sessions(app, visitor).await?, visitor),
        tokens: session_views(tokens::list_tokens(app, visitor).await?, visitor),
        blocks: match visitor.user {
            Some(_) => blocks::list_blocks(app, visitor).await?,
            None => Vec::new(),
        },
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
pub async fn set_preferences(
    State(app): State<Arc<App>>,
    sent: Sent,
) -> Result<Response, Rejection> {
    let PreferencesForm {
        language: tag,
        scheme,
        next,
    } = sent.fields()?;
    let locale = tag.as_deref().and_then(language);
    let language = locale.map(|locale| (LANGUAGE_COOKIE, locale.lang.to_owned()));
    let scheme = scheme.map(|scheme| (SCHEME_COOKIE, Scheme::parse(&scheme).to_string()));
    let mut cookies = HeaderMap::new();
    for (name, value) in [language, scheme].into_iter().flatten() {
        let cookie = app.cookies.set(name, &value, false, COOKIE_AGE);
        cookies.append(header::SET_COOKIE, header_value(cookie)?);
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

/// Shows the page that asks for confirmation: without a password or passkey, nobody can sign in again.
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
    let sessions = sessions::list_sessions(&app, &visitor).await?.len();
    let has_password = passwords::has_password(&app, &visitor).await?;
    let can_return = has_password || !passkeys::list_passkeys(&app, &visitor).await?.is_empty();
    page(
        StatusCode::OK,
        &SignOutPage {
            locale,
            scheme,
            layout,
            sessions,
            can_return,
            is_connected: !oidc::list_identities(&app, &visitor).await?.is_empty(),
            is_proxied: visitor.is_proxied,
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
    let cookies = removed_session(&app.cookies)?;
    // Below a path, the origin and its storage belong to other programs, too; the page's script removes its own part.
    let is_alone = app.base.is_root();
    let clear = is_alone.then_some([("clear-site-data", "\"storage\"")]);
    Ok((cookies, clear, redirect_to("/")).into_response())
}

fn session_views(sessions: Vec<Session>, visitor: &Visitor) -> Vec<SessionView> {
    let here = visitor.secret_hash.as_ref();
    let views = sessions.into_iter().map(|session| SessionView {
        id: session.id(),
        is_here: Some(&session.secret_hash) == here,
        kind: session.kind,
        label: session.name.or(session.label),
        scopes: session.grant.scopes,
        rooms: session.grant.rooms.as_ref().map(|rooms| rooms.join(", ")),
        since: session.created_at,
        last_used_at: session.last_used_at,
    });
    views.collect()
}

/// Returns what the account page shows of identities.
fn identity_views(
    app: &App,
    locale: &Locale,
    identities: Vec<LinkedIdentity>,
) -> Vec<IdentityView> {
    let views = identities.into_iter().map(|linked| {
        let known = app.provider.as_ref();
        let known = known.filter(|provider| provider.issuer() == linked.issuer);
        let is_proxy = linked.issuer == PROXY;
        IdentityView {
            id: linked.id,
            provider: match known {
                Some(provider) => provider.name.clone(),
                None if is_proxy => locale.provider_proxy().to_owned(),
                None => linked.issuer,
            },
            name: linked.name,
            since: linked.linked_at,
            can_end: !is_proxy,
        }
    });
    views.collect()
}
