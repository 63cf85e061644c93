//! The operations on invitations.

use super::{operation::Described, refusals::Refusal};
use crate::web::api::{
    invites::{CreatedInvite, InviteList, InviteRequest, RedeemRequest},
    me::Joined,
};
use axum::http::StatusCode;
use serde_json::json;

/// Describes the operations.
pub(super) fn operations() -> Vec<Described> {
    vec![
        create_invite(),
        list_invites(),
        revoke_invite(),
        redeem_invite(),
    ]
}

fn create_invite() -> Described {
    Described::post("/api/v1/invites", "createInvite", "Make an invitation")
        .details(
            "Only admins may. It holds until it is used up, revoked or expired, and while its maker is an admin who sees \
             the room.",
        )
        .takes::<InviteRequest>(&json!({"role": "member", "uses": 10, "expires_in": "7d"}))
        .answers::<CreatedInvite>(StatusCode::CREATED, "The invitation and its link.")
}

fn list_invites() -> Described {
    Described::get("/api/v1/invites", "listInvites", "List invitations")
        .details("Only admins may. Those that can be redeemed, the latest first.")
        .answers::<InviteList>(StatusCode::OK, "The invitations.")
        .refuses(Refusal::NotAllowed)
}

fn revoke_invite() -> Described {
    Described::delete(
        "/api/v1/invites/{invite}",
        "revokeInvite",
        "Revoke an invitation",
    )
    .details("Only admins may.")
    .answers_nothing()
}

fn redeem_invite() -> Described {
    Described::post(
        "/api/v1/invites/{secret}/redeem",
        "redeemInvite",
        "Redeem an invitation",
    )
    .details(
        "Creates an account. A caller who has signed in becomes a member of the room instead, and sends no fields. 404 \
         for every way in which the invitation does not hold.",
    )
    .for_everybody()
    .refuses(Refusal::NotSignedIn)
    .may_take::<RedeemRequest>(&json!({"handle": "noor", "password": "wooden spoon, two cups"}))
    .refuses(Refusal::TooManyRequests)
    .answers::<Joined>(StatusCode::CREATED, "The new account and its token.")
    .answers_nothing()
    .refuses(Refusal::Conflict)
}
