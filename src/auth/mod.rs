//! Authentication: the sender of a request, and the secrets of sessions and tokens.

pub mod ceremonies;
pub mod client;
pub mod cookies;
pub mod failures;
pub mod identity;
pub mod oidc;
pub mod passkeys;
pub mod password;
pub mod scopes;
pub mod secret;
pub mod viewer;
