//! The blocks of an event stream (HTML standard, section 9.2.5).

use crate::{
    event_log::signals::{Content, Recipients, Signal},
    model::{event::kind::MESSAGE, ids::EventId, time::Timestamp, user::Person},
};
use bytes::Bytes;
use serde::Serialize;
use std::io::Write as _;

#[derive(Serialize)]
struct Typing<'a> {
    room: &'a str,
    by: &'a Person,
    at: Timestamp,
}

#[derive(Serialize)]
struct Me<'a> {
    changed: &'a [&'static str],
}

#[derive(Serialize)]
struct Read<'a> {
    room: &'a str,
    read_up_to: EventId,
}

#[derive(Serialize)]
struct Presence<'a> {
    room: &'a str,
    here: &'a [String],
    away: &'a [String],
}

/// Encodes a signal. The block has no id, because signals are not replayed.
#[must_use]
pub fn encode_signal(signal: &Signal) -> Bytes {
    let mut out = Vec::new();
    let name = signal.content.name();
    let room = match &signal.to {
        Recipients::Room { slug, .. } | Recipients::Member { slug, .. } => slug.as_str(),
        Recipients::User(_) => "",
    };
    match &signal.content {
        Content::Typing { by, at, .. } => {
            let (by, at) = (by, *at);
            write_block(&mut out, name, &Typing { room, by, at }, None);
        }
        Content::Presence { here, away } => {
            let data = Presence { room, here, away };
            write_block(&mut out, name, &data, None);
        }
        Content::Me { changed } => write_block(&mut out, name, &Me { changed }, None),
        Content::Read { read_up_to } => {
            let read_up_to = *read_up_to;
            write_block(&mut out, name, &Read { room, read_up_to }, None);
        }
    }
    out.into()
}

/// Appends a block to `out`. The type `message` is the default and gets no `event` field.
pub fn write_block(out: &mut Vec<u8>, kind: &str, data: &impl Serialize, id: Option<EventId>) {
    let start = out.len();
    let written = write_fields(out, kind, data, id);
    // Writing to a `Vec` cannot fail, and plain data always has a JSON form.
    if let Err(error) = written {
        out.truncate(start);
        tracing::error!(%error, kind, "encoding a block failed");
    }
}

fn write_fields(
    out: &mut Vec<u8>,
    kind: &str,
    data: &impl Serialize,
    id: Option<EventId>,
) -> std::io::Result<()> {
    if kind != MESSAGE {
        writeln!(out, "event: {kind}")?;
    }
    out.extend_from_slice(b"data: ");
    serde_json::to_writer(&mut *out, data)?;
    match id {
        Some(id) => write!(out, "\nid: {id}\n\n"),
        None => write!(out, "\n\n"),
    }
}
