//! A post that was refused, and the nonces of forms that post.

use crate::app::random_bytes;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// A post that was refused, for showing the form again.
#[derive(Debug, Default)]
pub struct Refused {
    /// The reason for the refusal.
    pub error: Option<String>,
    /// The text of the post.
    pub draft: String,
    /// Nonce of the post; a retry reuses it.
    pub nonce: Option<String>,
    /// Whether a reply in a thread was to be shown in the room, too.
    pub also_in_room: bool,
}

/// Returns a nonce for a form.
pub(super) fn new_nonce() -> String {
    URL_SAFE_NO_PAD.encode(random_bytes::<16>())
}
