//! Posts at a given rate to a number of streams, and their cost, on the server and on the bare loop.

use super::Bench;
use crate::{
    Result,
    limit::write_loop::{self, Sizes},
    load::{
        Load,
        clock::{nanos, seconds},
        histogram::Histogram,
        requesters::Plan,
    },
    process::Process,
    server::{Server, posts, stream_request},
};
use std::time::Duration;

/// Number of posts before the measurement, so that buffers are allocated.
const WARM: u64 = 10;
const QUIET_ROOMS: usize = 50;

/// The numbers of listeners and posters, and the rate.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    pub(super) streams: usize,
    /// Number of streams in quiet rooms.
    pub(super) quiet: usize,
    pub(super) posters: usize,
    /// Posts per second; `None` posts as soon as the previous response is complete.
    pub(super) rate: Option<u64>,
    pub(super) time: Duration,
}

pub(super) struct Outcome {
    pub(super) deliveries_a_second: f64,
    pub(super) posts_a_second: f64,
    pub(super) p50: f64,
    pub(super) p99: f64,
    /// CPU time of the server per delivery, in microseconds.
    pub(super) cpu_a_delivery: f64,
    pub(super) cpu_a_post: f64,
    pub(super) bytes_a_delivery: f64,
    /// The share of time in which the generator had work to do.
    pub(super) busy: f64,
}

/// Measures the server, and the bare loop, which writes as many bytes.
pub(super) fn beside_the_loop(bench: &Bench, shape: Shape) -> Result<(Outcome, Outcome)> {
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

pub(super) fn on_new_server(bench: &Bench, shape: Shape) -> Result<Outcome> {
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
    let (deliveries, answers) = (load.readers.ledger.received(), load.requesters.answers);
    let (bytes, busy, cpu) = (load.readers.bytes, load.busy, process.cpu()?);
    let start = load.clock.now();
    load.carry_out(match rate {
        Some(rate) => Plan::OpenLoop {
            start,
            every: 1_000_000_000 / rate,
            sent: 0,
            total: rate * nanos(time) / 1_000_000_000,
        },
        None => Plan::ClosedLoop {
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
    let posts = (load.requesters.answers - answers) as f64;
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
