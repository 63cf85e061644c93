//! The pages of the administration: people and invitations, rooms, and the audit log.

use super::{
    layout::{Layout, hue},
    people::role_name,
    times::time_element,
};
use crate::{
    model::{
        audit::AuditEntry, invite::Invite, profile::Profile, role::Role, sign_in::SignInMethod,
        user::Person,
    },
    operations::{
        administration::AdministeredRoom,
        users::{PeopleCounts, PeopleFilter},
    },
    web::{locale::Locale, preferences::Scheme},
};
use askama::Template;
use serde::Deserialize;

/// A page of the list of people, and the invitations.
#[derive(Clone, Debug, Template)]
#[template(path = "admin/people.html")]
pub struct AdminPeoplePage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// The frame around the page.
    pub layout: Layout,
    /// What was searched for.
    pub filter: PeopleFilter,
    /// How many accounts there are.
    pub counts: PeopleCounts,
    /// The people, by handle.
    pub people: Vec<Profile>,
    /// Link to the next page, if there is one.
    pub next: Option<String>,
    /// The invitations that can be redeemed, the latest first.
    pub invites: Vec<Invite>,
    /// The form for an invitation.
    pub invite: InviteFields,
}

/// What was typed into the form for an invitation, and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct InviteFields {
    /// Slug of the room.
    pub room: String,
    /// The name of a field, and the reason why it was refused.
    pub error: Option<(String, String)>,
}

/// A link to a part of the list of people: its address, its name, its number, and whether it is shown.
struct Part {
    address: &'static str,
    name: &'static str,
    count: i64,
    is_shown: bool,
}

impl AdminPeoplePage {
    fn parts(&self) -> [Part; 5] {
        let (locale, counts) = (self.locale, self.counts);
        let PeopleFilter {
            role,
            disabled,
            imported,
            ..
        } = self.filter;
        let part = |address, name, count, is_shown| Part {
            address,
            name,
            count,
            is_shown,
        };
        let (is_admins, is_guests) = (role == Some(Role::Admin), role == Some(Role::Guest));
        let (is_disabled, is_imported) = (disabled == Some(true), imported == Some(true));
        let is_any = is_admins || is_guests || is_disabled || is_imported;
        [
            part("admin/people", locale.everyone(), counts.everybody, !is_any),
            part(
                "admin/people?role=admin",
                locale.admins(),
                counts.admins,
                is_admins,
            ),
            part(
                "admin/people?role=guest",
                locale.guests(),
                counts.guests,
                is_guests,
            ),
            part(
                "admin/people?disabled=true",
                locale.disabled_accounts(),
                counts.disabled,
                is_disabled,
            ),
            part(
                "admin/people?imported=true",
                locale.imported_people(),
                counts.imported,
                is_imported,
            ),
        ]
    }

    fn text(&self) -> &str {
        self.filter.text.as_deref().unwrap_or_default()
    }

    /// Returns the roles that an admin can give.
    fn roles(&self) -> [(Role, &str); 3] {
        [Role::Admin, Role::Member, Role::Guest].map(|role| (role, role_name(self.locale, role)))
    }

    fn role_of(&self, person: &Profile) -> &str {
        role_name(self.locale, person.user.role)
    }

    fn last_seen(person: &Profile) -> Option<String> {
        person.last_seen_at.map(time_element)
    }

    fn is_own(&self, person: &Profile) -> bool {
        self.layout.is_viewer(&person.user.person())
    }

    fn error_of(&self, field: &str) -> Option<&str> {
        let (refused, reason) = self.invite.error.as_ref()?;
        (refused == field).then_some(reason)
    }

    /// Returns what the people of an invitation will be.
    fn invited_as(&self, invite: &Invite) -> &str {
        role_name(self.locale, invite.role)
    }

    /// Returns the end of an invitation as HTML.
    fn ends(invite: &Invite) -> String {
        time_element(invite.expires_at)
    }
}

/// The link of a new invitation.
#[derive(Clone, Debug, Template)]
#[template(path = "admin/invite_made.html")]
pub struct InviteMadePage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// The frame around the page.
    pub layout: Layout,
    /// The invitation.
    pub invite: Invite,
    /// The link.
    pub link: String,
    /// The page to go back to.
    pub back: String,
}

