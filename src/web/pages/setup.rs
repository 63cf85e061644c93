//! `/setup/{token}`: naming the server, and creating the account of its first admin.

use super::{explain_field, join::redirect_signed_in, page};
use crate::{
    app::App,
    model::role::Door,
    operations::{
        people::AccountDraft,
        server::find_server,
        setup::{SetUpDraft, check_link, set_up},
    },
    web::{
        error::Rejection,
        extract::{Path, Sent},
        preferences::Preferences,
        sign_in_client::Browser,
        views::{account_fields::AccountFields, setup::SetupPage},
    },
};
use axum::{
    extract::{FromRequestParts, State},
    http::{HeaderMap, StatusCode, request::Parts},
    response::Response,
};
use serde::Deserialize;
use std::sync::Arc;

/// A request with the secret of the set-up link in its path. Others are rejected with 404, before their body is read.
#[derive(Clone)]
pub struct SetupToken(String);

impl FromRequestParts<Arc<App>> for SetupToken {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Rejection> {
        let Path(token) = Path::<String>::from_request_parts(parts, app).await?;
        check_link(app, &token).await?;
        Ok(Self(token))
    }
}

/// Fields of the form.
#[derive(Default, Deserialize)]
pub struct SetupForm {
    #[serde(default)]
    server_name: String,
    #[serde(default)]
    handle: String,
    name: Option<String>,
    #[serde(default)]
    password: String,
    door: Option<String>,
}

/// Shows the form.
pub async fn show_setup(
    State(app): State<Arc<App>>,
    SetupToken(token): SetupToken,
    headers: HeaderMap,
) -> Result<Response, Rejection> {
    let door = find_server(&app).await?.door;
    let form = SetupForm {
        door: Some(door.as_str().into()),
        ..SetupForm::default()
    };
    setup_page(&headers, StatusCode::OK, token, form, None)
}

/// Sets the server up, and signs its first admin in.
pub async fn set_up_server(
    State(app): State<Arc<App>>,
    SetupToken(token): SetupToken,
    headers: HeaderMap,
    browser: Browser,
    sent: Sent,
) -> Result<Response, Rejection> {
    let form: SetupForm = sent.fields()?;
    let draft = SetUpDraft {
        token: &token,
        server_name: &form.server_name,
        door: form.door.as_deref(),
        owner: AccountDraft {
            handle: &form.handle,
            name: form.name.as_deref(),
            password: &form.password,
        },
    };
    match set_up(&app, &browser.client, draft).await {
        Ok(account) => redirect_signed_in(&browser, &account, "/"),
        Err(error) => {
            let locale = Preferences::of(&headers).locale;
            let (status, error) = explain_field(locale, error)?;
            setup_page(&headers, status, token, form, Some(error))
        }
    }
}

fn setup_page(
    headers: &HeaderMap,
    status: StatusCode,
    token: String,
    form: SetupForm,
    error: Option<(String, String)>,
) -> Result<Response, Rejection> {
    let Preferences { locale, scheme } = Preferences::of(headers);
    page(
        status,
        &SetupPage {
            locale,
            scheme,
            token,
            server_name: form.server_name,
            door: form
                .door
                .and_then(|door| door.parse().ok())
                .unwrap_or(Door::Invite),
            account: AccountFields {
                handle: form.handle,
                name: form.name.unwrap_or_default(),
                error,
            },
        },
    )
}
