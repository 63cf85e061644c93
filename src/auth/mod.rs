//! Who sends a request, and the secrets by which the server knows them.

pub mod cookies;
pub mod secret;
pub mod viewer;
