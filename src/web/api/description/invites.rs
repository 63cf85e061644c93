//! The operations on invitations.

use super::{operation::Described, parameters::query, refusals::Refusal};
use crate::{
    model::json_schema::text,
    web::api::{
        invites::{CreatedInvite, InviteList, InviteRequest, RedeemRequest},
        me::Joined,
    },
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
            "Admins may, and managers of a room for guests of that room. It holds until it is used up, revoked or \
             expired, and while its maker may still make it and sees the room.",
        )
        .takes::<InviteRequest>(&json!({"role": "member", "uses": 10, "expires_in": "7d"}))
        .answers::<CreatedInvite>(StatusCode::CREATED, "The invitation and its link.")
}

fn list_invites() -> Described {
    Described::get("/api/v1/invites", "listInvites", "List invitations")
        .details(
            "Those that can be redeemed, the latest first. Admins may; managers of a room, with `room`, for guests of \
             that room.",
        )
        .parameters([query("room", "Slug of a room: only invitations into it.", text())])
        .answers::<InviteList>(StatusCode::OK, "The invitations.")
        .refuses(Refusal::NotAllowed)
}

fn revoke_invite() -> Described {
    Described::delete(
        "/api/v1/invites/{invite}",
        "revokeInvite",
        "Revoke an invitation",
    )
    .details("Admins may, and managers of its room if it is for guests.")
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
