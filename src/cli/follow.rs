//! Following a stream for ever: connect, print, lose the connection, wait, resume after the cursor.

use super::{
    Failure,
    control::{Controls, is_control},
    cursor_file::CursorFile,
    failure::tell,
    http,
    line::line,
    output::{Closed, Output},
    pace::Pace,
    sse::{Block, Parser, is_event_stream},
    stop::Stop,
};
use crate::model::ids::{EventId, parse_id};
use reqwest::{Client, Response, StatusCode, Url, header};
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until, timeout};

/// A stream that is silent for longer is dead: the server says something every 15 s.
const SILENCE_MAX: Duration = Duration::from_mins(1);
/// How long a reader that does not read may hold up the end.
const LAST_WRITE: Duration = Duration::from_secs(2);

/// When following is over.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// Never by itself.
    Stopped,
    /// When everything that was there at the start was printed.
    CaughtUp,
}

/// Why a stream, or all of it, ended.
enum End {
    /// This connection; the next one resumes.
    Connection(String),
    /// As asked for: by a signal, by the reader, or because everything was printed.
    Done,
    /// For good.
    Failed(Failure),
}

impl From<Closed> for End {
    fn from(closed: Closed) -> Self {
        match closed {
            Closed::Reader => Self::Done,
            Closed::Failed(failure) => Self::Failed(failure),
        }
    }
}

/// One reader of one stream across all its connections.
pub(super) struct Follow {
    pub client: Client,
    pub url: Url,
    pub token: Option<String>,
    /// The last event that was printed or passed over; `None`: start at the head.
    pub cursor: Option<EventId>,
    pub until: Until,
    pub output: Output,
    pub cursor_file: Option<CursorFile>,
    pub stop: Stop,
    pub controls: Controls,
}

impl Follow {
    /// Follows until it is asked to stop. On a signal the cursor file ends exactly at the last line printed.
    pub(super) async fn run(mut self) -> Result<(), Failure> {
        let mut pace = Pace::default();
        let end = loop {
            match self.follow_once(&mut pace).await {
                End::Connection(reason) => {
                    let pause = pace.next_pause();
                    note(&format!("{reason}; again in {:.1} s", pause.as_secs_f64()));
                    if let Some(end) = self.rest(pause).await {
                        break end;
                    }
                }
                End::Done => break Ok(()),
                End::Failed(failure) => break Err(failure),
            }
        };
        let saved = self.cursor_file.as_mut().map_or(Ok(()), CursorFile::save);
        end.and(saved)
    }

    /// Waits out a pause; `Some`: the end came first.
    async fn rest(&mut self, pause: Duration) -> Option<Result<(), Failure>> {
        // The cursor is safe before anything else happens.
        if let Some(Err(failure)) = self.cursor_file.as_mut().map(CursorFile::save) {
            return Some(Err(failure));
        }
        tokio::select! {
            () = sleep(pause) => None,
            () = self.stop.asked() => Some(Ok(())),
            () = self.output.reader_gone() => Some(Ok(())),
        }
    }

    async fn follow_once(&mut self, pace: &mut Pace) -> End {
        let request = self.request();
        let answer = tokio::select! {
            answer = timeout(SILENCE_MAX, request.send()) => answer,
            () = self.stop.asked() => return End::Done,
            () = self.output.reader_gone() => return End::Done,
        };
        match answer {
            Ok(Ok(answer)) => match self.check_answer(answer, pace).await {
                Ok(stream) => self.read(stream, pace).await,
                Err(end) => end,
            },
            Ok(Err(error)) => {
                End::Connection(format!("cannot reach {}: {}", self.url, reason(error)))
            }
            Err(_) => End::Connection(format!(
                "no answer from {} for {} s",
                self.url,
                SILENCE_MAX.as_secs()
            )),
        }
    }

