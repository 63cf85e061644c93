//! What the operator of a server asks for by commands. The running server executes a [`Request`] that comes through a
//! Unix socket; a command executes it itself if no server runs. Both call the same operations as pages and the API.
//!
//! A new command is a variant of a request, its execution in the module of its noun, and a file in `cli`.

pub mod invites;
pub mod report;
pub mod rooms;
pub mod socket_path;
pub mod tokens;
pub mod users;

use crate::{
    app::App,
    error::{Error, Result},
    operations::setup::offer_setup,
};
use invites::InviteRequest;
use report::Report;
use rooms::RoomRequest;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokens::TokenRequest;
use users::UserRequest;

/// What the operator asks for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Request {
    /// About an account.
    User(UserRequest),
    /// About a room.
    Room(RoomRequest),
    /// About an invitation.
    Invite(InviteRequest),
    /// About an API token.
    Token(TokenRequest),
    /// Makes a set-up link, which replaces an earlier one.
    SetupLink,
}

/// The answer to a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reply {
    /// Done.
    Done(Report),
    /// The request was refused, for this reason.
    Refused(String),
    /// The request failed, for this reason.
    Failed(String),
}

/// Executes a request.
pub async fn execute(app: &App, request: Request) -> Reply {
    match perform(app, request).await {
        Ok(report) => Reply::Done(Report {
            site: app.site.clone(),
            ..report
        }),
        Err(Error::NotFound) => Reply::Refused("there is nobody and nothing of this name".into()),
        Err(error) if error.is_verdict() => Reply::Refused(error.to_string()),
        Err(error) => {
            tracing::error!(%error, "a command of the operator failed");
            Reply::Failed(error.to_string())
        }
    }
}

async fn perform(app: &App, request: Request) -> Result<Report> {
    match request {
        Request::User(request) => users::perform(app, request).await,
        Request::Room(request) => rooms::perform(app, request).await,
        Request::Invite(request) => invites::perform(app, request).await,
        Request::Token(request) => tokens::perform(app, request).await,
        Request::SetupLink => {
            let secret = offer_setup(app).await?;
            let path = format!("/setup/{}", secret.reveal());
            Ok(Report::of_link(path, json!({})))
        }
    }
}
