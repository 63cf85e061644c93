//! From a post to everybody who listens: at a fixed rate, as fast as it goes, one at a time, and beside many who
//! listen elsewhere.

use super::{Bench, Case};
use crate::{
    Result,
    figures::{Column, Figures},
    limit::{
        disk,
        write_loop::{self, Sizes},
    },
    load::{
        Load,
        askers::Plan,
        clock::{nanos, seconds},
        histogram::Histogram,
    },
    process::Process,
    server::{Server, folder, posts, stream_request},
};
use std::time::Duration;

/// Deliveries a second, whatever the number of streams.
const RATE: u64 = 20_000;
const STREAMS: [usize; 3] = [100, 1_000, 5_000];
const POSTERS: usize = 16;
/// Posts before anything is measured, so that buffers are there.
const WARM: u64 = 10;
const QUIET_ROOMS: usize = 50;
const QUIET_STREAMS: usize = 5_000;

/// Who listens, who posts, and how fast.
#[derive(Clone, Copy)]
struct Shape {
    streams: usize,
    /// Streams in rooms in which nothing happens.
    quiet: usize,
    posters: usize,
    /// Posts a second; `None`: as fast as they are answered.
    rate: Option<u64>,
    time: Duration,
}

struct Outcome {
    deliveries_a_second: f64,
    posts_a_second: f64,
    p50: f64,
    p99: f64,
    /// Microseconds of the server's time.
    cpu_a_delivery: f64,
    cpu_a_post: f64,
    bytes_a_delivery: f64,
    /// The generator's share of the time in which it had something to do.
    busy: f64,
}

pub(super) fn fan_out() -> Vec<Case> {
    let case = |streams: usize| {
        let rate = RATE / streams as u64;
        Case::new(
            "fanout",
            format!("{streams} streams, {rate} posts/s"),
            move |bench| {
                let time = bench.arguments.time(10);
                let shape = Shape {
                    streams,
                    quiet: 0,
                    posters: POSTERS,
                    rate: Some(rate),
                    time,
                };
                let (ours, bare) = beside_the_loop(bench, shape)?;
                Ok(Figures::default()
                    .with(
                        Column::Result,
                        "",
                        ours.deliveries_a_second,
                        " deliveries/s",
                    )
                    .with(Column::P50, "", ours.p50, "")
                    .with(Column::P99, "", ours.p99, "")
                    .with(Column::Cpu, "", ours.cpu_a_delivery, " µs a delivery")
                    .with_limit(
                        "bare loop ",
                        bare.cpu_a_delivery,
                        " µs",
                        ours.cpu_a_delivery,
                    )
                    .with_limit("p50 ", bare.p50, " ms", ours.p50)
                    .with_limit("p99 ", bare.p99, " ms", ours.p99))
            },
        )
    };
    STREAMS.map(case).into()
}

pub(super) fn saturation() -> Vec<Case> {
    let case = |streams: usize| {
        Case::new(
            "saturation",
            format!("{streams} streams, {POSTERS} posters"),
            move |bench| {
                let time = bench.arguments.time(5);
                let shape = Shape {
                    streams,
                    quiet: 0,
                    posters: POSTERS,
                    rate: None,
                    time,
                };
                let (ours, bare) = beside_the_loop(bench, shape)?;
                Ok(Figures::default()
                    .with(
                        Column::Result,
                        "",
                        ours.deliveries_a_second,
                        " deliveries/s",
                    )
                    .with(Column::P50, "", ours.p50, "")
                    .with(Column::P99, "", ours.p99, "")
                    .with(Column::Cpu, "", ours.cpu_a_delivery, " µs a delivery")
                    .with(Column::Beside, "", ours.posts_a_second, " posts/s")
                    .with(Column::Beside, "generator busy ", ours.busy * 100.0, " %")
                    .with_limit(
                        "bare loop ",
                        bare.deliveries_a_second,
                        " deliveries/s",
                        ours.deliveries_a_second,
                    )
                    .with_limit("", bare.cpu_a_delivery, " µs", ours.cpu_a_delivery))
            },
        )
    };
    STREAMS.map(case).into()
}

pub(super) fn latency() -> Vec<Case> {
    let case = Case::new(
        "latency",
        "100 streams, one post at a time, 50/s",
        |bench| {
            let time = bench.arguments.time(10);
            let shape = Shape {
                streams: 100,
                quiet: 0,
                posters: 1,
                rate: Some(50),
                time,
            };
            let (ours, bare) = beside_the_loop(bench, shape)?;
            let (folder, time) = (folder()?, bench.arguments.time(1));
            let synced = bench
                .machine
                .on_server_core(|| disk::synced_writes(folder.path(), time))?;
            Ok(Figures::default()
                .with(Column::Result, "", ours.posts_a_second, " posts/s")
                .with(Column::P50, "", ours.p50, "")
                .with(Column::P99, "", ours.p99, "")
                .with(Column::Cpu, "", ours.cpu_a_post, " µs a post")
                .with_limit("bare loop p50 ", bare.p50, " ms", ours.p50)
                .with_limit("p99 ", bare.p99, " ms", ours.p99)
                .with_limit("", bare.cpu_a_post, " µs", ours.cpu_a_post)
                .with_limit("fdatasync ", 1e3 / synced, " ms", ours.p50))
        },
    );
    vec![case]
}

