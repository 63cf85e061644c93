//! The operations on accounts.

use super::{operation::Described, refusals::Refusal};
use crate::web::{
    api::me::{DeleteMeRequest, JoinRequest, Joined, Me, UpdateMeRequest},
    body::BodyLimit,
};
use axum::http::StatusCode;
use serde_json::json;

/// Describes the operations.
pub(super) fn operations() -> Vec<Described> {
    vec![join(), show_me(), update_me(), delete_me()]
}

fn join() -> Described {
    Described::post("/api/v1/join", "join", "Create an account")
        .details(format!(
            "Possible if the server lets everybody join. The body has at most {}. A handle or name that looks like \
             somebody else's is refused with 409.",
            BodyLimit::ANONYMOUS
        ))
        .for_everybody()
        .takes::<JoinRequest>(&json!({"handle": "ann", "name": "Ann"}))
        .refuses(Refusal::TooManyRequests)
        .answers::<Joined>(StatusCode::CREATED, "The new account and its token.")
        .refuses(Refusal::Conflict)
}

fn show_me() -> Described {
    Described::get("/api/v1/me", "showMe", "Get the caller's account")
        .answers::<Me>(StatusCode::OK, "The account.")
}

fn update_me() -> Described {
    Described::patch(
        "/api/v1/me",
        "updateMe",
        "Change the caller's name and profile",
    )
    .details("Absent fields keep their value. The handle cannot be changed.")
    .may_take::<UpdateMeRequest>(&json!({"name": "Ann B."}))
    .answers::<Me>(StatusCode::OK, "The changed account.")
    .refuses(Refusal::TooManyRequests)
    .refuses(Refusal::Conflict)
}

fn delete_me() -> Described {
    Described::delete("/api/v1/me", "deleteMe", "Delete the caller's account")
        .details(
            "The account leaves its rooms, its sessions and streams end, and others can take its handle. Its messages \
             stay as those of a deleted account, without their texts if `erase` asks for it. The last enabled admin \
             cannot be deleted. An account with a password is deleted with it only.",
        )
        .takes::<DeleteMeRequest>(&json!({"handle": "ann", "erase": true}))
        .answers_nothing()
        .refuses(Refusal::TooManyRequests)
        .refuses(Refusal::Conflict)
}
