//! What the operator of a server asks for by commands. The running server executes a [`Request`] that comes through a
//! Unix socket; a command executes it itself if no server runs. Both call the same operations as pages and the API.
//!
//! A new command is a variant of [`Request`], a module with its execution, and a file in `cli`.

pub mod rooms;
pub mod socket_path;
pub mod users;

use crate::{
    app::App,
    error::{Error, Result},
    model::{role::Role, time::Timestamp},
};
use serde::{Deserialize, Serialize};

/// What the operator asks for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub enum Request {
    /// Lists all accounts.
    ListUsers,
    /// Sets the role of an account, and whether it is disabled. `None` leaves a value unchanged.
    UpdateUser {
        handle: String,
        role: Option<Role>,
        disabled: Option<bool>,
    },
    /// Deletes an account, and its messages if `erase` says so.
    RemoveUser { handle: String, erase: bool },
    /// Deletes the accounts that were made since a time, have never written anything and are in no closed room; or
    /// lists them.
    RemoveFlood { since: Timestamp, dry_run: bool },
    /// Lists all rooms.
    ListRooms,
}

/// The answer to a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reply {
    /// Done. The text is printed to standard output.
    Done(String),
    /// The request was refused, for this reason.
    Refused(String),
    /// The request failed, for this reason.
    Failed(String),
}

/// Executes a request.
pub async fn execute(app: &App, request: Request) -> Reply {
    match perform(app, request).await {
        Ok(text) => Reply::Done(text),
        Err(Error::NotFound) => Reply::Refused("there is nobody and nothing of this name".into()),
        Err(Error::Invalid { fault, .. }) => Reply::Refused(fault.to_string()),
        Err(error) if error.is_verdict() => Reply::Refused(error.to_string()),
        Err(error) => {
            tracing::error!(%error, "a command of the operator failed");
            Reply::Failed(error.to_string())
        }
    }
}

async fn perform(app: &App, request: Request) -> Result<String> {
    match request {
        Request::ListUsers => users::list(app).await,
        Request::UpdateUser {
            handle,
            role,
            disabled,
        } => users::update(app, handle, role, disabled).await,
        Request::RemoveUser { handle, erase } => users::remove(app, handle, erase).await,
        Request::RemoveFlood { since, dry_run } => users::remove_flood(app, since, dry_run).await,
        Request::ListRooms => rooms::list(app).await,
    }
}

/// Returns cells as a line, separated by tabs. Names contain neither tabs nor line breaks.
fn line<const N: usize>(cells: [&str; N]) -> String {
    cells.join("\t") + "\n"
}
