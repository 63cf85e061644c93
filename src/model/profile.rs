//! Profiles: what a person says of themselves, and what others see of an account.

use super::{
    checked_text::checked_text,
    text::line_fault,
    time::Timestamp,
    user::{Person, User},
};
use crate::{fault::Fault, model::role::Role};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use utoipa::ToSchema;

/// Maximum length of the line by which a person introduces themselves, in characters.
pub const ABOUT_MAX: usize = 160;
/// Maximum length of the name of a time zone in bytes. The longest one of IANA has 32.
pub const TIME_ZONE_MAX: usize = 64;

checked_text! {
    /// A valid line by which a person introduces themselves; it may be empty.
    About
}

impl About {
    /// Parses a line. Surrounding white space is removed.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let text = text.trim();
        if text.chars().count() > ABOUT_MAX {
            return Err(Fault::TooLong { max: ABOUT_MAX });
        }
        line_fault(text).map_or(Ok(Self(text.to_owned())), Err)
    }
}

checked_text! {
    /// A name of a time zone in the form of IANA's, such as `Europe/Berlin`; empty if none was given. Whether the zone
    /// exists depends on the reader's version of the database, and is not checked.
    TimeZone
}

impl TimeZone {
    /// Parses a name.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let text = text.trim();
        let is_fitting = |b: u8| b.is_ascii_alphanumeric() || b"_+-".contains(&b);
        let is_area = |area: &str| !area.is_empty() && area.bytes().all(is_fitting);
        let is_name = text.len() <= TIME_ZONE_MAX && text.split('/').all(is_area);
        if text.is_empty() || is_name {
            Ok(Self(text.to_owned()))
        } else {
            Err(Fault::TimeZoneInvalid)
        }
    }
}

/// An account with what its owner says of themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are independent columns of the table `users`, and presence"
)]
pub struct Profile {
    /// The account.
    pub user: User,
    /// One line, or nothing.
    pub about: String,
    /// The name of a time zone, or nothing.
    pub time_zone: String,
    /// The hash of the picture.
    pub picture: Option<String>,
    /// Whether an admin has disabled the account.
    pub is_disabled: bool,
    /// Whether the reader has blocked the person.
    pub is_blocked: bool,
    /// Whether an admin has banned the person. The account is disabled, too.
    pub is_banned: bool,
    /// Whether others are not told of the person's presence.
    pub hides_presence: bool,
    /// Whether others are not told which messages the person has read, nor the person what others have read.
    pub hides_reading: bool,
    /// The last use of a session or token, to the hour; `None` if there is no session or token.
    pub last_seen_at: Option<Timestamp>,
    /// The number of sessions, without API tokens.
    pub sessions: i64,
    /// Whether the person is online, and does not hide it.
    pub is_here: bool,
}

/// A profile as sent to readers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = User)]
pub struct ProfileView {
    #[serde(flatten)]
    person: Person,
    role: Role,
    /// The time of joining the server.
    created_at: Timestamp,
    /// One line by which the person introduces themselves, or nothing.
    about: String,
    /// The name of the person's time zone (IANA), or nothing.
    time_zone: String,
    /// The address of the person's picture. Absent: there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    picture: Option<String>,
    /// Whether an import brought the person, and nobody can sign in as them yet.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    imported: bool,
    /// Whether the caller has blocked the person.
    blocked: bool,
    /// Whether the person is online.
    here: bool,
    /// The day on which the person was last here, in UTC; null if that is unknown or hidden.
    #[schema(required, format = Date)]
    last_seen_on: Option<String>,
    /// Whether an admin has disabled the account. Only admins are told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    disabled: Option<bool>,
    /// Whether an admin has banned the person. Only admins are told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    banned: Option<bool>,
    /// The number of browsers and programs that are signed in, without API tokens. Only admins are told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0)]
    sessions: Option<i64>,
}

impl Profile {
    /// Returns the day on which the person was last here, in UTC; `None` if that is unknown or hidden.
    #[must_use]
    pub fn last_seen_on(&self) -> Option<String> {
        let at = self.last_seen_at.filter(|_| !self.hides_presence)?;
        Some(at.to_utc().format("%F").to_string())
    }

    /// Returns the address of the picture, relative to the base path. It changes with the picture.
    #[must_use]
    pub fn picture_path(&self) -> Option<String> {
        let version = self.picture.as_ref()?.get(..8)?;
        let handle = utf8_percent_encode(&self.user.handle, NON_ALPHANUMERIC);
        Some(format!("api/v1/users/{handle}/picture?{version}"))
    }

    /// Returns what is sent to an admin, or to others.
    #[must_use]
    pub fn view(self, to_admin: bool) -> ProfileView {
        let last_seen_on = self.last_seen_on();
        let picture = self.picture_path().map(|path| format!("/{path}"));
        ProfileView {
            picture,
            person: self.user.person(),
            role: self.user.role,
            created_at: self.user.created_at,
            about: self.about,
            time_zone: self.time_zone,
            imported: self.user.imported,
            blocked: self.is_blocked,
            here: self.is_here,
            last_seen_on,
            disabled: to_admin.then_some(self.is_disabled),
            banned: to_admin.then_some(self.is_banned),
            sessions: to_admin.then_some(self.sessions),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_time_zones_have_the_form_of_ianas() {
        for name in [
            "Europe/Berlin",
            "America/Argentina/Ushuaia",
            "Etc/GMT+5",
            "UTC",
            "",
        ] {
            assert!(TimeZone::parse(name).is_ok(), "{name}");
        }
        for name in [
            "Europe//Berlin",
            "/UTC",
            "a b",
            "<b>",
            "Zürich",
            &"a".repeat(65),
        ] {
            assert_eq!(TimeZone::parse(name), Err(Fault::TimeZoneInvalid), "{name}");
        }
    }
}
