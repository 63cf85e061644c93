//! `/account/delete`: deleting one's own account.

use super::{explain, page, redirect_to, rooms::layout};
use crate::{
    app::App,
    operations::{passwords, users::delete_own},
    web::{
        error::Rejection,
        extract::{Sent, read_optional_flag},
        preferences::Preferences,
        sign_in_client::{Browser, removed_session},
        signed_in::SignedIn,
        views::deletion::DeletionPage,
    },
};
use axum::{
    extract::State,
    http::{StatusCode, Uri},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use std::{fmt, sync::Arc};

/// Shows what a deletion does, and asks for confirmation.
pub async fn show_deletion(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    uri: Uri,
) -> Result<Response, Rejection> {
    deletion_page(&app, &visitor, false, None, &uri).await
}

/// Fields of the form. Either the password or the handle confirms the deletion.
#[derive(Deserialize)]
pub struct DeletionForm {
    #[serde(default)]
    handle: String,
    password: Option<String>,
    #[serde(default, deserialize_with = "read_optional_flag")]
    erase: Option<bool>,
}

impl fmt::Debug for DeletionForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeletionForm({:?}, …)", self.handle)
    }
}

/// Deletes the visitor's account, and signs the browser out.
pub async fn delete_account(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    browser: Browser,
    uri: Uri,
    sent: Sent,
) -> Result<Response, Rejection> {
    let DeletionForm {
        handle,
        password,
        erase,
    } = sent.fields()?;
    let erase = erase.unwrap_or(false);
    let confirmed =
        passwords::confirm(&app, &visitor, &browser.client, ("password", password)).await;
    let deleted = match confirmed {
        Ok(_) => delete_own(&app, &visitor, &handle, erase).await,
        Err(error) => Err(error),
    };
    match deleted {
        Ok(()) => {
            let cookies = removed_session(&app.cookies)?;
            let is_alone = app.base.is_root();
            let clear = is_alone.then_some([("clear-site-data", "\"storage\"")]);
            Ok((cookies, clear, redirect_to("/")).into_response())
        }
        Err(error) => {
            let refused = explain(visitor.preferences.locale, error)?;
            deletion_page(&app, &visitor, erase, Some(refused), &uri).await
        }
    }
}

async fn deletion_page(
    app: &App,
    visitor: &SignedIn,
    erase: bool,
    refused: Option<(StatusCode, String)>,
    here: &Uri,
) -> Result<Response, Rejection> {
    let Preferences { locale, scheme } = visitor.preferences;
    let (status, error) = refused.unzip();
    let shown = DeletionPage {
        locale,
        scheme,
        layout: layout(app, visitor, None, here).await?,
        has_password: passwords::has_password(app, visitor).await?,
        erase,
        error,
    };
    page(status.unwrap_or(StatusCode::OK), &shown)
}
