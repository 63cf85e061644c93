//! The pages for signing in.

use super::layout::Layout;
use crate::{
    model::{time::Timestamp, user::User},
    web::{
        locale::{Locale, locales},
        preferences::Scheme,
        views::times::time_element,
    },
};
use askama::Template;

/// The form for signing in with a password or a passkey.
#[derive(Clone, Debug, Template)]
#[template(path = "people/sign_in.html")]
pub struct SignInPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// Name of the server.
    pub server: String,
    /// The handle as the visitor typed it.
    pub handle: String,
    /// Path of this server to redirect to after signing in.
    pub next: String,
    /// What pages call the OpenID provider, if there is one.
    pub provider: Option<String>,
    /// Whether everybody may create an account.
    pub is_open: bool,
    /// The reason why the password was refused.
    pub error: Option<String>,
    /// The origin at which passkeys are offered; `None` if they are not.
    pub passkey_origin: Option<String>,
    /// The reason why a passkey was refused.
    pub passkey_error: Option<String>,
}

/// The page with a one-time link for another device.
#[derive(Clone, Debug, Template)]
#[template(path = "people/device_link.html")]
pub struct DeviceLinkPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// The frame around the page.
    pub layout: Layout,
    /// The link.
    pub link: String,
    /// The link as a QR code, an SVG element.
    pub qr_code: String,
    /// The time from which the link does not work any more.
    pub expires_at: Timestamp,
}

impl DeviceLinkPage {
    fn expiry(&self) -> String {
        time_element(self.expires_at)
    }
}

/// The page that a one-time link leads to. It asks before it signs in, because programs that show previews of links open
/// them, too.
#[derive(Clone, Debug, Template)]
#[template(path = "people/device.html")]
pub struct DevicePage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// Name of the server.
    pub server: String,
    /// The account.
    pub user: User,
}

/// The page that a link in place of a forgotten password leads to.
#[derive(Clone, Debug, Template)]
#[template(path = "people/new_password.html")]
pub struct NewPasswordPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// Name of the server.
    pub server: String,
    /// The account.
    pub user: User,
    /// The reason why the password was refused.
    pub error: Option<String>,
}
