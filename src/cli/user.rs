//! `user`: lists and changes accounts.

use super::{Database, Failure, operator::perform};
use crate::{
    fault::Fault,
    model::{role::Role, time::Timestamp},
    operator::Request,
};
use clap::{Args, Subcommand, ValueEnum};

/// An action on accounts, and the database.
#[derive(Args, Debug)]
pub(super) struct User {
    #[command(subcommand)]
    action: UserAction,
}

#[derive(Subcommand, Debug)]
enum UserAction {
    /// List all accounts: handle, role, state, time of joining, name
    List {
        #[command(flatten)]
        database: Database,
    },
    /// Set what an account may do on the server
    Role {
        /// Handle of the account
        handle: String,
        /// The new role
        role: GivenRole,
        #[command(flatten)]
        database: Database,
    },
    /// Let nobody sign in with an account, and end its sessions and streams; its messages stay
    Disable {
        /// Handle of the account
        handle: String,
        #[command(flatten)]
        database: Database,
    },
    /// Enable a disabled account
    Enable {
        /// Handle of the account
        handle: String,
        #[command(flatten)]
        database: Database,
    },
    /// Delete an account; its handle can be taken by others
    Remove {
        /// Handle of the account
        handle: String,
        /// Also delete the texts of its messages
        #[arg(long)]
        erase: bool,
        #[command(flatten)]
        database: Database,
    },
    /// Delete accounts that never wrote anything and are in no closed room
    RemoveFlood {
        /// Only accounts made since this time, such as 2026-11-28T16:00:00Z
        #[arg(long, value_name = "TIME", value_parser = parse_time)]
        since: Timestamp,
        /// List the accounts, and delete none
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        database: Database,
    },
}

/// A role that can be given.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum GivenRole {
    /// Administers the server
    Admin,
    /// Sees, reads and joins the open rooms
    Member,
    /// Sees only the rooms that it was invited to
    Guest,
}

impl From<GivenRole> for Role {
    fn from(role: GivenRole) -> Self {
        match role {
            GivenRole::Admin => Self::Admin,
            GivenRole::Member => Self::Member,
            GivenRole::Guest => Self::Guest,
        }
    }
}

fn parse_time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| Fault::NotATime.to_string())
}

pub(super) async fn run(user: User) -> Result<(), Failure> {
    let update = |handle, role, disabled| Request::UpdateUser {
        handle,
        role,
        disabled,
    };
    let (database, request) = match user.action {
        UserAction::List { database } => (database, Request::ListUsers),
        UserAction::Role {
            handle,
            role,
            database,
        } => (database, update(handle, Some(role.into()), None)),
        UserAction::Disable { handle, database } => (database, update(handle, None, Some(true))),
        UserAction::Enable { handle, database } => (database, update(handle, None, Some(false))),
        UserAction::Remove {
            handle,
            erase,
            database,
        } => (database, Request::RemoveUser { handle, erase }),
        UserAction::RemoveFlood {
            since,
            dry_run,
            database,
        } => (database, Request::RemoveFlood { since, dry_run }),
    };
    perform(&database, request).await
}
