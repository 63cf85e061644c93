//! The settings and members of a room.

use super::{
    layout::{Layout, hue},
    times::time_element,
};
use crate::{
    model::{
        invite::Invite,
        member::RoomMember,
        room::{RoomKind, RoomRole, RoomView, TOPIC_MAX},
        user::{HANDLE_MAX, NAME_MAX},
    },
    web::{locale::Locale, preferences::Scheme},
};
use askama::Template;

/// The settings of a room. Whoever does not manage it sees the members.
#[derive(Clone, Debug, Template)]
#[template(path = "rooms/settings.html")]
pub struct RoomSettingsPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// The frame around the page.
    pub layout: Layout,
    /// The room.
    pub room: RoomView,
    /// The name in the form.
    pub name: String,
    /// The topic in the form.
    pub topic: String,
    /// Whether the viewer administers the server.
    pub is_admin: bool,
    /// A page of the members.
    pub members: Vec<RoomMember>,
    /// Number of all members.
    pub member_count: i64,
    /// Whether the viewer may invite guests into the room.
    pub invites_guests: bool,
    /// The invitations into the room that can be redeemed.
    pub invites: Vec<Invite>,
    /// Link to the next page of the members, if there is one.
    pub next: Option<String>,
    /// The handle in the form for adding a member.
    pub handle: String,
    /// What is wrong with the forms.
    pub errors: SettingsErrors,
}

/// Validation errors of the forms, by field.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the fields are what their names say")]
pub struct SettingsErrors {
    pub name: Option<String>,
    pub topic: Option<String>,
    pub handle: Option<String>,
}

impl RoomSettingsPage {
    /// Returns the end of an invitation as HTML.
    fn ends(invite: &Invite) -> String {
        time_element(invite.expires_at)
    }

    fn is_open(&self) -> bool {
        self.room.info.kind == RoomKind::Open
    }

    fn is_direct(&self) -> bool {
        self.room.info.kind == RoomKind::Direct
    }

    fn is_manager(member: &RoomMember) -> bool {
        member.role == RoomRole::Manager
    }
}
