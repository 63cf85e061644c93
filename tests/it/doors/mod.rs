//! Coming in: setting the server up, its door, invitations, and people whom an import has brought.

mod imported;
mod invites;
mod secrets;
mod server;
mod setup;
