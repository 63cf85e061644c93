//! `post`: posts a message exactly once, whatever the number of attempts.

use super::{
    Failure, SERVER_EXAMPLE,
    answer::Refusal,
    credentials::{Credentials, Token},
    failure::tell,
    http,
    send::{Unsent, send},
};
use crate::{app::random_bytes, model::text::with_unix_lines};
use clap::Args;
use reqwest::{Client, Url};
use serde::Deserialize;
use serde_json::json;
use std::{io, time::Duration};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader, stdin};

/// The message to post, its room and its author.
#[derive(Args, Debug)]
pub(super) struct Post {
    #[arg(value_parser = http::parse_server, help = SERVER_EXAMPLE)]
    url: Url,
    /// The room (its slug)
    room: String,
    /// The message; without it or with `-`, it is read from standard input
    text: Option<String>,
    /// Post each line of standard input as a separate message; empty lines are skipped, and lines that cannot be posted
    /// are reported by number
    #[arg(long, conflicts_with = "text")]
    lines: bool,
    /// With --lines: stop at the first line that cannot be posted
    #[arg(long, requires = "lines")]
    stop_on_error: bool,
    #[command(flatten)]
    credentials: Credentials,
    /// Identifies this message: posting again with the same nonce posts nothing. Random by default
    #[arg(long)]
    nonce: Option<String>,
    /// Reply to this message
    #[arg(long, value_name = "ID")]
    reply_to: Option<i64>,
    /// Post into the thread of this message
    #[arg(long, value_name = "ID")]
    thread: Option<i64>,
    /// Stop retrying after this time
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    give_up_after: u64,
}

/// Data shared by all messages of one run.
struct Poster {
    client: Client,
    messages: Url,
    token: Token,
    reply_to: Option<i64>,
    thread: Option<i64>,
    patience: Duration,
}

/// The part of the response that is printed.
#[derive(Deserialize)]
struct Posted {
    id: i64,
}

pub(super) async fn run(post: Post) -> Result<(), Failure> {
    let client = http::client(&post.url)?;
    let patience = Duration::from_secs(post.give_up_after);
    let poster = Poster {
        token: post.credentials.token(&client, &post.url, patience).await?,
        client,
        messages: http::api(&post.url, &["rooms", &post.room, "messages"]),
        reply_to: post.reply_to,
        thread: post.thread,
        patience,
    };
    let nonce = post.nonce.unwrap_or_else(random_nonce);
    if post.lines {
        return poster.post_lines(&nonce, post.stop_on_error).await;
    }
    let body = match post.text {
        Some(text) if text != "-" => text,
        _ => read_stdin().await?,
    };
    let id = poster.post(&body, &nonce).await?;
    super::print(&format!("{id}\n"))
}

async fn read_stdin() -> Result<String, Failure> {
    let mut input = String::new();
    stdin()
        .read_to_string(&mut input)
        .await
        .map_err(|error| unreadable(&error))?;
    // The last line end is removed, as a shell does with the output of a command.
    let text = without_bom(&input).trim_end_matches(['\r', '\n']);
    Ok(text.to_owned())
}

/// Returns the text without the byte order mark that some editors and Windows programs prepend.
fn without_bom(input: &str) -> &str {
    input.strip_prefix('\u{feff}').unwrap_or(input)
}

fn unreadable(error: &io::Error) -> Failure {
    Failure::failed(format!("cannot read standard input: {error}"))
}

/// Returns 128 random bits in hexadecimal.
fn random_nonce() -> String {
    format!("{:032x}", u128::from_le_bytes(random_bytes()))
}

/// The reason why a line was not posted.
enum LineError {
    /// An error of this line; other lines may be accepted.
    Line(String),
    /// An error of the server, the room or the account; no other line would be accepted.
    All(Failure),
}

impl From<Unsent> for LineError {
    fn from(unsent: Unsent) -> Self {
        match unsent {
            Unsent::Refused(refusal) if is_about_content(&refusal) => Self::Line(refusal.sentence),
            unsent => Self::All(unsent.into()),
        }
    }
}

/// Returns whether a refusal concerns the content of the message, rather than its author or room.
fn is_about_content(refusal: &Refusal) -> bool {
    matches!(refusal.status.as_u16(), 400 | 409 | 413 | 422)
}

impl Poster {
    /// Posts each line of standard input. The nonce of each line ends in the line number, so that posting the same
    /// input with the same nonce again posts nothing twice.
    async fn post_lines(&self, nonce: &str, stop_on_error: bool) -> Result<(), Failure> {
        let mut lines = BufReader::new(stdin()).split(b'\n');
        let (mut number, mut posted, mut failed) = (0u64, 0u64, 0u64);
        // If the reader of the ids ends, for instance `| head -1`, the remaining lines are still posted.
        let mut is_read = true;
        while let Some(line) = lines
            .next_segment()
            .await
            .map_err(|error| unreadable(&error))?
        {
            number += 1;
            match self.post_line(&line, number, nonce).await {
                Ok(None) => {}
                Ok(Some(id)) => {
                    posted += 1;
                    is_read = is_read && print_id(id)?;
                }
                Err(LineError::Line(sentence)) => {
                    failed += 1;
                    tell(&format!("line {number}: {sentence}"));
                    if stop_on_error {
                        break;
                    }
                }
                Err(LineError::All(failure)) => {
                    return Err(failure.in_context(
                        &format!("line {number}"),
                        &format!(
                            "Posting the same input with --nonce {nonce} continues from there"
                        ),
                    ));
                }
            }
        }
        if failed == 0 {
            return Ok(());
        }
        Err(Failure::fault(format!(
            "{posted} lines posted, {failed} failed"
        )))
    }

    /// Posts a line. Returns `None` if it is empty.
    async fn post_line(
        &self,
        line: &[u8],
        number: u64,
        nonce: &str,
    ) -> Result<Option<i64>, LineError> {
        let line = str::from_utf8(line).map_err(|_| LineError::Line("not valid UTF-8".into()))?;
        let line = if number == 1 { without_bom(line) } else { line };
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.trim().is_empty() {
            return Ok(None);
        }
        Ok(Some(self.post(line, &format!("{nonce}-{number}")).await?))
    }

    /// Posts one message and returns its id.
    async fn post(&self, body: &str, nonce: &str) -> Result<i64, Unsent> {
        let body = with_unix_lines(body.to_owned());
        let message = json!({
            "body": body,
            "nonce": nonce,
            "reply_to": self.reply_to,
            "thread": self.thread,
        });
        let request = self
            .client
            .post(self.messages.clone())
            .bearer_auth(self.token.as_str())
            .json(&message);
        // The nonce makes every retry safe, whatever happened to the request.
        let posted: Posted = send(request, self.patience, |_| true).await?;
        Ok(posted.id)
    }
}

/// Prints an id. Returns false if standard output is closed.
fn print_id(id: i64) -> Result<bool, Failure> {
    match super::print(&format!("{id}\n")) {
        Err(failure) if failure == Failure::reader_gone() => Ok(false),
        printed => printed.map(|()| true),
    }
}
