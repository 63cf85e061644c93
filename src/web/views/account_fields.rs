//! The fields of a form that creates an account: handle, display name and password.

/// What was typed, and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct AccountFields {
    /// The handle.
    pub handle: String,
    /// The display name.
    pub name: String,
    /// The name of a field, and the reason why it was refused; `form` if the fault is not in a field.
    pub error: Option<(String, String)>,
}

impl AccountFields {
    /// Returns why a field was refused.
    #[must_use]
    pub fn error(&self, field: &str) -> Option<&str> {
        let (refused, reason) = self.error.as_ref()?;
        (refused == field).then_some(reason)
    }
}
