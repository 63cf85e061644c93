//! The operations on the server as a whole.

use super::{operation::Described, refusals::Refusal};
use crate::web::api::{
    me::Joined,
    server::{Server, UpdateServerRequest},
    setup::SetupRequest,
};
use axum::http::StatusCode;
use serde_json::json;

/// Describes the operations.
pub(super) fn operations() -> Vec<Described> {
    vec![show_server(), update_server(), set_up()]
}

fn show_server() -> Described {
    Described::get("/api/v1/server", "showServer", "Get the server")
        .details("Its name, version, door and limits.")
        .for_everybody()
        .answers::<Server>(StatusCode::OK, "The server.")
}

fn update_server() -> Described {
    Described::patch("/api/v1/server", "updateServer", "Change the server")
        .details(
            "Only admins may. When the door closes, the streams of visitors who are not signed in end within a second.",
        )
        .takes::<UpdateServerRequest>(&json!({"name": "Riverside Choir", "door": "invite"}))
        .answers::<Server>(StatusCode::OK, "The changed server.")
}

fn set_up() -> Described {
    Described::post("/api/v1/setup", "setUp", "Set the server up")
        .details(
            "Names the server, and creates the account of its first admin. Possible once, with the secret of the set-up \
             link that the server prints while it has no admin; 404 for everything else.",
        )
        .for_everybody()
        .takes::<SetupRequest>(&json!({
            "token": "backscroll_2fJ1nq0RrR1yV2rYJt5pQwXcD8sLkZ3mB7hT9uG4aEo",
            "server_name": "Riverside Choir",
            "handle": "ada",
            "password": "wooden spoon, two cups",
            "door": "invite",
        }))
        .answers::<Joined>(StatusCode::CREATED, "The new account and its token.")
        .refuses(Refusal::NotFound)
        .refuses(Refusal::Conflict)
}
