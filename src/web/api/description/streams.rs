//! The streams.

use super::{
    headers::{SharedHeader, constant, required, response},
    operation::Described,
    parameters::{header, query},
    refusals::Refusal,
};
use crate::{
    model::json_schema::text,
    web::stream::{LIMIT_REPLAY_MAX, ROOMS_MAX},
};
use axum::http::StatusCode;
use utoipa::openapi::{
    ArrayBuilder, Content, ObjectBuilder, ResponseBuilder, Type, path::Parameter,
};

const DETAILS: &str = "The stream begins with `hello`. The events after the cursor follow, then `caught-up`, then each \
    new event when it happens.\n\n\
    The status is 200 for every reader who may read. A cursor that cannot be honoured is answered with the outcome \
    `reset`; if that is found only during the replay, with a second `hello`. All ids, heads and cursors belong to \
    events that the reader may see. A changed user is one `user` event without a `room`. A room that the reader can no \
    longer see ends with `room-deleted`.\n\n\
    The last event is `bye`. Its `reason` is `restart`, `signed-out`, `gone` (the reader can see none of the rooms any \
    more) or `overload`.";

/// Describes the operations.
pub(super) fn operations() -> Vec<Described> {
    vec![stream_all(), stream_room()]
}

fn stream_all() -> Described {
    let summary = "Stream the events of all rooms that the caller can see";
    stream("/api/v1/events", "streamAll", summary)
        .parameters(selection())
        .parameters(parameters())
        .refuses(Refusal::NotFound)
}

fn stream_room() -> Described {
    stream(
        "/api/v1/rooms/{room}/events",
        "streamRoom",
        "Stream the events of a room",
    )
    .parameters(parameters())
}

fn stream(path: &'static str, id: &'static str, summary: &'static str) -> Described {
    Described::get(path, id, summary)
        .details(DETAILS)
        .for_readers()
        .refuses(Refusal::NotAllowed)
        .answers_with(StatusCode::OK, blocks())
}

/// Returns the parameters that select the rooms of a stream.
fn selection() -> [Parameter; 2] {
    let rooms = ArrayBuilder::new().items(text()).max_items(Some(ROOMS_MAX));
    [
        query(
            "room",
            "Only rooms with these slugs. The parameter is repeatable. Unknown rooms are skipped; 404 if none remains.",
            rooms,
        ),
        query(
            "joined",
            "`true`: only rooms that the caller is a member of. Other values are ignored.",
            text(),
        ),
    ]
}

fn parameters() -> [Parameter; 6] {
    let limit_replay = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(0))
        .maximum(Some(LIMIT_REPLAY_MAX));
    [
        query(
            "after",
            "The cursor: an event id, `earliest` (or 0) or `latest` (the default). `last_event_id` and `lastEventId` \
             are accepted as names of the parameter, too. The header `Last-Event-ID` takes precedence. Anything else, \
             or a second cursor, is answered with `reset`.",
            text(),
        ),
        query(
            "types",
            "Only events and signals with these names, separated by commas, and the control events `hello`, \
             `caught-up`, `ping` and `bye`. `limit_replay` counts events of all types.",
            text(),
        ),
        query(
            "include",
            "`html` adds to each message its rendered row, and to a reply in a thread the line below its root. Other values are ignored.",
            text(),
        ),
        query(
            "limit_replay",
            "If more events than this were missed, the outcome is `gap`.",
            limit_replay,
        ),
        query(
            "as",
            "The expected handle of the caller. The stream of anybody else ends at once with `bye` and the reason \
             `signed-out`.",
            text(),
        ),
        header("Last-Event-ID", "The cursor.", text()),
    ]
}

fn blocks() -> ResponseBuilder {
    let blocks = text().description(Some(
        "Blocks of `event`, `data` and `id`, after an initial `retry`. `data` is one line of JSON.",
    ));
    let unbuffered = required("Tells proxies not to buffer the stream.", constant("no"));
    SharedHeader::NoTransform
        .on(response("The stream."))
        .header("X-Accel-Buffering", unbuffered)
        .content("text/event-stream", Content::new(Some(blocks)))
}
