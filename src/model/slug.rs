//! Slugs: the names of rooms in addresses.

use super::checked_text::checked_text;
use crate::fault::Fault;

/// Maximum length of a slug in characters, which are ASCII.
pub const SLUG_MAX: usize = 63;
/// Beginning of the slugs that the server makes for rooms that are not open.
const UNGUESSABLE: &str = "r-";
/// Number of random characters in these slugs, of 5 bits each.
pub const UNGUESSABLE_LENGTH: usize = 10;
const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
/// Reserved slug: `/rooms/new` is the page for creating rooms.
pub const SLUG_OF_NEW: &str = "new";

checked_text! {
    /// A valid slug.
    Slug
}

impl Slug {
    /// Parses a slug.
    pub fn parse(text: String) -> Result<Self, Fault> {
        if is_unguessable(&text) {
            return Err(Fault::SlugReserved);
        }
        slug_fault(&text).map_or(Ok(Self(text)), Err)
    }

    /// Derives a slug from a name in any script: `Design & 读书会` becomes `design-du-shu-hui`. It is `room` if no usable
    /// characters remain.
    #[must_use]
    pub fn of_name(name: &str) -> Self {
        Self(slug_of(name))
    }

    /// Returns a slug that cannot be guessed, for a room that is not open. Users cannot choose slugs of this form.
    #[must_use]
    pub fn of_random(bytes: [u8; UNGUESSABLE_LENGTH]) -> Self {
        let letter = |byte: u8| char::from(LETTERS[usize::from(byte) % LETTERS.len()]);
        let letters: String = bytes.into_iter().map(letter).collect();
        Self(format!("{UNGUESSABLE}{letters}"))
    }
}

/// Returns whether a slug has the form of those that the server makes for rooms that are not open.
fn is_unguessable(slug: &str) -> bool {
    slug.strip_prefix(UNGUESSABLE).is_some_and(|rest| {
        rest.len() == UNGUESSABLE_LENGTH && rest.bytes().all(|b| b.is_ascii_alphanumeric())
    })
}

/// Returns what is wrong with a slug, or `None`.
#[must_use]
pub fn slug_fault(slug: &str) -> Option<Fault> {
    if slug == SLUG_OF_NEW {
        return Some(Fault::SlugReserved);
    }
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    match slug.len() {
        1..=SLUG_MAX if slug.bytes().all(allowed) && !slug.starts_with('-') => None,
        _ => Some(Fault::SlugInvalid { max: SLUG_MAX }),
    }
}

/// Returns a slug for a name, see [`Slug::of_name`].
#[must_use]
pub fn slug_of(name: &str) -> String {
    let mut slug = slug::slugify(name);
    slug.truncate(SLUG_MAX);
    let slug = slug.trim_end_matches('-');
    match slug {
        "" => "room".into(),
        slug if slug == SLUG_OF_NEW || is_unguessable(slug) => format!("{slug}-room"),
        slug => slug.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_any_script_makes_a_slug() {
        for name in [
            "General",
            "读书会",
            "Ünïcode!",
            "🎉",
            "--",
            &"long name ".repeat(30),
        ] {
            assert_eq!(slug_fault(&slug_of(name)), None, "{name}");
        }
        assert_eq!(slug_of("Deploys & Ops"), "deploys-ops");
    }

    #[test]
    fn nobody_can_choose_a_slug_of_the_form_that_the_server_makes() {
        let made = Slug::of_random([0, 31, 32, 255, 7, 8, 9, 10, 11, 12]);
        assert_eq!(made.as_str(), "r-a7a7hijklm");
        assert_eq!(slug_fault(made.as_str()), None);
        let chosen = Slug::parse(made.as_str().into());
        assert_eq!(chosen.unwrap_err(), Fault::SlugReserved);
        assert_eq!(slug_of("R a7a7hijklm"), "r-a7a7hijklm-room");
        assert!(Slug::parse("r-a7a7hijkl".into()).is_ok());
    }
}
