//! The operations on messages and custom events.

use super::{
    headers::{SharedHeader, optional, response},
    operation::Described,
    parameters::{header, idempotency_key, limit, query},
    refusals::Refusal,
    schemas::reference,
};
use crate::{
    model::{
        calendar::{Calendar, Month},
        emoji::{EMOJI_MAX, EMOJI_PER_PERSON_MAX},
        ids::MessageId,
        json_schema::{TimeOrDate, text},
        message::{Body, Message},
    },
    web::api::{
        custom_events::{CustomEventRequest, PostedEvent},
        history::SentPage,
        history_query::{LIMIT_DEFAULT, LIMIT_MAX},
        messages::{EditRequest, PostRequest, SentMessage},
    },
};
use axum::http::StatusCode;
use serde_json::json;
use utoipa::openapi::{Content, ContentBuilder, ResponseBuilder, path::Parameter};

const MESSAGES: &str = "/api/v1/rooms/{room}/messages";
const CALENDAR: &str = "/api/v1/rooms/{room}/calendar";
const MESSAGE: &str = "/api/v1/rooms/{room}/messages/{id}";
const REACTION: &str = "/api/v1/rooms/{room}/messages/{id}/reactions/{emoji}";

/// Describes the operations.
pub(super) fn operations() -> Vec<Described> {
    vec![
        list_messages(),
        show_calendar(),
        post_message(),
        show_message(),
        edit_message(),
        delete_message(),
        add_reaction(),
        remove_reaction(),
        post_custom_event(),
    ]
}

fn list_messages() -> Described {
    Described::get(MESSAGES, "listMessages", "Get a page of history")
        .details(
            "The oldest message of the page comes first. At most one of `before`, `after`, `around` and `at` can be \
             given; without one of them, the page has the newest messages. `head` is read in the same snapshot: a \
             stream that is opened at it continues without gap or overlap.",
        )
        .for_readers()
        .parameters(history_parameters())
        .answers_with(StatusCode::OK, history_page())
        .answers_with(StatusCode::NOT_MODIFIED, revalidated("`If-None-Match` has the tag of the page."))
        .has_schema::<SentPage>()
        .has_schema::<TimeOrDate>()
        .refuses(Refusal::NotAcceptable)
}

fn history_parameters() -> [Parameter; 10] {
    let id = reference::<MessageId>;
    let time = reference::<TimeOrDate>;
    [
        query(
            "threads",
            "`true`: with the replies in threads that the room does not show. Other values are ignored.",
            text(),
        ),
        query("before", "Messages before this one.", id()),
        query("after", "Messages after this one.", id()),
        query(
            "around",
            "This message and those around it; in place of a reply that the room does not show, the root of its thread.",
            id(),
        ),
        query("at", "The messages around this time.", time()),
        limit("messages", LIMIT_MAX, LIMIT_DEFAULT),
        query("author", "Messages of the user with this handle.", text()),
        query(
            "since",
            "Messages posted at this time or later. With `author`, `since` or `until`, messages are ordered by time \
             instead of id; the orders differ only for imported messages.",
            time(),
        ),
        query("until", "Messages posted before this time.", time()),
        header(
            "If-None-Match",
            "`ETag`s of pages that the client has stored.",
            text(),
        ),
    ]
}

pub(super) fn history_page() -> ResponseBuilder {
    let link = optional(
        "Addresses of the neighbouring pages, where they exist: `rel=\"prev\"` and `rel=\"next\"` (RFC 8288).",
        text(),
    );
    let lines = |description| Content::new(Some(text().description(Some(description))));
    revalidated("The page, in the type that `Accept` prefers.")
        .header("Link", link)
        .content("application/json", Content::new(Some(reference::<SentPage>())))
        .content("application/x-ndjson", lines("A `Message` as JSON on each line."))
        .content(
            "text/plain",
            lines(
                "Lines such as `2026-11-22T05:41:03Z <ann> hello`. Further lines of a message are indented.",
            ),
        )
}

