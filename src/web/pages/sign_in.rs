//! `/sign-in`, `/account/device` and `/device/{link}`: signing in by a password, or by another device.

use super::{
    explain,
    join::{next_of, redirect_signed_in},
    local, page, redirect_to,
    rooms::layout,
};
use crate::{
    app::App,
    auth::passkeys::RelyingParty,
    error::Error,
    model::{role::Door, server::ServerProfile},
    operations::{
        administered::{ResetDraft, reset_password},
        oidc::provider_name,
        server::find_server,
        sessions,
        sign_in::{self, LinkUse},
    },
    web::{
        error::Rejection,
        extract::{Anybody, Path, Sent},
        origin::Origin,
        preferences::Preferences,
        sign_in_client::Browser,
        signed_in::SignedIn,
        views::{
            qr_code::qr_code,
            sign_in::{DeviceLinkPage, DevicePage, NewPasswordPage, SignInPage},
        },
    },
};
use axum::{
    extract::{RawQuery, State},
    http::{StatusCode, Uri},
    response::Response,
};
use serde::Deserialize;
use std::sync::Arc;

/// Shows the form for signing in.
pub async fn show_sign_in(
    State(app): State<Arc<App>>,
    visitor: Anybody,
    origin: Origin,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let next = next_of(query.as_deref());
    if visitor.user.is_some() {
        return Ok(redirect_to(local(&next)));
    }
    let form = SignInForm {
        next,
        ..SignInForm::default()
    };
    let party = origin.relying_party(&app);
    sign_in_page(&app, &visitor, StatusCode::OK, party.as_ref(), form).await
}

/// Fields of the form for signing in.
#[derive(Default, Deserialize)]
pub struct SignInForm {
    #[serde(default)]
    handle: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
    /// The reason why the password was refused.
    #[serde(skip)]
    error: Option<String>,
    /// The reason why a passkey was refused.
    #[serde(skip)]
    passkey_error: Option<String>,
}

impl SignInForm {
    /// Returns the empty form after a passkey was refused.
    pub(super) fn for_passkey(next: String, why: String) -> Self {
        Self {
            next,
            passkey_error: Some(why),
            ..Self::default()
        }
    }
}

/// Signs the visitor in with a password. The session that the browser had before ends.
pub async fn sign_in(
    State(app): State<Arc<App>>,
    visitor: Anybody,
    browser: Browser,
    origin: Origin,
    sent: Sent,
) -> Result<Response, Rejection> {
    let form: SignInForm = sent.fields()?;
    let signed_in = sign_in::sign_in(&app, &browser.client, &form.handle, &form.password).await;
    match signed_in {
        Ok(signed_in) => {
            sessions::sign_out(&app, &visitor).await?;
            redirect_signed_in(&browser, &signed_in, &form.next)
        }
        Err(error) => {
            let (status, why) = explain(visitor.preferences.locale, error)?;
            let error = Some(why);
            let party = origin.relying_party(&app);
            let form = SignInForm { error, ..form };
            sign_in_page(&app, &visitor, status, party.as_ref(), form).await
        }
    }
}

/// Renders the page, with passkeys if the server has them.
pub(super) async fn sign_in_page(
    app: &App,
    visitor: &Anybody,
    status: StatusCode,
    party: Option<&RelyingParty>,
    form: SignInForm,
) -> Result<Response, Rejection> {
    let Preferences { locale, scheme } = visitor.preferences;
    let ServerProfile { name: server, door } = find_server(app).await?;
    page(
        status,
        &SignInPage {
            locale,
            scheme,
            server,
            handle: form.handle,
            next: form.next,
            provider: provider_name(app),
            is_open: door == Door::Open,
            error: form.error,
            passkey_origin: party.map(RelyingParty::origin),
            passkey_error: form.passkey_error,
        },
    )
}

/// Creates a one-time link for another device, and shows it.
pub async fn create_link(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    origin: Origin,
    uri: Uri,
) -> Result<Response, Rejection> {
    let Preferences { locale, scheme } = visitor.preferences;
    let (secret, expires_at) = sign_in::create_link(&app, &visitor).await?;
    let link = origin.device_link(&secret);
    let qr_code = qr_code(&link).ok_or(Error::Internal("a link does not fit a QR code"))?;
    page(
        StatusCode::OK,
        &DeviceLinkPage {
            locale,
            scheme,
            layout: layout(&app, &visitor, None, &uri).await?,
            link,
            qr_code,
            expires_at,
        },
    )
}

/// Shows the form for a new password that a link of an admin leads to.
pub async fn show_new_password(
    State(app): State<Arc<App>>,
    visitor: Anybody,
    Path(link): Path<String>,
) -> Result<Response, Rejection> {
    new_password_page(&app, &visitor, &link, (StatusCode::OK, None)).await
}

/// Fields of the form for a new password.
#[derive(Default, Deserialize)]
pub struct NewPasswordForm {
    #[serde(default)]
    new: String,
    end_others: Option<String>,
}

/// Sets a new password by a link of an admin, which is used up, and signs in. The session that the browser had before
/// ends.
pub async fn set_new_password(
    State(app): State<Arc<App>>,
    visitor: Anybody,
    browser: Browser,
    Path(link): Path<String>,
    sent: Sent,
) -> Result<Response, Rejection> {
    let NewPasswordForm { new, end_others } = sent.fields()?;
    let draft = ResetDraft {
        new,
        ends_others: end_others.is_some(),
    };
    match reset_password(&app, &browser.client, &link, &draft).await {
        Ok(signed_in) => {
            sessions::sign_out(&app, &visitor).await?;
            redirect_signed_in(&browser, &signed_in, "/")
        }
        Err(error) => {
            let (status, why) = explain(visitor.preferences.locale, error)?;
            new_password_page(&app, &visitor, &link, (status, Some(why))).await
        }
    }
}

async fn new_password_page(
    app: &App,
    visitor: &Anybody,
    link: &str,
    (status, error): (StatusCode, Option<String>),
) -> Result<Response, Rejection> {
    let Preferences { locale, scheme } = visitor.preferences;
    let user = sign_in::find_link(app, LinkUse::Password, link).await?;
    page(
        status,
        &NewPasswordPage {
            locale,
            scheme,
            server: find_server(app).await?.name,
            user,
            error,
        },
    )
}

/// Asks whether the account of a one-time link is to be signed in.
pub async fn show_device(
    State(app): State<Arc<App>>,
    visitor: Anybody,
    Path(link): Path<String>,
) -> Result<Response, Rejection> {
    let Preferences { locale, scheme } = visitor.preferences;
    let user = sign_in::find_link(&app, LinkUse::Device, &link).await?;
    page(
        StatusCode::OK,
        &DevicePage {
            locale,
            scheme,
            server: find_server(&app).await?.name,
            user,
        },
    )
}

/// Signs in by a one-time link, which is used up. The session that the browser had before ends.
pub async fn sign_in_by_link(
    State(app): State<Arc<App>>,
    visitor: Anybody,
    browser: Browser,
    Path(link): Path<String>,
) -> Result<Response, Rejection> {
    let signed_in = sign_in::sign_in_by_link(&app, &browser.client, &link).await?;
    sessions::sign_out(&app, &visitor).await?;
    redirect_signed_in(&browser, &signed_in, "/")
}
