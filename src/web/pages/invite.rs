//! `/invite/{token}`: redeeming an invitation.

use super::{explain_field, join::redirect_signed_in, page, redirect_to};
use crate::{
    app::App,
    model::user::User,
    operations::{
        invites::{accept_invite, redeem_invite},
        oidc::provider_name,
        people::AccountDraft,
        server::find_server,
    },
    web::{
        api::invites::{Invited, invite_path},
        error::Rejection,
        extract::{Anybody, Sent},
        preferences::Preferences,
        sign_in_client::Browser,
        views::{account_fields::AccountFields, invite::InvitePage},
    },
};
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use std::sync::Arc;

/// Shows what the invitation is for, and the form for an account. Does not use it up.
pub async fn show_invite(
    State(app): State<Arc<App>>,
    visitor: Anybody,
    invited: Invited,
) -> Result<Response, Rejection> {
    let named = invited.invite.person.as_ref();
    let account = AccountFields {
        name: named.map_or_else(String::new, |named| named.person.name.clone()),
        ..AccountFields::default()
    };
    invite_page(&app, &visitor, StatusCode::OK, invited, account).await
}

/// Fields of the form. Who has signed in sends none.
#[derive(Deserialize)]
pub struct RedeemForm {
    #[serde(default)]
    handle: String,
    name: Option<String>,
    #[serde(default)]
    password: String,
}

/// Creates an account and signs the visitor in, or makes the visitor a member of the room.
pub async fn redeem(
    State(app): State<Arc<App>>,
    visitor: Anybody,
    invited: Invited,
    browser: Browser,
    sent: Sent,
) -> Result<Response, Rejection> {
    let Invited { invite, secret } = &invited;
    let next = invite.first_path();
    if visitor.user.is_some() {
        accept_invite(&app, &visitor, secret).await?;
        return Ok(redirect_to(&next));
    }
    let form: RedeemForm = sent.fields()?;
    let draft = AccountDraft {
        handle: &form.handle,
        name: form.name.as_deref(),
        password: &form.password,
    };
    match redeem_invite(&app, &browser.client, invite, secret, draft).await {
        Ok(account) => redirect_signed_in(&browser, &account, &next),
        Err(error) => {
            let (status, error) = explain_field(visitor.preferences.locale, error)?;
            let account = AccountFields {
                handle: form.handle,
                name: form.name.unwrap_or_default(),
                error: Some(error),
            };
            invite_page(&app, &visitor, status, invited, account).await
        }
    }
}

async fn invite_page(
    app: &App,
    visitor: &Anybody,
    status: StatusCode,
    Invited { invite, secret }: Invited,
    account: AccountFields,
) -> Result<Response, Rejection> {
    let Preferences { locale, scheme } = visitor.preferences;
    page(
        status,
        &InvitePage {
            locale,
            scheme,
            server: find_server(app).await?.name,
            path: invite_path(&secret),
            invite,
            provider: provider_name(app),
            viewer: visitor.user.as_ref().map(User::person),
            account,
        },
    )
}
