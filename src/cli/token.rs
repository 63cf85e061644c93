//! `token`: makes, lists and revokes API tokens.

use super::{
    Failure,
    operator::{Target, perform},
};
use crate::{
    operations::tokens::TokenDraft,
    operator::{Request, tokens::TokenRequest},
};
use clap::{Args, Subcommand};

const EXAMPLES: &str = "\
Examples:
  backscroll user add builds --role bot
  backscroll token create builds nightly --scope read --scope post > builds.token
      a bot, and a token by which it reads and posts
  backscroll token create ann export --scope read --room general --expires-at 2027-01-01
  backscroll token list builds

The server may be running. The secret of a token is shown only once.";

/// An action on API tokens.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Token {
    #[command(subcommand)]
    action: TokenAction,
}

#[derive(Subcommand, Debug)]
enum TokenAction {
    /// Make a token for a person or a bot, and print its secret
    Create {
        /// Handle of the account that the token acts as
        handle: String,
        /// A name by which its owner recognises the token
        name: String,
        /// What it may be used for: read, post or admin; can be repeated
        #[arg(long = "scope", value_name = "SCOPE", required = true)]
        scopes: Vec<String>,
        /// URL of a room that it is limited to; can be repeated
        #[arg(long = "room", value_name = "URL")]
        rooms: Vec<String>,
        /// The time, or the date, from which it is not valid any more
        #[arg(long, value_name = "TIME")]
        expires_at: Option<String>,
        #[command(flatten)]
        target: Target,
    },
    /// List the tokens of an account: id, scopes, rooms, last use, expiry, name
    List {
        /// Handle of the account
        handle: String,
        #[command(flatten)]
        target: Target,
    },
    /// Revoke a token, and end its streams
    Revoke {
        /// Handle of the account
        handle: String,
        /// Id of the token, as `token list` shows it
        id: String,
        #[command(flatten)]
        target: Target,
    },
}

pub(super) async fn run(token: Token) -> Result<(), Failure> {
    let (target, request) = match token.action {
        TokenAction::Create {
            handle,
            name,
            scopes,
            rooms,
            expires_at,
            target,
        } => {
            let draft = TokenDraft {
                name,
                scopes,
                rooms: (!rooms.is_empty()).then_some(rooms),
                expires_at,
            };
            (target, TokenRequest::Create { handle, draft })
        }
        TokenAction::List { handle, target } => (target, TokenRequest::List { handle }),
        TokenAction::Revoke { handle, id, target } => (target, TokenRequest::Revoke { handle, id }),
    };
    perform(&target, Request::Token(request)).await
}
