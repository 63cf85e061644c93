//! The types of events and signals that a reader requests.

use std::sync::Arc;

/// A filter on the types of events and signals, by their names in a stream. It takes one word of memory in each stream.
#[derive(Clone, Debug, Default)]
pub struct EventTypes(Option<Arc<Vec<String>>>);

impl EventTypes {
    /// Returns a filter for the types with these names; for all types if there are none.
    #[must_use]
    pub fn new(names: Vec<String>) -> Self {
        Self((!names.is_empty()).then(|| Arc::new(names)))
    }

    /// Returns whether the type with this name is requested.
    #[must_use]
    pub fn include(&self, name: &str) -> bool {
        let names = self.0.as_ref();
        names.is_none_or(|names| names.iter().any(|wanted| wanted == name))
    }
}
