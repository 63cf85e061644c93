//! The memory of a stream while it is idle, before and after traffic.

use super::{Bench, Case};
use crate::{
    Result,
    figures::{Column, Figures},
    limit::write_loop::{self, Sizes},
    load::Load,
    process::Process,
    server::{Server, posts, stream_request},
};
use std::time::Duration;

const STREAMS: usize = 5_000;
const POSTS: u64 = 20;
/// Approximate size in bytes of a message on a stream, framing included.
const MESSAGE: usize = 460;

pub(super) fn idle() -> Vec<Case> {
    let case = Case::new("idle", format!("{STREAMS} streams"), |bench| {
        let server = Server::start(bench.machine)?;
        let ours = hold(bench, &server.process, &server.join(1)?)?;
        let bare = write_loop::start(
            bench.machine,
            Sizes {
                message: MESSAGE,
                ..Sizes::default()
            },
        )?;
        let bare = hold(bench, &bare, &[String::new()])?;
        Ok(Figures::default()
            .with(Column::Result, "", ours.idle, " KiB a stream")
            .with(Column::Cpu, "", ours.cpu, " µs to open one")
            .with(Column::Beside, "after traffic ", ours.after, " KiB")
            .with_limit("bare loop ", bare.idle, " KiB", ours.idle)
            .with_limit("after traffic ", bare.after, " KiB", ours.after)
            .with_limit("", bare.cpu, " µs", ours.cpu))
    });
    vec![case]
}

/// Cost per stream: resident memory in KiB, and CPU time in microseconds.
struct Held {
    idle: f64,
    after: f64,
    cpu: f64,
}

fn hold(bench: &Bench, process: &Process, tokens: &[String]) -> Result<Held> {
    let (memory, cpu) = (process.memory()?, process.cpu()?);
    let growth = || -> Result<f64> {
        Ok((process.memory()? as f64 - memory as f64) / 1024.0 / STREAMS as f64)
    };
    let mut load = Load::new(process.address(), bench.machine.is_divided())?;
    load.open((0..STREAMS).map(|_| stream_request("general", None)))?;
    let cpu = (process.cpu()? - cpu) / STREAMS as f64;
    load.rest(Duration::from_secs(1))?;
    let idle = growth()?;
    load.connect(1, STREAMS, posts(tokens))?;
    for _ in 0..POSTS {
        load.ask(1)?;
        load.deliver(STREAMS)?;
    }
    load.rest(Duration::from_millis(500))?;
    Ok(Held {
        idle,
        after: growth()?,
        cpu,
    })
}