/// A reader in a quiet room must not be woken by a busy one.
pub(super) fn quiet_rooms() -> Vec<Case> {
    let case = Case::new(
        "quiet",
        "10 streams at 200 posts/s, beside 5,000 in 50 quiet rooms",
        |bench| {
            let time = bench.arguments.time(5);
            let shape = Shape {
                streams: 10,
                quiet: 0,
                posters: POSTERS,
                rate: Some(200),
                time,
            };
            let alone = on_new_server(bench, shape)?;
            let beside = on_new_server(
                bench,
                Shape {
                    quiet: QUIET_STREAMS,
                    ..shape
                },
            )?;
            Ok(Figures::default()
                .with(
                    Column::Result,
                    "",
                    beside.cpu_a_post / alone.cpu_a_post,
                    " × the CPU of 10 streams alone",
                )
                .with(Column::P50, "", beside.p50, "")
                .with(Column::P99, "", beside.p99, "")
                .with(Column::Cpu, "", beside.cpu_a_post, " µs a post")
                .with(Column::Beside, "alone ", alone.cpu_a_post, " µs")
                .with(Column::Beside, "p50 ", alone.p50, " ms")
                .with(Column::Beside, "p99 ", alone.p99, " ms"))
        },
    );
    vec![case]
}

/// The same on the server and on the bare loop, which writes as many bytes.
fn beside_the_loop(bench: &Bench, shape: Shape) -> Result<(Outcome, Outcome)> {
    let ours = on_new_server(bench, shape)?;
    let message = ours.bytes_a_delivery.round() as usize;
    let bare = write_loop::start(
        bench.machine,
        Sizes {
            message,
            ..Sizes::default()
        },
    )?;
    let bare = deliver(bench, &bare, &vec![String::new(); shape.posters], shape)?;
    Ok((ours, bare))
}

fn on_new_server(bench: &Bench, shape: Shape) -> Result<Outcome> {
    let server = Server::start(bench.machine)?;
    let tokens = server.join(shape.posters)?;
    if shape.quiet > 0 {
        (0..QUIET_ROOMS).try_for_each(|room| server.make_room(&tokens[0], &quiet_room(room)))?;
    }
    deliver(bench, &server.process, &tokens, shape)
}

fn quiet_room(number: usize) -> String {
    format!("quiet-{}", number % QUIET_ROOMS)
}

fn deliver(bench: &Bench, process: &Process, tokens: &[String], shape: Shape) -> Result<Outcome> {
    let Shape {
        streams,
        quiet,
        rate,
        time,
        ..
    } = shape;
    let mut load = Load::new(process.address(), bench.machine.is_divided())?;
    load.open((0..streams).map(|_| stream_request("general", None)))?;
    load.open((0..quiet).map(|stream| stream_request(&quiet_room(stream), None)))?;
    load.connect(tokens.len(), streams, posts(tokens))?;
    load.ask(WARM)?;
    load.deliver(streams)?;
    load.rest(Duration::from_millis(300))?;

    load.readers.latency = Histogram::default();
    let (deliveries, answers) = (load.readers.ledger.received(), load.askers.answers);
    let (bytes, busy, cpu) = (load.readers.bytes, load.busy, process.cpu()?);
    let start = load.clock.now();
    load.carry_out(match rate {
        Some(rate) => Plan::Paced {
            start,
            every: 1_000_000_000 / rate,
            sent: 0,
            total: rate * nanos(time) / 1_000_000_000,
        },
        None => Plan::Hurried {
            left: u64::MAX,
            until: start + nanos(time),
        },
    })?;
    let posting = load.clock.now() - start;
    load.deliver(streams)?;

    let cpu = process.cpu()? - cpu;
    let took = load.readers.last_delivery - start;
    let took = seconds(if rate.is_some() {
        took.max(nanos(time))
    } else {
        took
    });
    let deliveries = (load.readers.ledger.received() - deliveries) as f64;
    let posts = (load.askers.answers - answers) as f64;
    Ok(Outcome {
        deliveries_a_second: deliveries / took,
        posts_a_second: posts / seconds(posting),
        p50: load.readers.latency.quantile_ms(0.5),
        p99: load.readers.latency.quantile_ms(0.99),
        cpu_a_delivery: cpu / deliveries,
        cpu_a_post: cpu / posts,
        bytes_a_delivery: (load.readers.bytes - bytes) as f64 / deliveries,
        busy: seconds(load.busy - busy) / took,
    })
}
