//! Accounts to be created: handles and display names, with the folded forms that other names are compared with.

use super::{
    look_alike::{fold_handle, fold_name, foldings},
    role::Role,
    user::mention_key,
};
use serde::{Deserialize, Serialize};

/// An account to be created.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewAccount {
    /// The handle.
    pub handle: FoldedName,
    /// The key by which mentions of the handle are compared.
    pub mention_key: String,
    /// The display name.
    pub name: FoldedName,
    /// What the account may do on the server.
    #[serde(default = "member")]
    pub role: Role,
}

fn member() -> Role {
    Role::Member
}

/// A handle or display name, with the folded forms that are compared with other names.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FoldedName {
    /// The name as chosen.
    pub text: String,
    /// The form that is the same for all names that look like this one.
    pub folded: String,
    /// The folded forms that no other account's handle or name may have.
    pub look_alikes: Vec<String>,
}

impl FoldedName {
    /// Folds a handle.
    #[must_use]
    pub fn of_handle(handle: &str) -> Self {
        Self {
            text: handle.to_owned(),
            folded: fold_handle(handle),
            look_alikes: foldings(handle).into(),
        }
    }

    /// Folds a display name.
    #[must_use]
    pub fn of_name(name: &str) -> Self {
        Self {
            folded: fold_name(name),
            ..Self::of_handle(name)
        }
    }
}

impl NewAccount {
    /// Creates an account of a member with this handle and name.
    #[must_use]
    pub fn new(handle: &str, name: &str) -> Self {
        Self {
            role: Role::Member,
            handle: FoldedName::of_handle(handle),
            mention_key: mention_key(handle),
            name: FoldedName::of_name(name),
        }
    }
}
