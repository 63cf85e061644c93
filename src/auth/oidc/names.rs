//! What a provider calls a person, for the names of a new account.

use crate::model::user::NAME_MAX;
use openidconnect::{EndUserName, EndUserNickname, EndUserUsername, LocalizedClaim};
use std::ops::Deref;

/// The names of a person at a provider. Nothing is decided by them.
#[derive(Clone, Debug, Default)]
pub struct ProvidedNames {
    /// The name that the person signs in with there, or would like to be called.
    pub username: Option<String>,
    /// The full name.
    pub name: Option<String>,
}

impl ProvidedNames {
    /// Returns the names in these claims, which ID tokens and the provider's answer about a person have alike.
    pub(super) fn of(
        username: Option<&EndUserUsername>,
        nickname: Option<&LocalizedClaim<EndUserNickname>>,
        name: Option<&LocalizedClaim<EndUserName>>,
    ) -> Self {
        let username = username.and_then(|name| visible(name));
        Self {
            username: username.or_else(|| in_any_language(nickname)),
            name: in_any_language(name),
        }
    }

    /// Returns one of the names; `None` if the provider says none.
    pub(super) fn any(&self) -> Option<&String> {
        self.username.as_ref().or(self.name.as_ref())
    }
}

/// Returns a claim that may be given in several languages: without one, or else in any.
fn in_any_language<T: Deref<Target = String>>(claim: Option<&LocalizedClaim<T>>) -> Option<String> {
    let claim = claim?;
    let first = claim.iter().next().map(|(_, value)| value);
    visible(claim.get(None).or(first)?)
}

/// Returns a name without control characters, as long as names may be; `None` if nothing is left.
fn visible(name: &str) -> Option<String> {
    let visible = name.chars().filter(|c| !c.is_control());
    let name: String = visible.take(NAME_MAX).collect();
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}
