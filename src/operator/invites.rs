//! Invitations, as the operator makes, lists and revokes them.

use super::report::Report;
use crate::{
    app::App,
    error::Result,
    model::{
        change::Requester,
        invite::{Invite, InviteId},
    },
    operations::invites::{InviteDraft, create_invite, list_all_invites, revoke_invite},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What the operator asks for about invitations.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub enum InviteRequest {
    /// Makes an invitation.
    Create(InviteDraft),
    /// Lists the invitations that can be redeemed.
    List,
    /// Revokes an invitation.
    Revoke { id: i64 },
}

/// Executes a request.
pub(super) async fn perform(app: &App, request: InviteRequest) -> Result<Report> {
    match request {
        InviteRequest::Create(draft) => {
            let (invite, secret) = create_invite(app, Requester::OPERATOR, draft).await?;
            let path = format!("/invite/{}", secret.reveal());
            Ok(Report::of_link(path, json!(invite)))
        }
        InviteRequest::List => {
            let mut report = Report::default();
            for invite in list_all_invites(app).await? {
                add(&mut report, &invite);
            }
            Ok(report)
        }
        InviteRequest::Revoke { id } => {
            revoke_invite(app, Requester::OPERATOR, InviteId(id)).await?;
            let json = json!({ "id": id, "done": "revoked" });
            Ok(Report::of(format!("{id}: revoked"), json))
        }
    }
}

/// Adds a line: id, role, how often it was used and can be, its expiry, the room or `-`, the imported person or `-`, its
/// maker or `-`.
fn add(report: &mut Report, invite: &Invite) {
    let (id, uses) = (
        invite.id.0.to_string(),
        format!("{}/{}", invite.used, invite.uses),
    );
    let expires_at = invite.expires_at.to_string();
    let room = invite.room.as_ref().map_or("-", |room| &room.slug);
    let person = invite.person.as_ref();
    let person = person.map_or("-", |invited| &invited.person.handle);
    let maker = invite.made_by.as_ref().map_or("-", |maker| &maker.handle);
    let role = invite.role.as_str();
    report.add(
        [&id, role, &uses, &expires_at, room, person, maker],
        json!(invite),
    );
}
