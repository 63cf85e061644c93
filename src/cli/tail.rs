//! `tail`: prints each event as a line of JSON, and resumes after the last one that it printed.

use super::{
    Failure, SERVER_EXAMPLE,
    control::Controls,
    credentials::Token,
    cursor_file::CursorFile,
    follow::{Follow, Until},
    http,
    output::Output,
    stop::Stop,
};
use crate::model::ids::Cursor;
use clap::Args;
use reqwest::Url;
use std::path::PathBuf;

/// The stream to follow, and its start.
#[derive(Args, Debug)]
pub(super) struct Tail {
    #[arg(value_parser = http::parse_server, help = SERVER_EXAMPLE)]
    url: Url,
    /// Only this room (its slug); may be given several times. Default: all rooms that you may see
    #[arg(long, value_name = "ROOM")]
    room: Vec<String>,
    /// Start after this event: an id, `earliest` (all events) or `latest` (only new events)
    #[arg(long, value_name = "ID|earliest|latest", default_value = "latest", value_parser = parse_after)]
    after: Cursor,
    /// Store the cursor in this file, and resume from it; --after is used only if the file does not exist
    #[arg(long, value_name = "FILE")]
    cursor_file: Option<PathBuf>,
    /// Exit after the existing events
    #[arg(long)]
    no_follow: bool,
    /// Your token
    #[arg(long, env = "BACKSCROLL_TOKEN", hide_env_values = true)]
    token: Option<String>,
}

fn parse_after(text: &str) -> Result<Cursor, &'static str> {
    match Cursor::parse(text) {
        Cursor::Unreadable => Err("an id, `earliest` or `latest`"),
        cursor => Ok(cursor),
    }
}

pub(super) async fn run(tail: Tail) -> Result<(), Failure> {
    let (cursor_file, saved) = match &tail.cursor_file {
        Some(path) => CursorFile::open(path).map(|(file, saved)| (Some(file), saved))?,
        None => (None, None),
    };
    let follow = Follow {
        client: http::client(&tail.url)?,
        url: events_url(&tail),
        token: Token::from_argument(tail.token.as_deref())?,
        cursor: saved.or(match tail.after {
            Cursor::After(id) => Some(id),
            Cursor::Latest | Cursor::Unreadable => None,
        }),
        until: if tail.no_follow {
            Until::CaughtUp
        } else {
            Until::Stopped
        },
        output: Output::new(),
        cursor_file,
        stop: Stop::new()?,
        controls: Controls::default(),
        has_streamed: false,
    };
    follow.run().await
}

fn events_url(tail: &Tail) -> Url {
    let mut url = http::api(&tail.url, &["events"]);
    if !tail.room.is_empty() {
        url.query_pairs_mut()
            .extend_pairs(tail.room.iter().map(|room| ("room", room)));
    }
    url
}
