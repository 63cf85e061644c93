//! Accounts, as the operator lists and changes them.

use super::report::Report;
use crate::{
    app::App,
    error::Result,
    model::{change::Requester, profile::Profile, role::Role, time::Timestamp, user::User},
    operations::{
        administered::{create_password_link, set_password_of},
        people::parse_account,
        rooms::delete_room_for_operator,
        users::{self, find_flood},
    },
};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fmt;

/// Number of accounts of a flood that are deleted at the same time, so that others' changes come in between.
const REMOVED_AT_ONCE: usize = 16;

/// What the operator asks for about accounts.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub enum UserRequest {
    /// Lists all accounts.
    List,
    /// Creates an account. A link by which a person sets a password is part of the answer.
    Add {
        handle: String,
        name: Option<String>,
        role: Role,
    },
    /// Sets the role of an account, and whether it is disabled. `None` leaves a value unchanged.
    Update {
        handle: String,
        role: Option<Role>,
        disabled: Option<bool>,
    },
    /// Disables an account, ends its sessions for good, and deletes its messages if `hide_messages` says so.
    Ban { handle: String, hide_messages: bool },
    /// Deletes an account, and its messages if `erase` says so.
    Remove { handle: String, erase: bool },
    /// Makes a one-time link by which a person sets a new password.
    SignInLink { handle: String },
    /// Sets the password of an account.
    Password { handle: String, password: Hidden },
    /// Deletes the accounts that were made since a time, have never written anything and are in no closed room, with
    /// their reactions and rooms; or lists them.
    RemoveFlood { since: Timestamp, dry_run: bool },
}

/// A text that is not shown.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hidden(pub String);

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// Executes a request.
pub(super) async fn perform(app: &App, request: UserRequest) -> Result<Report> {
    match request {
        UserRequest::List => list(app).await,
        UserRequest::Add { handle, name, role } => add(app, &handle, name.as_deref(), role).await,
        UserRequest::Update {
            handle,
            role,
            disabled,
        } => update(app, handle, role, disabled).await,
        UserRequest::Ban {
            handle,
            hide_messages,
        } => {
            users::ban_user(app, Requester::OPERATOR, &handle, hide_messages).await?;
            Ok(done(&handle, "banned"))
        }
        UserRequest::Remove { handle, erase } => {
            users::delete_user(app, Requester::OPERATOR, &handle, erase).await?;
            Ok(done(&handle, "deleted"))
        }
        UserRequest::SignInLink { handle } => sign_in_link(app, handle).await,
        UserRequest::Password { handle, password } => {
            set_password_of(app, handle.clone(), &password.0).await?;
            Ok(done(&handle, "password set"))
        }
        UserRequest::RemoveFlood { since, dry_run } => remove_flood(app, since, dry_run).await,
    }
}

fn done(handle: &str, what: &str) -> Report {
    let json = json!({ "handle": handle, "done": what });
    Report::of(format!("{handle}: {what}"), json)
}

/// Returns a line for each account: handle, role, state, time of joining, display name.
async fn list(app: &App) -> Result<Report> {
    let mut report = Report::default();
    for person in users::list_everybody(app).await? {
        let user = &person.user;
        let at = user.created_at.to_string();
        let role = user.role.as_str();
        let cells = [
            user.handle.as_str(),
            role,
            state_of(&person),
            &at,
            &user.name,
        ];
        report.add(cells, json_of(&person));
    }
    Ok(report)
}

fn state_of(person: &Profile) -> &'static str {
    if person.is_banned {
        "banned"
    } else if person.is_disabled {
        "disabled"
    } else if person.user.imported {
        "imported"
    } else {
        "enabled"
    }
}

fn json_of(person: &Profile) -> Value {
    let user = &person.user;
    json!({
        "handle": user.handle,
        "name": user.name,
        "role": user.role,
        "state": state_of(person),
        "created_at": user.created_at,
        "last_seen_at": person.last_seen_at,
        "sessions": person.sessions,
    })
}

fn changed(user: &User, text: String) -> Report {
    let json = json!({ "handle": user.handle, "name": user.name, "role": user.role });
    Report::of(text, json)
}

async fn add(app: &App, handle: &str, name: Option<&str>, role: Role) -> Result<Report> {
    let mut account = parse_account(handle, name)?;
    account.role = role;
    let user = users::add_user(app, account).await?;
    let report = changed(&user, format!("{}: {}", user.handle, user.role.as_str()));
    if role == Role::Bot {
        return Ok(report);
    }
    let link = sign_in_link(app, user.handle.clone()).await?.link;
    Ok(Report { link, ..report })
}

async fn sign_in_link(app: &App, handle: String) -> Result<Report> {
    let requester = Requester::OPERATOR;
    let (secret, expires_at) = create_password_link(app, requester, handle.clone()).await?;
    let path = format!("/sign-in/{}", secret.reveal());
    let json = json!({ "handle": handle, "expires_at": expires_at });
    Ok(Report::of_link(path, json))
}

async fn update(
    app: &App,
    handle: String,
    role: Option<Role>,
    disabled: Option<bool>,
) -> Result<Report> {
    let role = role.map(|role| users::parse_role(role.as_str()));
    let role = role.transpose()?;
    let user = users::update_user(app, Requester::OPERATOR, handle, role, disabled).await?;
    let state = match disabled {
        Some(true) => ", disabled",
        Some(false) => ", enabled",
        None => "",
    };
    let text = format!("{}: {}{state}", user.handle, user.role.as_str());
    Ok(changed(&user, text))
}

/// Deletes, or lists, what a flood has made.
async fn remove_flood(app: &App, since: Timestamp, dry_run: bool) -> Result<Report> {
    let flood = find_flood(app, since).await?;
    if dry_run {
        let text = format!(
            "{} accounts and {} rooms would be deleted",
            flood.users.len(),
            flood.rooms.len()
        );
        let json = json!({ "accounts": flood.users, "rooms": flood.rooms });
        let lines = [&flood.users[..], &flood.rooms[..]].concat();
        let lines: String = lines
            .iter()
            .flat_map(|line| [line.as_str(), "\n"])
            .collect();
        return Ok(Report::of(lines + &text, json));
    }
    let deletions = stream::iter(flood.users)
        .map(|handle| async move { users::delete_silent_user(app, &handle).await });
    let deleted: Vec<bool> = deletions
        .buffer_unordered(REMOVED_AT_ONCE)
        .try_collect()
        .await?;
    let deleted = deleted.into_iter().filter(|is_deleted| *is_deleted).count();
    let mut rooms = 0;
    for room in users::retain_deserted(app, flood.rooms).await? {
        delete_room_for_operator(app, room).await?;
        rooms += 1;
    }
    let text = format!("{deleted} accounts and {rooms} rooms deleted");
    Ok(Report::of(
        text,
        json!({ "accounts": deleted, "rooms": rooms }),
    ))
}