impl InviteMadePage {
    /// Returns the end of the invitation as HTML.
    fn ends(&self) -> String {
        self.locale
            .invite_ends(time_element(self.invite.expires_at))
    }
}

/// A page of the list of rooms.
#[derive(Clone, Debug, Template)]
#[template(path = "admin/rooms.html")]
pub struct AdminRoomsPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// The frame around the page.
    pub layout: Layout,
    /// The text that was searched for.
    pub text: String,
    /// The rooms, by name.
    pub rooms: Vec<AdministeredRoom>,
    /// Link to the next page, if there is one.
    pub next: Option<String>,
}

impl AdminRoomsPage {
    /// Returns the time of the last message as HTML.
    fn last_post(room: &AdministeredRoom) -> Option<String> {
        room.last_post_at.map(time_element)
    }
}

/// A page of the audit log.
#[derive(Clone, Debug, Template)]
#[template(path = "admin/audit.html")]
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

    /// Returns whether it happened in a room that the viewer does not see.
    fn is_hidden(entry: &AuditEntry) -> bool {
        let nouns = ["room.", "member.", "message."];
        let is_of_room = nouns.iter().any(|noun| entry.action.starts_with(noun));
        is_of_room && entry.room.is_none()
    }

    /// Returns what a sign-in was, in words; `None` for other entries.
    fn sign_in(&self, entry: &AuditEntry) -> Option<String> {
        let details: SignInDetails = serde_json::from_str(entry.details.as_ref()?.get()).ok()?;
        let method = match details.method {
            SignInMethod::Password => self.locale.method_password(),
            SignInMethod::Passkey => self.locale.method_passkey(),
            SignInMethod::DeviceLink => self.locale.method_device_link(),
            SignInMethod::PasswordLink => self.locale.method_password_link(),
            SignInMethod::Identity => self.locale.method_identity(),
        };
        match entry.action.as_str() {
            "sign-in" => Some(self.locale.audit_sign_in(method)),
            "sign-in.refused" => Some(self.locale.audit_sign_in_refused(details.count, method)),
            _ => None,
        }
    }

    /// Returns what was done in words; the name of the action if there are none.
    fn action<'a>(&self, entry: &'a AuditEntry) -> &'a str {
        let locale = self.locale;
        match entry.action.as_str() {
            "server.setup" => locale.audit_server_setup(),
            "server.setup-link" => locale.audit_setup_link(),
            "server.update" => locale.audit_server_update(),
            "invite.create" => locale.audit_invite_create(),
            "invite.revoke" => locale.audit_invite_revoke(),
            "invite.redeem" => locale.audit_invite_redeem(),
            "user.add" => locale.audit_user_add(),
            "user.update" => locale.audit_user_update(),
            "user.ban" => locale.audit_user_ban(),
            "user.delete" => locale.audit_user_delete(),
            "user.sign-in-link" => locale.audit_sign_in_link(),
            "user.end-sessions" => locale.audit_end_sessions(),
            "user.password" => locale.audit_user_password(),
            "token.create" => locale.audit_token_create(),
            "token.revoke" => locale.audit_token_revoke(),
            "room.create" => locale.audit_room_create(),
            "room.update" => locale.audit_room_update(),
            "room.delete" => locale.audit_room_delete(),
            "member.add" => locale.audit_member_add(),
            "member.role" => locale.audit_member_role(),
            "member.remove" => locale.audit_member_remove(),
            "message.delete" => locale.audit_message_delete(),
            "user.merge" => locale.audit_user_merge(),
            "report.decide" => locale.audit_report_decide(),
            "own.password" => locale.audit_own_password(),
            "own.token" => locale.audit_own_token(),
            "own.device-link" => locale.audit_own_device_link(),
            "own.passkey-add" => locale.audit_own_passkey_add(),
            "own.passkey-remove" => locale.audit_own_passkey_remove(),
            "own.identity-add" => locale.audit_own_identity_add(),
            "own.identity-remove" => locale.audit_own_identity_remove(),
            action => action,
        }
    }

    /// Returns the time of an entry as HTML.
    fn at(entry: &AuditEntry) -> String {
        time_element(entry.at)
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
