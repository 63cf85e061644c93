//! Accounts, as the operator lists and changes them.

use super::line;
use crate::{
    app::App,
    error::Result,
    model::{change::Requester, role::Role, time::Timestamp},
    operations::users::{self, find_flood},
};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use std::fmt::Write as _;

/// Number of accounts of a flood that are deleted at the same time, so that others' changes come in between.
const REMOVED_AT_ONCE: usize = 16;

/// Returns a line for each account: handle, role, state, time of joining, display name.
pub(super) async fn list(app: &App) -> Result<String> {
    let mut lines = String::new();
    for person in users::list_everybody(app).await? {
        let state = if person.is_disabled {
            "disabled"
        } else {
            "enabled"
        };
        let user = &person.user;
        let at = user.created_at.to_string();
        lines += &line([&user.handle, user.role.as_str(), state, &at, &user.name]);
    }
    Ok(lines)
}

/// Sets the role of an account, and whether it is disabled.
pub(super) async fn update(
    app: &App,
    handle: String,
    role: Option<Role>,
    disabled: Option<bool>,
) -> Result<String> {
    let role = role.map(|role| users::parse_role(role.as_str()));
    let role = role.transpose()?;
    let user = users::update_user(app, Requester::OPERATOR, handle, role, disabled).await?;
    let state = match disabled {
        Some(true) => ", disabled",
        Some(false) => ", enabled",
        None => "",
    };
    Ok(format!("{}: {}{state}\n", user.handle, user.role.as_str()))
}

/// Deletes an account.
pub(super) async fn remove(app: &App, handle: String, erase: bool) -> Result<String> {
    users::delete_user(app, Requester::OPERATOR, &handle, erase).await?;
    Ok(format!("{handle}: deleted\n"))
}

/// Deletes, or lists, the accounts that a flood has made.
pub(super) async fn remove_flood(app: &App, since: Timestamp, dry_run: bool) -> Result<String> {
    let handles = find_flood(app, since).await?;
    let count = handles.len();
    if dry_run {
        let mut lines = String::new();
        for handle in handles {
            lines += &line([&handle]);
        }
        // Writing to a `String` cannot fail.
        let _ = writeln!(lines, "{count} accounts would be deleted");
        return Ok(lines);
    }
    let deletions = stream::iter(handles)
        .map(|handle| async move { users::delete_silent_user(app, &handle).await });
    let deleted: Vec<bool> = deletions
        .buffer_unordered(REMOVED_AT_ONCE)
        .try_collect()
        .await?;
    let deleted = deleted.into_iter().filter(|is_deleted| *is_deleted).count();
    Ok(format!("{deleted} accounts deleted\n"))
}
