//! What admins and the operator do: roles, bans, the list of people, the audit log, and commands.

mod audit;
mod audited;
mod bans;
mod commands;
mod deletion;
mod pages;
mod password_links;
mod people;
mod roles;

use crate::support::chat::Chat;
use backscroll::model::{change::Action, role::Role};

/// Gives a role to somebody, as the operator does. The server is restarted.
pub(crate) async fn appoint(chat: &mut Chat, handle: &str, role: Role) {
    chat.stop().await;
    let action = Action::UpdateUser {
        handle: handle.into(),
        role: Some(role),
        disabled: None,
    };
    chat.apply(None, vec![action]).await;
    chat.go_on().await;
}
