//! The pages for the account and for signing out.

use super::{
    layout::{Layout, hue},
    times::time_element,
};
use crate::{
    model::{
        block::Block,
        change::SignInKind,
        grant::{Scopes, TokenScope},
        identity::IdentityId,
        passkey::Passkey,
        time::Timestamp,
    },
    web::{
        locale::{Locale, locales},
        preferences::Scheme,
    },
};
use askama::Template;

/// A session or token of the viewer.
#[derive(Clone, Debug)]
pub struct SessionView {
    /// Public id of the session; not a secret.
    pub id: String,
    /// Whether it is the session of this request.
    pub is_here: bool,
    /// Whether it belongs to a browser or to a program.
    pub kind: SignInKind,
    /// The name of a token, or the browser and system of a session.
    pub label: Option<String>,
    /// What a token may be used for.
    pub scopes: Scopes,
    /// The rooms that a token is limited to.
    pub rooms: Option<String>,
    /// Time of signing in.
    pub since: Timestamp,
    /// The last use, to the hour.
    pub last_used_at: Timestamp,
}

impl SessionView {
    fn since(&self) -> String {
        time_element(self.since)
    }

    fn last_used(&self) -> String {
        time_element(self.last_used_at)
    }

    /// Returns what a token may be used for, in words.
    fn scopes(&self, locale: &'static Locale) -> String {
        let names = self.scopes.iter().map(|scope| match scope {
            TokenScope::Read => locale.scope_read(),
            TokenScope::Post => locale.scope_post(),
            TokenScope::Admin => locale.scope_admin(),
        });
        names.collect::<Vec<_>>().join(" · ")
    }
}

/// An identity that is linked to the viewer's account.
#[derive(Clone, Debug)]
pub struct IdentityView {
    /// Its id; not a secret.
    pub id: IdentityId,
    /// What pages call the provider.
    pub provider: String,
    /// The name by which the viewer recognises it.
    pub name: Option<String>,
    /// The time of linking.
    pub since: Timestamp,
    /// Whether the viewer can end the link.
    pub can_end: bool,
}

impl IdentityView {
    fn since(&self) -> String {
        time_element(self.since)
    }
}

/// The field of a form that was refused.
#[derive(Clone, Debug)]
pub struct FieldError {
    /// The name of the field.
    pub field: String,
    /// The text that the visitor typed; empty for secrets.
    pub text: String,
    /// The reason.
    pub why: String,
}

/// The account page: display name, password, passkeys, sessions, tokens and preferences.
#[derive(Clone, Debug, Template)]
#[template(path = "people/account.html")]
pub struct AccountPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// The frame around the page.
    pub layout: Layout,
    /// The field that was refused.
    pub error: Option<FieldError>,
    /// Whether the viewer has a password.
    pub has_password: bool,
    /// What pages call the OpenID provider, if there is one.
    pub provider: Option<String>,
    /// The identities that sign the viewer in.
    pub identities: Vec<IdentityView>,
    /// The origin at which passkeys are offered; `None` if they are not.
    pub passkey_origin: Option<String>,
    /// The viewer's passkeys, the latest first.
    pub passkeys: Vec<Passkey>,
    /// The viewer's sessions, newest first.
    pub sessions: Vec<SessionView>,
    /// The viewer's API tokens, newest first.
    pub tokens: Vec<SessionView>,
    /// The people whom the viewer has blocked.
    pub blocks: Vec<Block>,
}

/// The page with the secret of a new API token.
#[derive(Clone, Debug, Template)]
#[template(path = "people/token.html")]
pub struct TokenPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// The frame around the page.
    pub layout: Layout,
    /// The secret.
    pub token: String,
}

impl AccountPage {
    /// Returns why a field was refused.
    fn error_of(&self, field: &str) -> Option<&str> {
        let error = self.error.as_ref();
        error
            .filter(|error| error.field == field)
            .map(|error| error.why.as_str())
    }

    /// Returns the display name that was refused, or else the present one.
    fn name<'a>(&'a self, present: &'a str) -> &'a str {
        let error = self.error.as_ref().filter(|error| error.field == "name");
        error.map_or(present, |error| &error.text)
    }

    /// Returns when a passkey was added and last used, as HTML.
    fn passkey_times(&self, passkey: &Passkey) -> String {
        let since = self.locale.since(time_element(passkey.created_at));
        match passkey.last_used_at {
            Some(at) => format!("{} · {since}", self.locale.last_used(time_element(at))),
            None => since,
        }
    }

    fn schemes(&self) -> [(Scheme, &'static str); 3] {
        let locale = self.locale;
        [
            (Scheme::System, locale.theme_system()),
            (Scheme::Light, locale.theme_light()),
            (Scheme::Dark, locale.theme_dark()),
        ]
    }
}

/// The page that asks for confirmation before signing out.
#[derive(Clone, Debug, Template)]
#[template(path = "people/sign_out.html")]
pub struct SignOutPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// The frame around the page.
    pub layout: Layout,
    /// Number of the viewer's sessions.
    pub sessions: usize,
    /// Whether the viewer has a password or a passkey.
    pub can_return: bool,
    /// Whether identities elsewhere sign the viewer in.
    pub is_connected: bool,
    /// Whether a proxy has signed the viewer in. Only the proxy can sign them out.
    pub is_proxied: bool,
}
