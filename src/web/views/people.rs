//! The list of people, a person's page, and the audit log.

use super::layout::{Layout, hue};
use crate::{
    model::{
        audit::AuditEntry,
        profile::{ABOUT_MAX, Profile, TIME_ZONE_MAX},
        role::Role,
        sign_in::SignInMethod,
        time::Timestamp,
        user::Person,
    },
    web::{locale::Locale, preferences::Scheme},
};
use askama::Template;
use serde::Deserialize;

/// A page of the list of the people whom the viewer may see.
#[derive(Clone, Debug, Template)]
#[template(path = "people/list.html")]
pub struct PeoplePage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// The frame around the page.
    pub layout: Layout,
    /// The text that was searched for.
    pub text: String,
    /// The people, by handle.
    pub people: Vec<Profile>,
    /// Whether the viewer administers the server.
    pub is_admin: bool,
    /// Link to the next page, if there is one.
    pub next: Option<String>,
}

/// The page of a person.
#[derive(Clone, Debug, Template)]
#[template(path = "people/person.html")]
pub struct PersonPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// The frame around the page.
    pub layout: Layout,
    /// The person.
    pub person: Profile,
    /// Whether the viewer administers the server.
    pub is_admin: bool,
    /// The reason why a form was refused.
    pub error: Option<String>,
}

/// A page of the audit log.
#[derive(Clone, Debug, Template)]
#[template(path = "people/audit.html")]
pub struct AuditPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// The frame around the page.
    pub layout: Layout,
    /// The entries, the latest first.
    pub entries: Vec<AuditEntry>,
    /// Link to earlier entries, if there are any.
    pub next: Option<String>,
}

impl PersonPage {
    /// Returns the roles that an admin can give.
    fn roles(&self) -> [(Role, &str); 3] {
        [Role::Admin, Role::Member, Role::Guest].map(|role| (role, role_name(self.locale, role)))
    }

    fn role(&self) -> &str {
        role_name(self.locale, self.person.user.role)
    }

    /// Returns the time of joining the server as HTML.
    fn since(&self) -> String {
        minute(self.person.user.created_at)
    }

    fn is_own(&self) -> bool {
        self.layout.is_viewer(&self.person.user.person())
    }

    /// Returns whether the viewer may set the role of the account, and disable it.
    fn is_administered(&self) -> bool {
        self.is_admin && self.person.user.role != Role::Bot
    }
}

impl PeoplePage {
    fn role_of(&self, person: &Profile) -> &str {
        role_name(self.locale, person.user.role)
    }
}

impl AuditPage {
    /// Returns who did it; for a refused attempt to sign in, whose account it was about.
    fn actor<'a>(&'a self, entry: &'a AuditEntry) -> &'a str {
        match entry.actor.as_ref().or(Self::refused_person(entry)) {
            Some(actor) => &actor.name,
            None => self.locale.operator(),
        }
    }

    fn refused_person(entry: &AuditEntry) -> Option<&Person> {
        let is_refused = entry.action == "sign-in.refused";
        entry.subject.as_ref().filter(|_| is_refused)
    }

    /// Returns the person that it was done to, if it was somebody else.
    fn other(entry: &AuditEntry) -> Option<&Person> {
        let actor = entry.actor.as_ref().or(Self::refused_person(entry));
        let actor = actor.map(|actor| &actor.handle);
        let subject = entry.subject.as_ref();
        subject.filter(|subject| Some(&subject.handle) != actor)
    }

    /// Returns what a sign-in was, in words; `None` for other entries.
    fn sign_in(&self, entry: &AuditEntry) -> Option<String> {
        let details: SignInDetails = serde_json::from_str(entry.details.as_ref()?.get()).ok()?;
        let method = match details.method {
            SignInMethod::Password => self.locale.method_password(),
            SignInMethod::Passkey => self.locale.method_passkey(),
            SignInMethod::DeviceLink => self.locale.method_device_link(),
            SignInMethod::Identity => self.locale.method_identity(),
        };
        match entry.action.as_str() {
            "sign-in" => Some(self.locale.audit_sign_in(method)),
            "sign-in.refused" => Some(self.locale.audit_sign_in_refused(details.count, method)),
            _ => None,
        }
    }

    /// Returns the time of an entry as HTML.
    fn at(entry: &AuditEntry) -> String {
        minute(entry.at)
    }
}

/// What the audit log says of a sign-in.
#[derive(Deserialize)]
struct SignInDetails {
    method: SignInMethod,
    /// How often it was refused.
    #[serde(default)]
    count: i64,
}

/// Returns the name of a role in the language of the page.
fn role_name(locale: &Locale, role: Role) -> &str {
    match role {
        Role::Admin => locale.role_admin(),
        Role::Member => locale.role_member(),
        Role::Guest => locale.role_guest(),
        Role::Bot => locale.role_bot(),
    }
}

/// Returns a time as HTML, in UTC to the minute.
pub(super) fn minute(at: Timestamp) -> String {
    let at = at.to_utc();
    let shown = at.format("%Y-%m-%d %H:%M UTC");
    format!(r#"<time datetime="{}">{shown}</time>"#, at.format("%FT%TZ"))
}
