//! The server as people see it: its name and its door.

use super::{checked_text::checked_text, role::Door, user::name_fault};
use crate::fault::Fault;
use unicode_normalization::UnicodeNormalization as _;

/// The name of a server that nobody has named.
pub const SERVER_NAME: &str = "Backscroll";

checked_text! {
    /// A valid name of a server, in NFC.
    ServerName
}

impl ServerName {
    /// Parses a name, which follows the rules for display names. Surrounding white space is removed.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let name: String = text.trim().nfc().collect();
        name_fault(&name).map_or(Ok(Self(name)), Err)
    }
}

/// The name of a server, and who may come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerProfile {
    /// The name.
    pub name: String,
    /// Who may come in.
    pub door: Door,
}
