//! From a post to all its listeners: at a fixed rate, at the highest rate, one at a time, and beside many listeners in
//! other rooms.

use super::{
    Bench, Case,
    driving::{Shape, beside_the_loop, on_new_server},
};
use crate::{
    Result,
    figures::{Column, Figures},
    limit::sqlite::{Sqlite, commits},
    load::marker::TEXT,
    server::{Server, file_in},
};
use std::{iter, time::Duration};

/// Deliveries per second, for any number of streams.
const RATE: u64 = 20_000;
/// Posts per second that are sent one at a time.
const LATENCY_RATE: u64 = 50;
const STREAMS: [usize; 3] = [100, 1_000, 5_000];
const POSTERS: usize = 16;
const QUIET_STREAMS: usize = 5_000;

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
                rate: Some(LATENCY_RATE),
                time,
            };
            let (ours, bare) = beside_the_loop(bench, shape)?;
            let figures = Figures::default()
                .with(Column::Result, "", ours.posts_a_second, " posts/s")
                .with(Column::P50, "", ours.p50, "")
                .with(Column::P99, "", ours.p99, "")
                .with(Column::Cpu, "", ours.cpu_a_post, " µs a post")
                .with_limit("bare loop p50 ", bare.p50, " ms", ours.p50)
                .with_limit("p99 ", bare.p99, " ms", ours.p99)
                .with_limit("", bare.cpu_a_post, " µs", ours.cpu_a_post);
            let Some(commit) = commits_at_pace(bench)? else {
                return Ok(figures);
            };
            Ok(figures
                .with(Column::Beside, "p50 ", ours.p50 - commit, " ms")
                .with(
                    Column::Beside,
                    "p99 ",
                    ours.p99 - commit,
                    " ms more than a commit's median",
                )
                .with_limit("SQLite alone, a commit p50 ", commit, " ms", ours.p50))
        },
    );
    vec![case]
}

/// Returns the median time in milliseconds of a commit of one message at the same rate, without the time for the round
/// trip through the pipe to the command.
fn commits_at_pace(bench: &Bench) -> Result<Option<f64>> {
    let server = Server::start(bench.machine)?;
    server.join(1)?;
    let Server { process, folder } = server;
    drop(process);
    let Some(mut sqlite) = Sqlite::open(bench.machine, &file_in(folder.path()))? else {
        return Ok(None);
    };
    let count = bench.arguments.time(5).as_secs() as usize * LATENCY_RATE as usize;
    let every = Duration::from_secs(1) / LATENCY_RATE as u32;
    let script = commits(count, 1, &"x".repeat(TEXT));
    let commits = sqlite.run_at_pace(script.lines(), every)?;
    let nothing = sqlite.run_at_pace(iter::repeat_n("", count), every)?;
    Ok(Some(commits.quantile_ms(0.5) - nothing.quantile_ms(0.5)))
}

/// Cases that verify that traffic in one room does not wake readers of other rooms.
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
