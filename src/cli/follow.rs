//! Following a stream: connect, print events, and after a lost connection wait and resume after the cursor.

use super::{
    Failure,
    answer::{Refusal, Unexpected},
    control::{Controls, is_control},
    credentials::Token,
    cursor_file::CursorFile,
    failure::tell,
    line::line,
    output::{Closed, Output},
    pace::Pace,
    sse::{Block, Parser, is_event_stream},
    stop::Stop,
};
use crate::{
    error::chain,
    model::ids::{EventId, parse_id},
};
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url, header};
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until, timeout};

/// Time without a block after which a connection counts as lost: the server sends a `ping` every 15 s.
const SILENCE_MAX: Duration = Duration::from_mins(1);
/// Greatest delay of the end of the process by a reader of standard output that has stalled.
const LAST_WRITE: Duration = Duration::from_secs(2);

/// The condition under which following ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// Only when the process is asked to stop.
    Stopped,
    /// When everything that existed at the start was printed.
    CaughtUp,
}

/// The reason why a connection ended.
enum FollowEnd {
    /// A temporary error with a description; the next connection resumes.
    Connection(String),
    /// Following has ended as requested: by a signal, by a closed standard output, or because everything was printed.
    Done,
    /// Following has ended, because another attempt would fail as well.
    Failed(Failure),
}

impl From<Closed> for FollowEnd {
    fn from(closed: Closed) -> Self {
        match closed {
            Closed::Reader => Self::Done,
            Closed::Failed(failure) => Self::Failed(failure),
        }
    }
}

/// A follower of one stream across all its connections.
pub(super) struct Follow {
    pub client: Client,
    pub url: Url,
    pub token: Option<Token>,
    /// The last event that was printed or skipped; `None` starts at the head.
    pub cursor: Option<EventId>,
    pub until: Until,
    pub output: Output,
    pub cursor_file: Option<CursorFile>,
    pub stop: Stop,
    pub controls: Controls,
    /// Whether the address has ever answered with a stream. Then it is the right address, and other answers are
    /// temporary errors.
    pub has_streamed: bool,
}

impl Follow {
    /// Follows until the process is asked to stop. At the end the cursor file contains the id of the last line printed.
    pub(super) async fn run(mut self) -> Result<(), Failure> {
        let mut pace = Pace::default();
        let end = loop {
            match self.follow_once(&mut pace).await {
                FollowEnd::Connection(reason) => {
                    let pause = pace.next_pause();
                    note(&format!(
                        "{reason}; retrying in {:.1} s",
                        pause.as_secs_f64()
                    ));
                    if let Some(end) = self.rest(pause).await {
                        break end;
                    }
                }
                FollowEnd::Done => break Ok(()),
                FollowEnd::Failed(failure) => break Err(failure),
            }
        };
        let saved = self.cursor_file.as_mut().map_or(Ok(()), CursorFile::save);
        end.and(saved)
    }

    /// Waits for the pause to pass. Returns `Some` if following ended earlier.
    async fn rest(&mut self, pause: Duration) -> Option<Result<(), Failure>> {
        // Save the cursor first, because the pause may be long.
        if let Some(Err(failure)) = self.cursor_file.as_mut().map(CursorFile::save) {
            return Some(Err(failure));
        }
        tokio::select! {
            () = sleep(pause) => None,
            () = self.stop.asked() => Some(Ok(())),
            () = self.output.reader_gone() => Some(Ok(())),
        }
    }

    async fn follow_once(&mut self, pace: &mut Pace) -> FollowEnd {
        let request = self.request();
        let opened = tokio::select! {
            opened = timeout(SILENCE_MAX, open(request)) => opened,
            () = self.stop.asked() => return FollowEnd::Done,
            () = self.output.reader_gone() => return FollowEnd::Done,
        };
        match opened {
            Ok(Ok(Ok(stream))) => {
                self.has_streamed = true;
                self.read(stream, pace).await
            }
            Ok(Ok(Err(answer))) => self.end_of(answer, pace),
            Ok(Err(error)) => {
                FollowEnd::Connection(format!("cannot reach {}: {}", self.url, reason(error)))
            }
            Err(_) => FollowEnd::Connection(format!(
                "no response from {} within {} s",
                self.url,
                SILENCE_MAX.as_secs()
            )),
        }
    }

    /// Decides whether to retry after a response that is not a stream.
    fn end_of(&self, answer: Unexpected, pace: &mut Pace) -> FollowEnd {
        match answer {
            Unexpected::Passing {
                reason,
                retry_after,
            } => {
                pace.set_retry_after(retry_after.unwrap_or_default());
                FollowEnd::Connection(reason)
            }
            Unexpected::Redirected(sentence) if self.has_streamed => {
                FollowEnd::Connection(sentence)
            }
            Unexpected::Redirected(sentence) => FollowEnd::Failed(Failure::unreachable(sentence)),
            Unexpected::Refused(refusal) => FollowEnd::Failed(self.refused(&refusal)),
        }
    }

