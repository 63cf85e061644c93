//! Following a stream for ever: connect, print, lose the connection, wait, resume after the cursor.

use super::{
    Failure,
    cursor_file::CursorFile,
    http::{self, random_between},
    output::{Closed, Output},
    sse::{Block, Parser},
    stop::Stop,
    tail::line,
};
use crate::model::ids::{EventId, parse_id};
use reqwest::{Client, Response, StatusCode, Url, header};
use serde_json::Value;
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until, timeout};

/// A stream that is silent for longer is dead: the server says something every 15 s.
const SILENCE_MAX: Duration = Duration::from_mins(1);
/// Before the server has named another one.
const RETRY: Duration = Duration::from_secs(1);
/// Between two attempts, unless the server itself asks for more.
const BACKOFF_MAX: Duration = Duration::from_secs(30);
/// What a server may ask for.
const RETRY_MAX: Duration = Duration::from_mins(10);
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
}

/// What is known between two connections.
struct Pace {
    /// What the server asked clients to wait before they come back.
    retry: Duration,
    /// Attempts since the last event arrived.
    failures: u32,
    /// The name of the log that is being followed.
    log: Option<String>,
}

impl Follow {
    /// Follows until it is asked to stop. On a signal the cursor file ends exactly at the last line printed.
    pub(super) async fn run(mut self) -> Result<(), Failure> {
        let mut pace = Pace {
            retry: RETRY,
            failures: 0,
            log: None,
        };
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
        if status == StatusCode::OK && kind.starts_with("text/event-stream") {
            return Ok(answer);
        }
        if let Some(wait) = http::retry_after(&answer) {
            pace.retry = wait.min(RETRY_MAX);
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
            if let Some(retry) = block.retry {
                pace.retry = Duration::from_millis(retry).min(RETRY_MAX);
            }
            let id = block.id.as_deref().and_then(parse_id).map(EventId);
            let Some(data) = &block.data else { continue };
            pace.failures = 0;
            if is_control(&block.event) {
                over |= self.note_control(&block.event, data, pace);
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

    /// Tells of a control event; `true`: everything that was there has been sent.
    fn note_control(&self, event: &str, data: &str, pace: &mut Pace) -> bool {
        let data: Value = serde_json::from_str(data).unwrap_or_default();
        match event {
            "hello" => self.note_hello(&data, pace),
            "caught-up" => {
                let [id, messages, edits, deletes] =
                    ["id", "messages", "edits", "deletes"].map(|name| &data[name]);
                note(&format!(
                    "caught-up at {id}: {messages} messages, {edits} edits, {deletes} deletes"
                ));
                true
            }
            "bye" => {
                note(&format!(
                    "the server says bye: {}",
                    data["reason"].as_str().unwrap_or("no reason given")
                ));
                false
            }
            _ => false,
        }
    }

    fn note_hello(&self, hello: &Value, pace: &mut Pace) -> bool {
        let (from, head) = (&hello["from"], &hello["head"]);
        let log = hello["log"].as_str().map(str::to_owned);
        if pace.log.is_some() && pace.log != log {
            note("this is another log than before: the database was replaced");
        }
        pace.log = log;
        let outcome = hello["outcome"].as_str().unwrap_or_default();
        note(&match (outcome, self.cursor) {
            ("replay", _) => format!("replay of what follows {from}, up to {head} and on"),
            ("gap", Some(lost)) => {
                format!("gap: too much happened after {lost}; what came up to {head} was left out")
            }
            ("reset", Some(lost)) => {
                format!(
                    "reset: this log knows no event {lost} (a backup was restored, perhaps); going on after {head}"
                )
            }
            _ => format!("live from {head}"),
        });
        outcome != "replay"
    }
}

impl Pace {
    /// What the server asked for at first; then a random time up to twice as much with every failure.
    fn next_pause(&mut self) -> Duration {
        let most = self
            .retry
            .saturating_mul(1 << self.failures.min(10))
            .min(BACKOFF_MAX.max(self.retry));
        self.failures += 1;
        random_between(self.retry.min(most), most)
    }
}

fn is_control(event: &str) -> bool {
    matches!(
        event,
        "hello" | "caught-up" | "ping" | "bye" | "typing" | "presence"
    )
}

fn reason(error: reqwest::Error) -> String {
    http::chain(&error.without_url())
}

fn note(text: &str) {
    eprintln!("backscroll tail: {text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_begin_as_the_server_asked_and_grow_to_a_limit() {
        let mut pace = Pace {
            retry: Duration::from_secs(2),
            failures: 0,
            log: None,
        };
        assert_eq!(pace.next_pause(), Duration::from_secs(2));
        for failure in 1..70 {
            let (pause, most) = (pace.next_pause(), 2u64.saturating_pow(failure + 1).min(30));
            assert!(
                pause >= Duration::from_secs(2) && pause <= Duration::from_secs(most),
                "{failure}: {pause:?}"
            );
        }
    }

    #[test]
    fn a_server_may_ask_for_a_longer_pause_than_ours() {
        let mut pace = Pace {
            retry: Duration::from_mins(2),
            failures: 9,
            log: None,
        };
        assert_eq!(pace.next_pause(), Duration::from_mins(2));
    }
}
