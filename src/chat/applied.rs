//! The result of an applied change.

use crate::model::change::{AccessChange, Outcome};

/// The outcome of a change, and the permissions that it has changed.
#[derive(Debug)]
pub struct Applied {
    /// The outcome.
    pub outcome: Outcome,
    /// The changed permissions, which open streams must look up again.
    pub access: Option<AccessChange>,
}

impl Applied {
    pub(super) fn new(outcome: Outcome) -> Self {
        Self {
            outcome,
            access: None,
        }
    }

    pub(super) fn with_access(outcome: Outcome, access: AccessChange) -> Self {
        Self {
            outcome,
            access: Some(access),
        }
    }
}
