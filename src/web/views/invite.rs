//! The page on which an invitation is redeemed.

use super::{account_fields::AccountFields, layout::isolate};
use crate::{
    model::{invite::Invite, role::Role, user::Person},
    web::{
        locale::{Locale, locales},
        preferences::Scheme,
    },
};
use askama::Template;

/// What an invitation is for, and the form for the account of the invited person.
#[derive(Clone, Template)]
#[template(path = "people/invite.html")]
pub struct InvitePage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// Name of the server.
    pub server: String,
    /// The path of the link, with its secret.
    pub path: String,
    /// The invitation.
    pub invite: Invite,
    /// What pages call the OpenID provider, if there is one.
    pub provider: Option<String>,
    /// The visitor, if they have signed in.
    pub viewer: Option<Person>,
    /// The account to be created.
    pub account: AccountFields,
}

impl InvitePage {
    fn title(&self) -> String {
        self.locale.join_server(self.server.as_str())
    }

    /// Returns as HTML who has made the invitation, and what the invited person will be.
    fn lead(&self) -> String {
        let maker = self.invite.made_by.as_ref();
        let name = maker.map_or(self.server.as_str(), |maker| &maker.name);
        let name = isolate("strong", name);
        if self.viewer.is_some() {
            return self.locale.invited(name);
        }
        match (&self.invite.person, self.invite.role) {
            (Some(_), _) => self.locale.invited_as_imported(name),
            (None, Role::Admin) => self.locale.invited_as_admin(name),
            (None, Role::Guest) => self.locale.invited_as_guest(name),
            (None, Role::Member | Role::Bot) => self.locale.invited_as_member(name),
        }
    }

    /// Returns the handle of the imported person whom the invited one is.
    fn imported(&self) -> Option<&str> {
        let invited = self.invite.person.as_ref()?;
        Some(&invited.person.handle)
    }

    /// Returns whether a visitor who has signed in can become a member of the room.
    fn room_to_join(&self) -> bool {
        self.invite.room.is_some() && self.invite.person.is_none()
    }

    /// Returns the end of the invitation as HTML, in UTC to the minute.
    fn ends(&self) -> String {
        let ends = self.invite.expires_at.to_utc();
        let shown = ends.format("%Y-%m-%d %H:%M UTC");
        let time = format!(
            r#"<time datetime="{}">{shown}</time>"#,
            ends.format("%FT%TZ")
        );
        self.locale.invite_ends(time)
    }
}
