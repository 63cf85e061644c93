//! The types of events and signals that a reader requests.

use std::sync::Arc;

/// A filter on the types of events and signals, by their names in a stream.
#[derive(Clone, Debug, Default)]
pub struct EventTypes(Option<Arc<[String]>>);

impl EventTypes {
    /// Returns a filter for the types with these names; for all types if there are none.
    #[must_use]
    pub fn new(names: Vec<String>) -> Self {
        Self((!names.is_empty()).then(|| names.into()))
    }

    /// Returns whether all types are requested.
    #[must_use]
    pub fn are_all(&self) -> bool {
        self.0.is_none()
    }

    /// Returns whether the type with this name is requested.
    #[must_use]
    pub fn include(&self, name: &str) -> bool {
        let names = self.0.as_deref();
        names.is_none_or(|names| names.iter().any(|wanted| wanted == name))
    }
}
