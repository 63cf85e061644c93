//! Pages of a long history: as JSON and as HTML, at the head and at random positions, with and without a valid entity
//! tag.

use super::{
    Bench, Case,
    archive::{Archive, scatter},
    many,
};
use crate::{
    Result,
    figures::{Column, Figures},
    limit::{
        sqlite::{Sqlite, pages as sqlite_pages},
        write_loop::{self, Sizes},
    },
    load::{
        Load,
        clock::{nanos, seconds},
        histogram::Histogram,
        requesters::{Compose, Plan},
    },
    process::Process,
    server::serve,
};
use std::io::Write as _;

const CONNECTIONS: [usize; 2] = [1, 16];
/// Number of pages that SQLite alone reads, which takes about a second.
const PAGES: u64 = 5_000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    History,
    Room,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    Head,
    /// The page before a random message.
    Random,
    /// The newest page, with its entity tag.
    Known,
}

pub(super) struct Outcome {
    pub(super) requests_a_second: f64,
    p50: f64,
    p99: f64,
    /// CPU time of the server per request, in microseconds.
    cpu: f64,
    size: usize,
}

pub(super) fn pages() -> Vec<Case> {
    let mut cases = Vec::new();
    for (kind, words) in [(Kind::History, "history API"), (Kind::Room, "room page")] {
        for (depth, place) in [
            (Depth::Random, "random depth"),
            (Depth::Head, "head"),
            (Depth::Known, "head, ETag known"),
        ] {
            cases.extend(CONNECTIONS.map(|connections| {
                let name = format!("{words}, {place}, {}", many(connections, "connection"));
                Case::maybe("pages", name, move |bench| {
                    measure(bench, kind, depth, connections)
                })
            }));
        }
    }
    cases
}

fn measure(bench: &Bench, kind: Kind, depth: Depth, connections: usize) -> Result<Option<Figures>> {
    let archive = bench.archive()?;
    let server = serve(bench.machine, &archive.db())?;
    let path = match kind {
        Kind::History => format!("/api/v1/rooms/{}/messages", archive.room),
        Kind::Room => format!("/rooms/{}", archive.room),
    };
    let tag = match depth {
        Depth::Known => match find_tag(bench, &server, &path)? {
            Some(tag) => Some(tag),
            None => return Ok(None),
        },
        _ => None,
    };
    let requests = || {
        requests(
            &path,
            (depth == Depth::Random).then_some(archive.messages),
            tag.clone(),
        )
    };
    let ours = fetch(bench, &server, connections, requests())?;
    drop(server);
    let answer = if tag.is_some() { 0 } else { ours.size };
    let bare = write_loop::start(
        bench.machine,
        Sizes {
            answer,
            ..Sizes::default()
        },
    )?;
    let bare = fetch(bench, &bare, connections, requests())?;
    let figures = Figures::default()
        .with(Column::Result, "", ours.requests_a_second, " requests/s")
        .with(Column::P50, "", ours.p50, "")
        .with(Column::P99, "", ours.p99, "")
        .with(Column::Cpu, "", ours.cpu, " µs a request")
        .with(Column::Beside, "", ours.size as f64 / 1024.0, " KiB each")
        .with_limit(
            "bare loop ",
            bare.requests_a_second,
            "/s",
            ours.requests_a_second,
        )
        .with_limit("", bare.cpu, " µs", ours.cpu);
    if depth == Depth::Random {
        with_sqlite(bench, archive, &ours, figures).map(Some)
    } else {
        Ok(Some(figures))
    }
}

/// Returns the entity tag of a page; `None` if it has none.
fn find_tag(bench: &Bench, server: &Process, path: &str) -> Result<Option<String>> {
    let mut load = Load::new(server.address(), bench.machine.is_divided())?;
    load.connect(1, 0, requests(path, None, None))?;
    load.ask(1)?;
    Ok(load.requesters.last_head.and_then(|head| head.etag))
}

/// Returns requests for a page: the newest, or one before a random message.
fn requests(path: &str, ids: Option<usize>, tag: Option<String>) -> Compose {
    let path = path.to_owned();
    let tag = tag
        .map(|tag| format!("If-None-Match: {tag}\r\n"))
        .unwrap_or_default();
    Box::new(move |out, turn| {
        let query = ids.map(|ids| {
            let id = random_id(ids, (turn.requester as u64) << 32 | u64::from(turn.number));
            format!("?before={id}")
        });
        let query = query.unwrap_or_default();
        // Writing to a `Vec` cannot fail.
        let _ = write!(
            out,
            "GET {path}{query} HTTP/1.1\r\nHost: localhost\r\n{tag}\r\n"
        );
    })
}

/// Returns a random id with a full page before it. Most ids are those of messages.
fn random_id(messages: usize, seed: u64) -> u64 {
    100 + scatter(seed) % messages as u64
}

pub(super) fn fetch(
    bench: &Bench,
    process: &Process,
    connections: usize,
    compose: Compose,
) -> Result<Outcome> {
    let mut load = Load::new(process.address(), bench.machine.is_divided())?;
    load.connect(connections, 0, compose)?;
    load.ask(200)?;
    load.requesters.latency = Histogram::default();
    let (answers, bytes) = (load.requesters.answers, load.requesters.bytes);
    let (cpu, start) = (process.cpu()?, load.clock.now());
    load.carry_out(Plan::ClosedLoop {
        left: u64::MAX,
        until: start + nanos(bench.arguments.time(2)),
    })?;
    let took = seconds(load.clock.now() - start);
    let count = load.requesters.answers - answers;
    Ok(Outcome {
        requests_a_second: count as f64 / took,
        p50: load.requesters.latency.quantile_ms(0.5),
        p99: load.requesters.latency.quantile_ms(0.99),
        cpu: (process.cpu()? - cpu) / count as f64,
        size: usize::try_from((load.requesters.bytes - bytes) / count.max(1))?,
    })
}

/// Adds the limit: SQLite alone reads as many pages, one after the other.
fn with_sqlite(
    bench: &Bench,
    archive: &Archive,
    ours: &Outcome,
    figures: Figures,
) -> Result<Figures> {
    let Some(mut sqlite) = Sqlite::open(bench.machine, &archive.db())? else {
        return Ok(figures);
    };
    let pages = if bench.arguments.quick {
        PAGES / 10
    } else {
        PAGES
    };
    let ids = (0..pages).map(|seed| random_id(archive.messages, seed));
    let spent = sqlite.run(&sqlite_pages(&archive.room, ids))?;
    let pages_a_second = pages as f64 / spent.time.as_secs_f64();
    let cpu = spent.cpu / pages as f64;
    Ok(figures
        .with_limit(
            "SQLite alone ",
            pages_a_second,
            "/s",
            ours.requests_a_second,
        )
        .with_limit("", cpu, " µs", ours.cpu))
}