pub(super) fn revalidated(description: &str) -> ResponseBuilder {
    let fields = [
        SharedHeader::Revalidated,
        SharedHeader::ETag,
        SharedHeader::Vary,
    ];
    let response = response(description);
    fields
        .into_iter()
        .fold(response, |response, field| field.on(response))
}

fn show_calendar() -> Described {
    Described::get(CALENDAR, "showCalendar", "Get the months of a room's history")
        .details(
            "The months in UTC in which something was written, oldest first, with their number of messages: enough to \
             go to any day (`at` of a page of history) without reading what lies before it.",
        )
        .for_readers()
        .answers::<Calendar>(StatusCode::OK, "The months.")
        .has_schema::<Month>()
}

fn post_message() -> Described {
    let include = query(
        "include",
        "`html` adds the rendered row; other values are ignored.",
        text(),
    );
    Described::post(MESSAGES, "postMessage", "Post a message")
        .details(
            "The response is sent when the message is committed and on disk. A repeated request of the same author \
             with the same nonce is answered with the first message, at any later time; if it has another text or \
             room, with 409. Posting into an open room joins it.",
        )
        .parameters([idempotency_key(), include])
        .takes::<PostRequest>(&json!({"body": "Hello"}))
        .or_text(body_as_text("Hello"))
        .refuses(Refusal::TooManyRequests)
        .answers::<SentMessage>(StatusCode::CREATED, "The new message.")
        .answers::<SentMessage>(StatusCode::OK, "The message that this author posted with this nonce before.")
        .with_location()
        .refuses(Refusal::Conflict)
}

fn show_message() -> Described {
    Described::get(MESSAGE, "showMessage", "Get a message")
        .for_readers()
        .answers::<Message>(StatusCode::OK, "The message.")
}

fn edit_message() -> Described {
    Described::patch(MESSAGE, "editMessage", "Edit one of the caller's messages")
        .details("A deleted message cannot be edited: 409.")
        .takes::<EditRequest>(&json!({"body": "Hello, all"}))
        .or_text(body_as_text("Hello, all"))
        .refuses(Refusal::TooManyRequests)
        .answers::<Message>(StatusCode::OK, "The edited message.")
        .refuses(Refusal::Conflict)
}

fn delete_message() -> Described {
    Described::delete(
        MESSAGE,
        "deleteMessage",
        "Delete one of the caller's messages",
    )
    .details("Idempotent. The message remains without its `body`.")
    .refuses(Refusal::TooManyRequests)
    .answers::<Message>(StatusCode::OK, "What remains of the message.")
}

fn add_reaction() -> Described {
    let put = Described::put(REACTION, "addReaction", "React to a message with an emoji");
    reaction(put).details(format!(
        "Idempotent. A message has at most {EMOJI_MAX} different emoji, and at most {EMOJI_PER_PERSON_MAX} of one \
         person; further ones are refused with 422. 409 if the message is deleted."
    ))
}

fn remove_reaction() -> Described {
    let summary = "Remove a reaction of the caller";
    reaction(Described::delete(REACTION, "removeReaction", summary)).details("Idempotent.")
}

fn reaction(described: Described) -> Described {
    described
        .refuses(Refusal::TooManyRequests)
        .answers::<Message>(StatusCode::OK, "The message with its reactions.")
        .refuses(Refusal::Conflict)
        .refuses(Refusal::Invalid)
}

fn post_custom_event() -> Described {
    let path = "/api/v1/rooms/{room}/events";
    Described::post(path, "postCustomEvent", "Post a custom event")
        .details("The event is stored and sent to the readers of the room like a message.")
        .parameters([idempotency_key()])
        .takes::<CustomEventRequest>(&json!({"type": "build", "payload": "passed"}))
        .refuses(Refusal::TooManyRequests)
        .answers::<PostedEvent>(StatusCode::CREATED, "The new event.")
        .answers::<PostedEvent>(
            StatusCode::OK,
            "The event that this author posted with this nonce before.",
        )
        .refuses(Refusal::Conflict)
}

/// Returns the body of a message as plain text.
fn body_as_text(example: &str) -> Content {
    let content = ContentBuilder::new().schema(Some(reference::<Body>()));
    content.example(Some(example.into())).build()
}
