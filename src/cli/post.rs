//! `post`: posts a message once, however often the network makes it try.

use super::{
    Failure, SERVER_EXAMPLE,
    cursor_file::write_atomically,
    http::{self, random_between, random_nonce},
};
use bytes::Bytes;
use clap::Args;
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};
use serde_json::{Value, json};
use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader, stdin},
    time::{Instant, sleep},
};

/// What to post, where, and as whom.
#[derive(Args, Debug)]
pub(super) struct Post {
    #[arg(value_parser = http::parse_server, help = SERVER_EXAMPLE)]
    url: Url,
    /// The room (its slug)
    room: String,
    /// The message; `-`, or none at all, reads it from standard input
    text: Option<String>,
    /// Post each line of standard input as a message of its own; empty lines are left out
    #[arg(long, conflicts_with = "text")]
    lines: bool,
    /// Your token, if you have one
    #[arg(long, env = "BACKSCROLL_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Come in through the open door under this name first; a token is then not needed
    #[arg(long = "as", value_name = "HANDLE")]
    handle: Option<String>,
    /// Keep the token that --as gets in this file, and use it the next time
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Your own name for this message: posting it again under this name posts nothing. Made up where there is none
    #[arg(long)]
    nonce: Option<String>,
    /// Answer this message
    #[arg(long, value_name = "ID")]
    reply_to: Option<i64>,
    /// Stop trying after so long
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    give_up_after: u64,
}

/// For one request, answer included.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);
/// Before the first repetition; doubles from there.
const BACKOFF: Duration = Duration::from_millis(250);
/// Between two attempts, unless the server itself asks for more.
const BACKOFF_MAX: Duration = Duration::from_secs(10);

/// Somebody who may post, and where.
struct Poster {
    client: Client,
    messages: Url,
    token: String,
    reply_to: Option<i64>,
    patience: Duration,
}

pub(super) async fn run(post: Post) -> Result<(), Failure> {
    let client = http::client(&post.url)?;
    let poster = Poster {
        token: find_token(&client, &post).await?,
        client,
        messages: http::api(&post.url, &["rooms", &post.room, "messages"]),
        reply_to: post.reply_to,
        patience: Duration::from_secs(post.give_up_after),
    };
    let nonce = post.nonce.unwrap_or_else(random_nonce);
    if post.lines {
        return poster.post_lines(&nonce).await;
    }
    let body = match post.text {
        Some(text) if text != "-" => text,
        _ => read_stdin().await?,
    };
    poster.post(&body, &nonce).await
}

async fn read_stdin() -> Result<String, Failure> {
    let mut text = String::new();
    stdin()
        .read_to_string(&mut text)
        .await
        .map_err(|error| unreadable(&error))?;
    // As a shell takes the output of a command: the last end of line is not part of it.
    let len = text.trim_end_matches(['\r', '\n']).len();
    text.truncate(len);
    Ok(text)
}

fn unreadable(error: &std::io::Error) -> Failure {
    Failure::failed(format!("cannot read standard input: {error}"))
}

/// The token given, kept, or got by joining; in this order.
async fn find_token(client: &Client, post: &Post) -> Result<String, Failure> {
    let kept = post
        .token_file
        .as_deref()
        .map(read_token)
        .transpose()?
        .flatten();
    let given = if post.handle.is_some() {
        kept
    } else {
        post.token.clone().or(kept)
    };
    match (given, &post.handle) {
        (Some(token), _) => Ok(token),
        (None, Some(handle)) => {
            let token = join(client, post, handle).await?;
            match &post.token_file {
                Some(file) => keep_token(file, &token).map(|()| token),
                None => Ok(token),
            }
        }
        (None, None) => Err(Failure::usage(
            "who posts? Give --token (or BACKSCROLL_TOKEN), or --as HANDLE to come in through the open door",
        )),
    }
}

fn read_token(file: &Path) -> Result<Option<String>, Failure> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(text.trim().to_owned()).filter(|token| !token.is_empty())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::failed(format!(
            "cannot read {}: {error}",
            file.display()
        ))),
    }
}

fn keep_token(file: &Path, token: &str) -> Result<(), Failure> {
    let owner_alone = 0o600;
    write_atomically(file, &format!("{token}\n"), owner_alone)
        .map_err(|error| Failure::failed(format!("cannot write {}: {error}", file.display())))
}

