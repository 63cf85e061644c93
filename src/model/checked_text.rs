//! Types of texts that have been checked.

/// Defines a type of text. Its functions named `parse` are the only way to make one from input.
///
/// Deserialization does not check the text again: a change was checked when it was made, and is applied on all machines
/// alike, although the rules may differ between versions of the program.
macro_rules! checked_text {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Returns the text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Returns the text.
            #[must_use]
            pub fn into_string(self) -> String {
                self.0
            }
        }
    };
}
pub(super) use checked_text;
