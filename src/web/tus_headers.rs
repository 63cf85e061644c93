//! The headers of the upload protocol that errors have, too.

use axum::http::HeaderName;

/// The version of a request or a response.
pub const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
/// The versions that the server supports.
pub const TUS_VERSION: HeaderName = HeaderName::from_static("tus-version");
