//! Requests that are retried until Backscroll itself has answered.

use super::{
    Failure,
    answer::{Refusal, Unexpected, read_body},
    failure::tell,
    pace::random_pause,
};
use crate::error::chain;
use reqwest::{RequestBuilder, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::{collections::HashSet, time::Duration};
use tokio::time::{Instant, sleep};

/// Time limit for one request and its response.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);
/// Pause before the first retry; doubles with each retry.
const BACKOFF: Duration = Duration::from_millis(250);
/// Longest pause between two attempts, unless the server asks for more.
const BACKOFF_MAX: Duration = Duration::from_secs(10);

/// The reason why a request did not succeed.
#[derive(Debug)]
pub(super) enum Unsent {
    /// Backscroll refused it.
    Refused(Refusal),
    /// Backscroll did not answer.
    Failed(Failure),
}

impl From<Unsent> for Failure {
    fn from(unsent: Unsent) -> Self {
        match unsent {
            Unsent::Refused(Refusal { status, sentence }) => Self::refused(match status {
                StatusCode::UNAUTHORIZED => format!("the server refused the token: {sentence}"),
                _ => format!("the server refused: {sentence}"),
            }),
            Unsent::Failed(failure) => failure,
        }
    }
}

/// Sends a request until Backscroll grants or refuses it, and deserializes the response. Gives up after `patience`, at
/// a redirect, and at an error after which `is_harmless` does not allow a retry. Each reason to retry is printed to
/// standard error once.
pub(super) async fn send<T: DeserializeOwned>(
    request: RequestBuilder,
    patience: Duration,
    is_harmless: impl Fn(&reqwest::Error) -> bool,
) -> Result<T, Unsent> {
    let unreachable = |sentence| Err(Unsent::Failed(Failure::unreachable(sentence)));
    let (started, mut backoff) = (Instant::now(), BACKOFF);
    let mut told = HashSet::new();
    loop {
        let Some(attempt) = request.try_clone() else {
            return Err(Unsent::Failed(Failure::failed(
                "this request cannot be retried",
            )));
        };
        let (reason, retry_after) = match send_once(attempt).await {
            Ok(Ok(granted)) => return Ok(granted),
            Ok(Err(Unexpected::Refused(refusal))) => return Err(Unsent::Refused(refusal)),
            Ok(Err(Unexpected::Redirected(sentence))) => return unreachable(sentence),
            Ok(Err(Unexpected::Passing {
                reason,
                retry_after,
            })) => (reason, retry_after.unwrap_or_default()),
            Err(error) if is_harmless(&error) => (chain(&error), Duration::ZERO),
            Err(error) => return unreachable(chain(&error)),
        };
        let pause = retry_after + random_pause(Duration::ZERO, backoff);
        if started.elapsed() + pause > patience {
            let seconds = started.elapsed().as_secs_f64();
            return unreachable(format!("gave up after {seconds:.1} s: {reason}"));
        }
        if !told.contains(&reason) {
            tell(&format!(
                "post: {reason}; again in {:.1} s",
                pause.as_secs_f64()
            ));
            told.insert(reason);
        }
        sleep(pause).await;
        backoff = (backoff * 2).min(BACKOFF_MAX);
    }
}

async fn send_once<T: DeserializeOwned>(
    request: RequestBuilder,
) -> reqwest::Result<Result<T, Unexpected>> {
    let answer = request.timeout(REQUEST_TIMEOUT).send().await?;
    if !answer.status().is_success() {
        return Ok(Err(Unexpected::read(answer).await));
    }
    // A captive portal answers every request with 200.
    let not_ours = Unexpected::not_ours(&answer);
    let body = read_body(answer).await?;
    Ok(read_object(&body).ok_or(not_ours))
}

/// Deserializes a JSON object. Without the intermediate map, serde would accept an array for a struct.
fn read_object<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    let fields: Map<String, Value> = serde_json::from_slice(body).ok()?;
    serde_json::from_value(Value::Object(fields)).ok()
}
