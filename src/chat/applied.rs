//! The answer of every rule.

use crate::model::change::{AccessChange, Outcome};

/// What a change came to, and whose rights it moved.
#[derive(Debug)]
pub struct Applied {
    /// What it came to.
    pub outcome: Outcome,
    /// Whose open streams must look again at what they may see.
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
