//! `user`: lists, creates and changes accounts.

use super::{
    Failure,
    operator::{LinkAddress, Target, perform, perform_with_link},
    password_input::read_password,
};
use crate::{
    fault::Fault,
    model::{role::Role, time::Timestamp},
    operator::{
        Request,
        users::{Hidden, UserRequest},
    },
};
use clap::{Args, Subcommand, ValueEnum};

const EXAMPLES: &str = "\
Examples:
  backscroll user add ann --role admin
      an account for ann, and a link by which she sets her password
  backscroll user list --json | jq -r 'select(.role == \"admin\").handle'
      the handles of all admins
  backscroll user sign-in-link ann
      a link in place of a forgotten password
  pass show chat/ann | backscroll user password ann
      the password of ann is the first line of the input
  backscroll user remove-flood --since 2026-11-28T16:00:00Z --dry-run
      what a flood has made since then

The server may be running. Lines of a list have cells separated by tabs.";

/// An action on accounts.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct User {
    #[command(subcommand)]
    action: UserAction,
}

#[derive(Subcommand, Debug)]
enum UserAction {
    /// List all accounts: handle, role, state, time of joining, name
    List {
        #[command(flatten)]
        target: Target,
    },
    /// Create an account, and print a link by which its owner sets a password
    ///
    /// The link holds for 24 hours. A bot gets none: make it a token by `token create`.
    Add {
        /// Handle of the account
        handle: String,
        /// Display name; the handle if absent
        #[arg(long)]
        name: Option<String>,
        /// What the account may do on the server
        #[arg(long, default_value = "member")]
        role: NewRole,
        #[command(flatten)]
        address: Box<LinkAddress>,
        #[command(flatten)]
        target: Target,
    },
    /// Set what an account may do on the server
    Role {
        /// Handle of the account
        handle: String,
        /// The new role
        role: GivenRole,
        #[command(flatten)]
        target: Target,
    },
    /// Let nobody sign in with an account, and end its sessions and streams; its messages stay
    Disable {
        /// Handle of the account
        handle: String,
        #[command(flatten)]
        target: Target,
    },
    /// Enable a disabled or banned account
    Enable {
        /// Handle of the account
        handle: String,
        #[command(flatten)]
        target: Target,
    },
    /// Disable an account, and end its sessions and tokens for good
    Ban {
        /// Handle of the account
        handle: String,
        /// Also delete the texts of its messages
        #[arg(long)]
        hide_messages: bool,
        #[command(flatten)]
        target: Target,
    },
    /// Delete an account; its handle can be taken by others
    Remove {
        /// Handle of the account
        handle: String,
        /// Also delete the texts of its messages
        #[arg(long)]
        erase: bool,
        #[command(flatten)]
        target: Target,
    },
    /// Print a one-time link by which the owner of an account sets a new password, within 24 hours
    SignInLink {
        /// Handle of the account
        handle: String,
        #[command(flatten)]
        address: Box<LinkAddress>,
        #[command(flatten)]
        target: Target,
    },
    /// Set the password of an account: the first line of standard input
    Password {
        /// Handle of the account
        handle: String,
        #[command(flatten)]
        target: Target,
    },
    /// Delete accounts that never wrote anything and are in no closed room, with their reactions and rooms
    RemoveFlood {
        /// Only accounts made since this time, such as 2026-11-28T16:00:00Z, or since a date
        #[arg(long, value_name = "TIME", value_parser = parse_time)]
        since: Timestamp,
        /// List the accounts and rooms, and delete none
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        target: Target,
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

/// A role that a new account can have.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum NewRole {
    /// Administers the server
    Admin,
    /// Sees, reads and joins the open rooms
    Member,
    /// Sees only the rooms that it was invited to
    Guest,
    /// A program, which uses tokens and no browser
    Bot,
}

impl From<NewRole> for Role {
    fn from(role: NewRole) -> Self {
        match role {
            NewRole::Admin => Self::Admin,
            NewRole::Member => Self::Member,
            NewRole::Guest => Self::Guest,
            NewRole::Bot => Self::Bot,
        }
    }
}

fn parse_time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse_or_date(text).ok_or_else(|| Fault::NotATime.to_string())
}

pub(super) async fn run(user: User) -> Result<(), Failure> {
    let update = |handle, role, disabled| UserRequest::Update {
        handle,
        role,
        disabled,
    };
    let (target, request) = match user.action {
        UserAction::Add {
            handle,
            name,
            role,
            address,
            target,
        } => {
            let role = role.into();
            let request = Request::User(UserRequest::Add { handle, name, role });
            return perform_with_link(&target, &address, request).await;
        }
        UserAction::SignInLink {
            handle,
            address,
            target,
        } => {
            let request = Request::User(UserRequest::SignInLink { handle });
            return perform_with_link(&target, &address, request).await;
        }
        UserAction::List { target } => (target, UserRequest::List),
        UserAction::Role {
            handle,
            role,
            target,
        } => (target, update(handle, Some(role.into()), None)),
        UserAction::Disable { handle, target } => (target, update(handle, None, Some(true))),
        UserAction::Enable { handle, target } => (target, update(handle, None, Some(false))),
        UserAction::Ban {
            handle,
            hide_messages,
            target,
        } => (
            target,
            UserRequest::Ban {
                handle,
                hide_messages,
            },
        ),
        UserAction::Remove {
            handle,
            erase,
            target,
        } => (target, UserRequest::Remove { handle, erase }),
        UserAction::Password { handle, target } => {
            let password = Hidden(read_password(&handle)?);
            (target, UserRequest::Password { handle, password })
        }
        UserAction::RemoveFlood {
            since,
            dry_run,
            target,
        } => (target, UserRequest::RemoveFlood { since, dry_run }),
    };
    perform(&target, Request::User(request)).await
}
