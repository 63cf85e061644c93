//! What a session or token may be used for.

use serde::{Deserialize, Serialize};
use std::sync::Arc;
use strum::{EnumString, IntoStaticStr, VariantNames};
use utoipa::ToSchema;

/// A kind of requests that a token may be used for.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantNames,
    ToSchema,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum TokenScope {
    /// Reads what its owner may see.
    Read,
    /// Posts, edits, reacts, joins and leaves in rooms.
    Post,
    /// Does everything else: the account, new rooms, and the administration of the server.
    Admin,
}

impl TokenScope {
    const ALL: [Self; 3] = [Self::Read, Self::Post, Self::Admin];
}

/// A set of [`TokenScope`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<TokenScope>", into = "Vec<TokenScope>")]
pub struct Scopes([bool; TokenScope::ALL.len()]);

impl Scopes {
    /// All scopes.
    pub const ALL: Self = Self([true; TokenScope::ALL.len()]);

    /// Returns the set that is stored as these words. Unknown words are ignored.
    #[must_use]
    pub fn of_stored(text: &str) -> Self {
        text.split(' ')
            .filter_map(|word| word.parse().ok())
            .collect()
    }

    /// Returns the text that is stored.
    #[must_use]
    pub fn to_stored(self) -> String {
        let words: Vec<&str> = self.iter().map(Into::into).collect();
        words.join(" ")
    }

    /// Returns the scopes of the set.
    pub fn iter(self) -> impl Iterator<Item = TokenScope> {
        let all = TokenScope::ALL.into_iter();
        all.filter(move |scope| self.contains(*scope))
    }

    /// Returns whether the set contains a scope.
    #[must_use]
    pub fn contains(self, scope: TokenScope) -> bool {
        self.0[scope as usize]
    }

    /// Returns whether the set contains no scope.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.iter().next().is_none()
    }
}

impl FromIterator<TokenScope> for Scopes {
    fn from_iter<T: IntoIterator<Item = TokenScope>>(scopes: T) -> Self {
        let mut set = [false; TokenScope::ALL.len()];
        for scope in scopes {
            set[scope as usize] = true;
        }
        Self(set)
    }
}

impl From<Vec<TokenScope>> for Scopes {
    fn from(scopes: Vec<TokenScope>) -> Self {
        scopes.into_iter().collect()
    }
}

impl From<Scopes> for Vec<TokenScope> {
    fn from(scopes: Scopes) -> Self {
        scopes.iter().collect()
    }
}

/// What a session or token may be used for. By default everything that its owner may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The kinds of requests.
    pub scopes: Scopes,
    /// The slugs of the rooms that it is limited to, in order; `None` for all rooms.
    pub rooms: Option<Arc<[String]>>,
}

impl Default for Grant {
    fn default() -> Self {
        Self {
            scopes: Scopes::ALL,
            rooms: None,
        }
    }
}

impl Grant {
    /// Returns whether the room with this slug is among those that the token is limited to.
    #[must_use]
    pub fn includes(&self, slug: &str) -> bool {
        let rooms = self.rooms.as_ref();
        rooms.is_none_or(|rooms| rooms.iter().any(|room| room == slug))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_stored_as_words_and_unknown_ones_grant_nothing() {
        assert_eq!(Scopes::ALL.to_stored(), "read post admin");
        assert_eq!(Scopes::of_stored("read post admin"), Scopes::ALL);
        let unknown = Scopes::of_stored("post everything");
        assert_eq!(unknown.iter().collect::<Vec<_>>(), [TokenScope::Post]);
        assert!(Scopes::of_stored("").is_empty());
    }
}
