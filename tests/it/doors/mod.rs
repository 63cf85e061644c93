//! Coming in: setting the server up, its door, invitations, and people whom an import has brought.

mod invites;
mod server;
mod setup;