    fn request(&self) -> reqwest::RequestBuilder {
        let mut request = self
            .client
            .get(self.url.clone())
            .header(header::ACCEPT, "text/event-stream");
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(cursor) = self.cursor {
            request = request.header("last-event-id", cursor.to_string());
        }
        request
    }

    async fn check_answer(&self, answer: Response, pace: &mut Pace) -> Result<Response, End> {
        let status = answer.status();
        let kind = answer
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or_default();
        if status == StatusCode::OK && is_event_stream(kind) {
            return Ok(answer);
        }
        if let Some(wait) = http::retry_after(&answer) {
            pace.set_retry(wait);
        }
        if status == StatusCode::OK {
            return Err(End::Connection(format!(
                "{} sent {kind:?}, not an event stream",
                self.url
            )));
        }
        if !status.is_client_error() || matches!(status.as_u16(), 408 | 425 | 429) {
            return Err(End::Connection(format!("{} answered {status}", self.url)));
        }
        let words = http::refusal(status, &answer.bytes().await.unwrap_or_default());
        Err(End::Failed(Failure::refused(match status {
            StatusCode::UNAUTHORIZED => {
                format!("the server wants to know who reads: give a valid --token ({words})")
            }
            StatusCode::NOT_FOUND => format!(
                "there is no such stream at {}, or it is not for you ({words})",
                self.url
            ),
            _ => format!("the server refused with {status}: {words}"),
        })))
    }

    async fn read(&mut self, mut stream: Response, pace: &mut Pace) -> End {
        let (mut parser, mut blocks) = (Parser::default(), Vec::new());
        let mut silent_since = Instant::now();
        loop {
            let save_at = self.cursor_file.as_ref().and_then(CursorFile::due);
            let chunk = tokio::select! {
                chunk = stream.chunk() => chunk,
                () = sleep_until(save_at.unwrap_or(silent_since + SILENCE_MAX)), if save_at.is_some() => {
                    match self.cursor_file.as_mut().map_or(Ok(()), CursorFile::save) {
                        Ok(()) => continue,
                        Err(failure) => return End::Failed(failure),
                    }
                }
                () = sleep_until(silent_since + SILENCE_MAX) => {
                    return End::Connection(format!("silence for {} s", SILENCE_MAX.as_secs()));
                }
                () = self.stop.asked() => return End::Done,
                () = self.output.reader_gone() => return End::Done,
            };
            let bytes = match chunk {
                Ok(Some(bytes)) => bytes,
                Ok(None) => return End::Connection("the server ended the connection".into()),
                Err(error) => {
                    return End::Connection(format!("connection lost: {}", reason(error)));
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
                return End::Connection("what came is not an event stream of this kind".into());
            }
        }
    }

    /// Prints what these blocks say in one write, then moves the cursor.
    async fn take(&mut self, blocks: &mut Vec<Block>, pace: &mut Pace) -> Result<(), End> {
        let (mut lines, mut cursor, mut over) = (String::new(), self.cursor, false);
        for block in blocks.drain(..) {
            let id = block.id.as_deref().and_then(parse_id).map(EventId);
            let Some(data) = &block.data else { continue };
            pace.note_event();
            if is_control(&block.event) {
                let news = self.controls.read(&block.event, data, self.cursor);
                news.sentence.iter().for_each(|sentence| note(sentence));
                over |= news.is_caught_up;
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
                file.save().map_err(End::Failed)?;
            }
        }
        if over && self.until == Until::CaughtUp {
            Err(End::Done)
        } else {
            Ok(())
        }
    }

    /// Lets a write be finished also when asked to stop meanwhile, so that the output ends with a whole line.
    async fn print(&mut self, lines: &str) -> Result<(), End> {
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
            () = stuck => Err(End::Done),
        }
    }
}

fn reason(error: reqwest::Error) -> String {
    http::chain(&error.without_url())
}

fn note(text: &str) {
    tell(&format!("tail: {text}"));
}
