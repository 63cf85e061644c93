//! Who is asking.

pub mod secret;
pub mod viewer;
