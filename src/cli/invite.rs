//! `invite`: makes, lists and revokes invitations.

use super::{
    Failure,
    operator::{LinkAddress, Target, perform, perform_with_link},
};
use crate::{
    operations::invites::InviteDraft,
    operator::{Request, invites::InviteRequest},
};
use clap::{Args, Subcommand};

const EXAMPLES: &str = "\
Examples:
  backscroll invite create --uses 20 --expires-in 2w
      a link for 20 members
  backscroll invite create --role guest --room general
      a link for a guest of one room
  backscroll invite list --json | jq .id | xargs -n1 backscroll invite revoke
      revokes all invitations

The server may be running. A link is shown only once.";

/// An action on invitations.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Invite {
    #[command(subcommand)]
    action: InviteAction,
}

#[derive(Subcommand, Debug)]
enum InviteAction {
    /// Make an invitation, and print its link
    Create {
        /// What the invited people may do on the server: admin, member or guest
        #[arg(long, default_value = "member")]
        role: String,
        /// URL of the room that they become members of; a guest needs one
        #[arg(long, value_name = "URL")]
        room: Option<String>,
        /// Handle of the imported person whom the invited one is
        #[arg(long = "as", value_name = "HANDLE")]
        person: Option<String>,
        /// How many people it is good for
        #[arg(long, value_name = "N", default_value_t = 1)]
        uses: u64,
        /// How long it holds: minutes, hours, days or weeks, as in 30m, 12h, 7d or 2w
        #[arg(long, value_name = "TIME", default_value = "7d")]
        expires_in: String,
        #[command(flatten)]
        address: Box<LinkAddress>,
        #[command(flatten)]
        target: Target,
    },
    /// List the invitations that can be redeemed: id, role, uses, expiry, room, imported person, maker
    List {
        #[command(flatten)]
        target: Target,
    },
    /// Revoke an invitation
    Revoke {
        /// Id of the invitation, as `invite list` shows it
        id: i64,
        #[command(flatten)]
        target: Target,
    },
}

pub(super) async fn run(invite: Invite) -> Result<(), Failure> {
    let (target, request) = match invite.action {
        InviteAction::Create {
            role,
            room,
            person,
            uses,
            expires_in,
            address,
            target,
        } => {
            let draft = InviteDraft {
                role,
                room,
                person,
                uses: Some(uses),
                expires_in: Some(expires_in),
            };
            let request = Request::Invite(InviteRequest::Create(draft));
            return perform_with_link(&target, &address, request).await;
        }
        InviteAction::List { target } => (target, InviteRequest::List),
        InviteAction::Revoke { id, target } => (target, InviteRequest::Revoke { id }),
    };
    perform(&target, Request::Invite(request)).await
}
