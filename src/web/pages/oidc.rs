//! `/sign-in/oidc`, `/invite/{token}/oidc` and `/account/identities`: signing in at an OpenID provider.

use super::{
    account::{Refused, account_page},
    join::{next_of, redirect_signed_in},
    local, page, redirect_to,
};
use crate::{
    app::App,
    auth::{oidc::pending::Purpose, secret::Secret},
    error::{Denial, Error},
    fault::Fault,
    model::identity::IdentityId,
    operations::{
        oidc::{self, Begun, Completed, OidcRefusal, ProviderAnswer},
        sessions,
    },
    web::{
        api::invites::{Invited, invite_path},
        error::Rejection,
        extract::{Anybody, Path, Sent},
        origin::Origin,
        preferences::Preferences,
        sign_in_client::Browser,
        signed_in::SignedIn,
        views::oidc::{NotSignedInPage, ToProviderPage},
    },
};
use axum::{
    extract::{RawQuery, State},
    http::{StatusCode, Uri},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use std::sync::Arc;

/// The path that the provider redirects to.
const CALLBACK: &str = "/sign-in/oidc/callback";

/// Sends the browser to the provider, to sign in. Other sites can have links to here, too, and are not to exchange whom the
/// browser is signed in as.
pub async fn start(
    State(app): State<Arc<App>>,
    visitor: Anybody,
    browser: Browser,
    origin: Origin,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let next = next_of(query.as_deref());
    if visitor.user.is_some() {
        return Ok(redirect_to(local(&next)));
    }
    let purpose = Purpose::SignIn { next };
    redirect_to_provider(&app, &visitor, &browser, &origin, purpose).await
}

/// Sends the browser to the provider, to join by an invitation.
pub async fn start_joining(
    State(app): State<Arc<App>>,
    visitor: Anybody,
    invited: Invited,
    browser: Browser,
    origin: Origin,
) -> Result<Response, Rejection> {
    let invite = invited.secret;
    if visitor.user.is_some() {
        return Ok(redirect_to(&invite_path(&invite)));
    }
    let purpose = Purpose::Join { invite };
    redirect_to_provider(&app, &visitor, &browser, &origin, purpose).await
}

async fn redirect_to_provider(
    app: &App,
    visitor: &Anybody,
    browser: &Browser,
    origin: &Origin,
    purpose: Purpose,
) -> Result<Response, Rejection> {
    match begin(app, browser, origin, purpose).await {
        Ok(begun) => {
            let cookie = browser.provider_cookie(&begun.browser)?;
            Ok((cookie, redirect_to(begun.url.as_str())).into_response())
        }
        Err(refusal) => refuse(app, visitor, refusal),
    }
}

async fn begin(
    app: &App,
    browser: &Browser,
    origin: &Origin,
    purpose: Purpose,
) -> Result<Begun, OidcRefusal> {
    let known = browser.provider.clone();
    let redirect_uri = origin.address_of(CALLBACK);
    oidc::begin(app, &browser.client, known, redirect_uri, purpose).await
}

/// The field for the password that confirms a new identity.
const PASSWORD: &str = "identity_password";

/// Fields of the form that connects an identity.
#[derive(Default, Deserialize)]
pub struct ConnectForm {
    identity_password: Option<String>,
}

/// Sends the browser to the provider, to link the identity to the visitor's account.
pub async fn connect(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    browser: Browser,
    origin: Origin,
    uri: Uri,
    sent: Sent,
) -> Result<Response, Rejection> {
    let Preferences { locale, scheme } = visitor.preferences;
    let ConnectForm { identity_password } = sent.optional_fields()?;
    let password = (PASSWORD, identity_password);
    if let Err(error) = oidc::check_owner(&app, &visitor, &browser.client, password).await {
        let refused = Refused::of(PASSWORD, locale, error)?;
        return account_page(&app, &visitor, &origin, &uri, Some(refused)).await;
    }
    let begun = match begin(&app, &browser, &origin, Purpose::Link(visitor.id)).await {
        Ok(begun) => begun,
        Err(refusal) => return refuse(&app, &visitor, refusal),
    };
    let cookie = browser.provider_cookie(&begun.browser)?;
    let next = ToProviderPage {
        locale,
        scheme,
        provider: oidc::provider_name(&app).unwrap_or_default(),
        url: begun.url.into(),
    };
    Ok((cookie, page(StatusCode::OK, &next)?).into_response())
}

/// Completes a sign-in when the browser comes back from the provider. The session that the browser had before ends.
pub async fn complete(
    State(app): State<Arc<App>>,
    visitor: Anybody,
    browser: Browser,
    RawQuery(query): RawQuery,
) -> Result<Response, Rejection> {
    let answer = answer_of(query.as_deref().unwrap_or_default());
    let secret: Option<Secret> = browser.provider.clone();
    match oidc::complete(&app, &visitor, &browser.client, secret, answer).await {
        Ok(Completed::Linked) => Ok(redirect_to("/account")),
        Ok(Completed::SignedIn(signed_in, next)) => {
            sessions::sign_out(&app, &visitor).await?;
            redirect_signed_in(&browser, &signed_in, &next)
        }
        Err(refusal) => refuse(&app, &visitor, refusal),
    }
}

/// Reads what the provider has sent. A parameter that is there twice is as good as absent.
fn answer_of(query: &str) -> ProviderAnswer {
    let only = |name: &str| {
        let pairs = form_urlencoded::parse(query.as_bytes());
        let mut values = pairs.filter(|(known, _)| known == name);
        let value = values.next().map(|(_, value)| value.into_owned());
        value.filter(|_| values.next().is_none())
    };
    ProviderAnswer {
        code: only("code"),
        state: only("state"),
        issuer: only("iss"),
        error: only("error"),
    }
}

/// Ends the link between an identity and the visitor's account.
pub async fn disconnect(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(id): Path<i64>,
    origin: Origin,
    uri: Uri,
) -> Result<Response, Rejection> {
    match oidc::unlink(&app, &visitor, IdentityId(id)).await {
        Ok(()) => Ok(redirect_to("/account")),
        Err(error) => {
            let refused = Refused::of("identity", visitor.preferences.locale, error)?;
            account_page(&app, &visitor, &origin, &uri, Some(refused)).await
        }
    }
}

/// Renders the page that says why nobody was signed in.
fn refuse(app: &App, visitor: &Anybody, refusal: OidcRefusal) -> Result<Response, Rejection> {
    let Preferences { locale, scheme } = visitor.preferences;
    let provider = oidc::provider_name(app).unwrap_or_default();
    let provider = provider.as_str();
    let (status, why) = match refusal {
        OidcRefusal::Expired => (
            StatusCode::BAD_REQUEST,
            locale.provider_expired().to_owned(),
        ),
        OidcRefusal::Denied => (StatusCode::FORBIDDEN, locale.provider_denied(provider)),
        OidcRefusal::Unreachable => {
            let why = locale.provider_unreachable(provider);
            (StatusCode::SERVICE_UNAVAILABLE, why)
        }
        OidcRefusal::NotVerified => {
            let why = locale.provider_not_verified(provider);
            (StatusCode::BAD_REQUEST, why)
        }
        OidcRefusal::ByInvitation => {
            let why = locale.provider_by_invitation(provider);
            (StatusCode::FORBIDDEN, why)
        }
        OidcRefusal::Disabled => {
            let denial = Error::Forbidden(Denial::AccountDisabled);
            return Err(denial.into());
        }
        OidcRefusal::Taken => {
            let why = locale.explain_fault(Fault::IdentityTaken);
            (StatusCode::CONFLICT, why)
        }
        OidcRefusal::Other(Error::Invalid { fault, .. }) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            locale.explain_fault(fault),
        ),
        OidcRefusal::Other(error) => return Err(error.into()),
    };
    let is_signed_in = visitor.user.is_some();
    let shown = NotSignedInPage {
        locale,
        scheme,
        why,
        is_signed_in,
    };
    page(status, &shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_that_is_there_twice_is_as_good_as_absent() {
        let answer = answer_of("code=a%20b&state=s&state=t&iss=https%3A%2F%2Fa.example&x=y");
        assert_eq!(answer.code.as_deref(), Some("a b"));
        assert_eq!(answer.state, None);
        assert_eq!(answer.issuer.as_deref(), Some("https://a.example"));
        assert_eq!(answer.error, None);
    }
}
