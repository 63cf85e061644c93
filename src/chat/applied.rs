//! The result of an applied change.

use crate::model::{
    change::{AccessChange, Outcome},
    own_change::OwnChange,
};

/// The outcome of a change, and the permissions that it has changed.
#[derive(Debug)]
pub struct Applied {
    /// The outcome.
    pub outcome: Outcome,
    /// The changed permissions, which open streams must look up again.
    pub access: Vec<AccessChange>,
    /// The changes of which only the streams of one person are told.
    pub own: Vec<OwnChange>,
    /// Whether the audit log has the change: it has had an effect, and is not a step that others follow.
    pub is_recorded: bool,
}

impl Applied {
    pub(super) fn new(outcome: Outcome) -> Self {
        Self::with_accesses(outcome, Vec::new())
    }

    /// Returns the result of a change without an effect, since everything was as it asks for.
    pub(super) fn unchanged(outcome: Outcome) -> Self {
        Self {
            is_recorded: false,
            ..Self::new(outcome)
        }
    }

    /// Returns the result of a step that others follow. The audit log has the last one.
    pub(super) fn unfinished(outcome: Outcome) -> Self {
        Self::unchanged(outcome)
    }

    pub(super) fn with_access(outcome: Outcome, access: AccessChange) -> Self {
        Self::with_accesses(outcome, vec![access])
    }

    pub(super) fn with_accesses(outcome: Outcome, access: Vec<AccessChange>) -> Self {
        Self {
            outcome,
            access,
            own: Vec::new(),
            is_recorded: true,
        }
    }

    /// Returns the result of changes that concern one person only.
    pub(super) fn with_own(own: Vec<OwnChange>) -> Self {
        Self {
            own,
            ..Self::new(Outcome::Done)
        }
    }
}