    fn refused(&self, Refusal { status, sentence }: &Refusal) -> Failure {
        Failure::refused(match *status {
            StatusCode::UNAUTHORIZED => {
                format!("the server requires a valid --token ({sentence})")
            }
            StatusCode::NOT_FOUND => format!(
                "no such stream at {}, or you may not read it ({sentence})",
                self.url
            ),
            status => format!("the server refused with {status}: {sentence}"),
        })
    }

    fn request(&self) -> RequestBuilder {
        let mut request = self
            .client
            .get(self.url.clone())
            .header(header::ACCEPT, "text/event-stream");
        if let Some(token) = &self.token {
            request = request.bearer_auth(token.as_str());
        }
        if let Some(cursor) = self.cursor {
            request = request.header("last-event-id", cursor.to_string());
        }
        request
    }

    async fn read(&mut self, mut stream: Response, pace: &mut Pace) -> FollowEnd {
        let (mut parser, mut blocks) = (Parser::default(), Vec::new());
        let mut silent_since = Instant::now();
        loop {
            let save_at = self.cursor_file.as_ref().and_then(CursorFile::due);
            let chunk = tokio::select! {
                chunk = stream.chunk() => chunk,
                () = sleep_until(save_at.unwrap_or(silent_since + SILENCE_MAX)), if save_at.is_some() => {
                    match self.cursor_file.as_mut().map_or(Ok(()), CursorFile::save) {
                        Ok(()) => continue,
                        Err(failure) => return FollowEnd::Failed(failure),
                    }
                }
                () = sleep_until(silent_since + SILENCE_MAX) => {
                    return FollowEnd::Connection(format!("nothing received for {} s", SILENCE_MAX.as_secs()));
                }
                () = self.stop.asked() => return FollowEnd::Done,
                () = self.output.reader_gone() => return FollowEnd::Done,
            };
            let bytes = match chunk {
                Ok(Some(bytes)) => bytes,
                Ok(None) => {
                    return FollowEnd::Connection("the server closed the connection".into());
                }
                Err(error) => {
                    return FollowEnd::Connection(format!("connection lost: {}", reason(error)));
                }
            };
            let parsed = parser.push(&bytes, &mut blocks);
            if let Some(retry) = parser.take_retry() {
                pace.set_retry(Duration::from_millis(retry));
            }
            if !blocks.is_empty() {
                silent_since = Instant::now();
                if let Err(end) = self.take(&mut blocks, pace).await {
                    return end;
                }
            }
            if parsed.is_err() {
                return FollowEnd::Connection(
                    "a line or an event of the stream is longer than 16 MiB".into(),
                );
            }
        }
    }

    /// Prints the events of the blocks in one write, then advances the cursor.
    async fn take(&mut self, blocks: &mut Vec<Block>, pace: &mut Pace) -> Result<(), FollowEnd> {
        let (mut lines, mut cursor, mut over) = (String::new(), self.cursor, false);
        for block in blocks.drain(..) {
            let id = block.id.as_deref().and_then(parse_id).map(EventId);
            let Some(data) = &block.data else { continue };
            pace.note_event();
            if is_control(&block.event) {
                let notice = self.controls.read(&block.event, data, self.cursor);
                notice.sentences.iter().for_each(|sentence| note(sentence));
                over |= notice.is_caught_up;
            } else if let Some(id) = id {
                lines.push_str(&line(&block.event, id, data));
            }
            cursor = id.or(cursor);
        }
        self.print(&lines).await?;
        self.cursor = cursor;
        if let (Some(file), Some(cursor)) = (&mut self.cursor_file, cursor) {
            file.set(cursor);
            if file.due().is_some_and(|due| due <= Instant::now()) {
                file.save().map_err(FollowEnd::Failed)?;
            }
        }
        if over && self.until == Until::CaughtUp {
            Err(FollowEnd::Done)
        } else {
            Ok(())
        }
    }

    /// Prints whole lines. If the process is asked to stop, a write in progress may take another 2 s.
    async fn print(&mut self, lines: &str) -> Result<(), FollowEnd> {
        if lines.is_empty() {
            return Ok(());
        }
        let (output, stop) = (&mut self.output, &mut self.stop);
        let stuck = async {
            stop.asked().await;
            sleep(LAST_WRITE).await;
        };
        tokio::select! {
            printed = output.print(lines) => Ok(printed?),
            () = stuck => Err(FollowEnd::Done),
        }
    }
}

/// Requests a stream, and checks that the response is one.
async fn open(request: RequestBuilder) -> reqwest::Result<Result<Response, Unexpected>> {
    let answer = request.send().await?;
    let content_type = answer.headers().get(header::CONTENT_TYPE);
    let is_stream = content_type
        .and_then(|value| value.to_str().ok())
        .is_some_and(is_event_stream);
    Ok(match answer.status() {
        StatusCode::OK if is_stream => Ok(answer),
        status if status.is_success() => Err(Unexpected::not_ours(&answer)),
        _ => Err(Unexpected::read(answer).await),
    })
}

fn reason(error: reqwest::Error) -> String {
    chain(&error.without_url())
}

fn note(text: &str) {
    tell(&format!("tail: {text}"));
}
