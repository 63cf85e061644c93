//! The operations on whom the caller has blocked.

use super::{operation::Described, refusals::Refusal};
use crate::{model::block::Block, web::api::blocks::BlockList};
use axum::http::StatusCode;

const BLOCK: &str = "/api/v1/me/blocks/{handle}";

/// Describes the operations.
pub(super) fn operations() -> Vec<Described> {
    vec![list_blocks(), block(), unblock()]
}

fn list_blocks() -> Described {
    let summary = "List the people whom the caller has blocked";
    Described::get("/api/v1/me/blocks", "listBlocks", summary)
        .details(
            "Of their messages and mentions none is counted as unread, and nothing of them is signalled to the caller. \
             A change is told to the caller's own streams by the signal `me` with `changed: [\"blocks\"]`.",
        )
        .answers::<BlockList>(StatusCode::OK, "The people.")
        .has_schema::<Block>()
}

fn block() -> Described {
    Described::put(BLOCK, "blockPerson", "Block a person")
        .details(
            "Nothing tells the person. A conversation that they begin stays hidden from the caller, who cannot begin \
             one with them either; in rooms that both are in, clients fold their messages. Repeating it changes nothing.",
        )
        .answers_nothing()
        .refuses(Refusal::Invalid)
        .refuses(Refusal::TooManyRequests)
}

fn unblock() -> Described {
    Described::delete(BLOCK, "unblockPerson", "End the block of a person")
        .details("Repeating it changes nothing.")
        .answers_nothing()
        .refuses(Refusal::Invalid)
        .refuses(Refusal::TooManyRequests)
}
