//! The result of an applied change.

use crate::model::change::{AccessChange, Outcome};

/// The outcome of a change, and the permissions that it has changed.
#[derive(Debug)]
pub struct Applied {
    /// The outcome.
    pub outcome: Outcome,
    /// The changed permissions, which open streams must look up again.
    pub access: Vec<AccessChange>,
}

impl Applied {
    pub(super) fn new(outcome: Outcome) -> Self {
        Self {
            outcome,
            access: Vec::new(),
        }
    }

    pub(super) fn with_access(outcome: Outcome, access: AccessChange) -> Self {
        Self::with_accesses(outcome, vec![access])
    }

    pub(super) fn with_accesses(outcome: Outcome, access: Vec<AccessChange>) -> Self {
        Self { outcome, access }
    }
}
