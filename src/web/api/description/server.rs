//! The operations on the server as a whole.

use super::operation::Described;
use crate::web::api::server::{Server, UpdateServerRequest};
use axum::http::StatusCode;
use serde_json::json;

/// Describes the operations.
pub(super) fn operations() -> Vec<Described> {
    vec![show_server(), update_server()]
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
