//! What others notice of an attack: posts while passwords are guessed, and pages during a flood of requests that the rate
//! limits refuse.

use super::{Bench, Case};
use crate::{
    Result,
    figures::{Column, Figures},
    load::{
        Load,
        flood::{Attempt, Flood, post},
        histogram::Histogram,
        requesters::{Compose, Plan},
    },
    process::Process,
    server::{Limits, Server, posts},
};
use std::{io::Write as _, time::Duration};

/// Number of guesses, each of which takes a hash.
const GUESSES: u64 = 1_000;
/// Number of requests that the rate limits refuse, but for the first ones.
const ATTEMPTS: u64 = 100_000;
const ATTACKERS: usize = 32;
/// Interval of the posts and pages of others, in nanoseconds.
const EVERY: u64 = 20_000_000;
/// The promise: a post takes less than this many times as long as without guesses.
const SLOWER_MAX: f64 = 2.0;
/// The promise: a page takes less than this, in milliseconds.
const PAGE_MAX: f64 = 20.0;

pub(super) fn attacks() -> Vec<Case> {
    vec![
        Case::new(
            "attacks",
            format!("posts beside {GUESSES} guesses"),
            guesses,
        ),
        Case::new(
            "attacks",
            format!("pages beside {ATTEMPTS} attempts"),
            flood,
        ),
    ]
}

/// The latencies of requests at a fixed rate.
struct Latency {
    p50: f64,
    p99: f64,
}

fn guesses(bench: &Bench) -> Result<Figures> {
    let server = Server::start_with(bench.machine, Limits::Off)?;
    let tokens = server.join(16)?;
    let guess: Attempt = |number| {
        let body = format!(
            r#"{{"handle":"poster{}","password":"guess {number}"}}"#,
            number % 16
        );
        post("/api/v1/sign-in", &body)
    };
    let compose = || posts(&tokens);
    let alone = beside(bench, &server.process, tokens.len(), compose(), None)?.0;
    let total = if bench.arguments.quick {
        GUESSES / 20
    } else {
        GUESSES
    };
    let (attacked, answered, _) = {
        let flood = Flood::start(server.address(), ATTACKERS, total, guess);
        beside(bench, &server.process, tokens.len(), compose(), Some(flood))?
    };
    Ok(Figures::default()
        .with(Column::Result, "", answered, " guesses answered")
        .with(Column::P50, "", attacked.p50, "")
        .with(Column::P99, "", attacked.p99, "")
        .with(Column::Beside, "alone p50 ", alone.p50, " ms")
        .with(Column::Beside, "p99 ", alone.p99, " ms")
        .with(Column::Beside, "p99 × ", attacked.p99 / alone.p99, "")
        .with(Column::Beside, "promised × ", SLOWER_MAX, ""))
}

fn flood(bench: &Bench) -> Result<Figures> {
    let server = Server::start_with(bench.machine, Limits::Default)?;
    server.join(1)?;
    let attempt: Attempt = |number| match number % 3 {
        0 => post("/api/v1/join", &format!(r#"{{"handle":"flood{number}"}}"#)),
        1 => post(
            "/api/v1/sign-in",
            r#"{"handle":"poster0","password":"a guess that is wrong"}"#,
        ),
        _ => post("/api/v1/rooms/general/messages", r#"{"body":"flood"}"#),
    };
    let page = || -> Compose {
        Box::new(|out, _| {
            // Writing to a `Vec` cannot fail.
            let _ = write!(
                out,
                "GET /rooms/general HTTP/1.1\r\nHost: localhost\r\n\r\n"
            );
        })
    };
    let alone = beside(bench, &server.process, 4, page(), None)?.0;
    let total = if bench.arguments.quick {
        ATTEMPTS / 20
    } else {
        ATTEMPTS
    };
    let flood = Flood::start(server.address(), ATTACKERS, total, attempt);
    let (attacked, answered, refused) = beside(bench, &server.process, 4, page(), Some(flood))?;
    Ok(Figures::default()
        .with(Column::Result, "", answered, " attempts answered")
        .with(Column::P50, "", attacked.p50, "")
        .with(Column::P99, "", attacked.p99, "")
        .with(Column::Beside, "refused ", refused, "")
        .with(Column::Beside, "alone p50 ", alone.p50, " ms")
        .with(Column::Beside, "p99 ", alone.p99, " ms")
        .with(Column::Beside, "promised ", PAGE_MAX, " ms"))
}

/// Sends requests at a fixed rate until the flood is over, or for some seconds without one. Returns their latencies, and
/// how many requests of the flood were answered and refused.
fn beside(
    bench: &Bench,
    process: &Process,
    connections: usize,
    compose: Compose,
    flood: Option<Flood>,
) -> Result<(Latency, f64, f64)> {
    // The attacker needs the generator's core as well.
    let mut load = Load::new(process.address(), false)?;
    load.connect(connections, 0, compose)?;
    load.ask(2 * connections as u64)?;
    load.requesters.latency = Histogram::default();
    let piece = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX) / EVERY;
    loop {
        let time = match &flood {
            None => bench.arguments.time(5),
            Some(_) => Duration::from_millis(500),
        };
        let start = load.clock.now();
        load.carry_out(Plan::OpenLoop {
            start,
            every: EVERY,
            sent: 0,
            total: piece(time),
        })?;
        if flood.as_ref().is_none_or(Flood::is_over) {
            break;
        }
    }
    let latency = Latency {
        p50: load.requesters.latency.quantile_ms(0.5),
        p99: load.requesters.latency.quantile_ms(0.99),
    };
    let (answered, refused) = flood.map_or(Ok((0, 0)), Flood::finish)?;
    Ok((latency, answered as f64, refused as f64))
}
