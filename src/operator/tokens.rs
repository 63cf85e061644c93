//! API tokens, as the operator makes, lists and revokes them.

use super::report::Report;
use crate::{
    app::App,
    error::Result,
    operations::{
        administered::{create_token_for, list_tokens_of, revoke_token_of},
        tokens::TokenDraft,
    },
    store::sessions::Session,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What the operator asks for about the API tokens of a person or bot.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub enum TokenRequest {
    /// Makes a token.
    Create { handle: String, draft: TokenDraft },
    /// Lists the tokens.
    List { handle: String },
    /// Revokes a token.
    Revoke { handle: String, id: String },
}

/// Executes a request.
pub(super) async fn perform(app: &App, request: TokenRequest) -> Result<Report> {
    match request {
        TokenRequest::Create { handle, draft } => {
            let secret = create_token_for(app, handle.clone(), draft).await?;
            let json = json!({ "handle": handle, "token": secret.reveal() });
            Ok(Report::of(secret.reveal(), json))
        }
        TokenRequest::List { handle } => {
            let mut report = Report::default();
            for token in list_tokens_of(app, &handle).await? {
                add(&mut report, &token);
            }
            Ok(report)
        }
        TokenRequest::Revoke { handle, id } => {
            revoke_token_of(app, handle, &id).await?;
            let json = json!({ "id": id, "done": "revoked" });
            Ok(Report::of(format!("{id}: revoked"), json))
        }
    }
}

/// Adds a line: id, scopes, rooms or `-` for all, last use, expiry or `-`, name.
fn add(report: &mut Report, token: &Session) {
    let id = token.id();
    let scopes = token.grant.scopes.to_stored();
    let rooms = token.grant.rooms.as_ref();
    let listed = rooms.map_or_else(|| "-".into(), |rooms| rooms.join(" "));
    let last_used_at = token.last_used_at.to_string();
    let expires_at = token.expires_at.map(|at| at.to_string());
    let name = token.name.as_deref().unwrap_or_default();
    let ends = expires_at.as_deref().unwrap_or("-");
    let json = json!({
        "id": id,
        "name": name,
        "scopes": scopes.split(' ').collect::<Vec<_>>(),
        "rooms": rooms,
        "created_at": token.created_at,
        "last_used_at": token.last_used_at,
        "expires_at": token.expires_at,
    });
    report.add([&id, &scopes, &listed, &last_used_at, ends, name], json);
}