async fn join(client: &Client, post: &Post, handle: &str) -> Result<String, Failure> {
    let request = client
        .post(http::api(&post.url, &["join"]))
        .json(&json!({ "handle": handle }));
    // Joining twice would find the name taken by ourselves: only what surely did nothing is tried again.
    let answer = send(
        request,
        Duration::from_secs(post.give_up_after),
        reqwest::Error::is_connect,
    )
    .await?;
    if answer.status == StatusCode::CONFLICT {
        return Err(Failure::refused(format!(
            "the name {handle} is taken; pick another one, or give its --token"
        )));
    }
    let joined = answer.accepted()?;
    let token = joined["token"].as_str().map(str::to_owned);
    token.ok_or_else(|| Failure::failed("the server let us in, but gave no token"))
}

impl Poster {
    async fn post_lines(&self, nonce: &str) -> Result<(), Failure> {
        let mut lines = BufReader::new(stdin()).lines();
        let mut number = 0u64;
        while let Some(line) = lines
            .next_line()
            .await
            .map_err(|error| unreadable(&error))?
        {
            number += 1;
            if !line.trim().is_empty() {
                self.post(&line, &format!("{nonce}-{number}")).await?;
            }
        }
        Ok(())
    }

    /// Posts one message and prints its id.
    async fn post(&self, body: &str, nonce: &str) -> Result<(), Failure> {
        let body = body.replace("\r\n", "\n").replace('\r', "\n");
        let message = json!({ "body": body, "nonce": nonce, "reply_to": self.reply_to });
        let request = self
            .client
            .post(self.messages.clone())
            .bearer_auth(&self.token)
            .json(&message);
        // The nonce makes every repetition harmless, whatever became of the request.
        let answer = send(request, self.patience, |_| true).await?;
        let posted = answer.accepted()?;
        super::print(&format!("{}\n", posted["id"]))
    }
}

/// An answer, read to its end.
struct Answer {
    status: StatusCode,
    retry_after: Option<Duration>,
    body: Bytes,
}

impl Answer {
    async fn read(answer: Response) -> Result<Self, reqwest::Error> {
        let (status, retry_after) = (answer.status(), http::retry_after(&answer));
        Ok(Self {
            status,
            retry_after,
            body: answer.bytes().await?,
        })
    }

    /// A passing state of the server, or of a proxy before it.
    fn is_not_now(&self) -> bool {
        matches!(
            self.status.as_u16(),
            408 | 425 | 429 | 500 | 502 | 503 | 504
        )
    }

    fn accepted(&self) -> Result<Value, Failure> {
        if !self.status.is_success() {
            return Err(Failure::refused(format!(
                "the server refused: {}",
                http::refusal(self.status, &self.body)
            )));
        }
        serde_json::from_slice(&self.body)
            .map_err(|_| Failure::failed("what answered is not a Backscroll server"))
    }
}

/// Sends until there is an answer that is more than "not now".
async fn send(
    request: RequestBuilder,
    patience: Duration,
    is_harmless: impl Fn(&reqwest::Error) -> bool,
) -> Result<Answer, Failure> {
    let (started, mut backoff) = (Instant::now(), BACKOFF);
    loop {
        let attempt = request
            .try_clone()
            .ok_or_else(|| Failure::failed("this request cannot be repeated"))?;
        let answer = match attempt.timeout(REQUEST_TIMEOUT).send().await {
            Ok(answer) => Answer::read(answer).await,
            Err(error) => Err(error),
        };
        let (pause, why) = match answer {
            Ok(answer) if answer.is_not_now() => (
                answer.retry_after,
                format!("the server answered {}", answer.status),
            ),
            Ok(answer) => return Ok(answer),
            Err(error) if is_harmless(&error) => (None, http::chain(&error)),
            Err(error) => return Err(Failure::unreachable(http::chain(&error))),
        };
        let pause = pause.unwrap_or(Duration::ZERO) + random_between(Duration::ZERO, backoff);
        if started.elapsed() + pause > patience {
            return Err(Failure::unreachable(format!(
                "gave up after {:.1} s: {why}",
                started.elapsed().as_secs_f64()
            )));
        }
        sleep(pause).await;
        backoff = (backoff * 2).min(BACKOFF_MAX);
    }
}
