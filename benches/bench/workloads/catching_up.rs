//! Readers that reconnect: a thousand at once, and few that read everything.

use super::{Bench, Case, many};
use crate::{
    Result,
    figures::{Column, Figures},
    limit::write_loop::{self, Sizes},
    load::{Load, clock::seconds, marker::Marker},
    process::Process,
    server::{Server, file_in, folder, import, posts, serve, stream_request},
};
use std::{fs::File, io::Write as _, path::Path, time::Duration};

const STORM_STREAMS: usize = 1_000;
const MISSED: u64 = 100;
const HISTORY: u32 = 100_000;
const RECENT: u64 = 500;
const CLIENTS: [usize; 2] = [1, 10];

/// The cost of catching up.
struct Caught {
    milliseconds: f64,
    /// CPU time of the server per message and reader, in microseconds.
    cpu: f64,
    /// Increase of the peak of resident memory, in MiB.
    memory: f64,
    bytes_a_message: f64,
}

pub(super) fn storm() -> Vec<Case> {
    let case = Case::new(
        "storm",
        format!("{STORM_STREAMS} streams come back, {MISSED} messages missed"),
        |bench| {
            let server = Server::start(bench.machine)?;
            let ours = come_back(bench, &server.process, &server.join(1)?)?;
            drop(server);
            let bare = write_loop::start(bench.machine, sizes(&ours, 0))?;
            let bare = come_back(bench, &bare, &[String::new()])?;
            Ok(figures(&ours, &bare))
        },
    );
    vec![case]
}

pub(super) fn replay() -> Vec<Case> {
    let cold = CLIENTS.map(|clients| {
        Case::new(
            "replay",
            format!(
                "{HISTORY} messages, {}, server just started",
                many(clients, "client")
            ),
            move |bench| {
                let folder = folder()?;
                write_history(&folder.path().join("history.ndjson"))?;
                import(
                    &folder.path().join("history.ndjson"),
                    &file_in(folder.path()),
                )?;
                let server = serve(bench.machine, &file_in(folder.path()))?;
                let ours = read_all(bench, &server, clients)?;
                drop(server);
                let bare = write_loop::start(bench.machine, sizes(&ours, HISTORY))?;
                Ok(figures(&ours, &read_all(bench, &bare, clients)?))
            },
        )
    });
    let recent = CLIENTS.map(|clients| {
        Case::new(
            "replay",
            format!("newest {RECENT} messages, {}", many(clients, "client")),
            move |bench| {
                let server = Server::start(bench.machine)?;
                let tokens = server.join(1)?;
                let before = server.head()?;
                let ours = read_recent(bench, &server.process, &tokens, before, clients)?;
                drop(server);
                let bare = write_loop::start(bench.machine, sizes(&ours, 0))?;
                Ok(figures(
                    &ours,
                    &read_recent(bench, &bare, &[String::new()], 0, clients)?,
                ))
            },
        )
    });
    cold.into_iter().chain(recent).collect()
}

fn sizes(ours: &Caught, history: u32) -> Sizes {
    Sizes {
        message: ours.bytes_a_message.round() as usize,
        history,
        ..Sizes::default()
    }
}

fn figures(ours: &Caught, bare: &Caught) -> Figures {
    Figures::default()
        .with(
            Column::Result,
            "",
            ours.milliseconds,
            " ms until all have everything",
        )
        .with(Column::Cpu, "", ours.cpu, " µs a message and reader")
        .with(Column::Beside, "memory +", ours.memory, " MiB at most")
        .with_limit("bare loop ", bare.milliseconds, " ms", ours.milliseconds)
        .with_limit("", bare.cpu, " µs", ours.cpu)
}

/// Closes all streams, posts messages, and reconnects all streams at once, each with the last id that it received.
fn come_back(bench: &Bench, process: &Process, tokens: &[String]) -> Result<Caught> {
    let mut load = Load::new(process.address(), bench.machine.is_divided())?;
    load.open((0..STORM_STREAMS).map(|_| stream_request("general", None)))?;
    load.connect(1, STORM_STREAMS, posts(tokens))?;
    load.ask(10)?;
    load.deliver(STORM_STREAMS)?;
    let last_ids: Option<Vec<String>> = (0..STORM_STREAMS)
        .map(|stream| load.readers.last_id(stream))
        .collect();
    let last_ids = last_ids.ok_or("a stream without ids")?;
    load.readers.close();
    load.rest(Duration::from_millis(300))?;
    load.ask(MISSED)?;
    load.rest(Duration::from_millis(300))?;
    catch_up(&mut load, process, STORM_STREAMS, &mut |stream| {
        last_ids[stream].clone()
    })
}

/// Replays the whole history.
fn read_all(bench: &Bench, process: &Process, clients: usize) -> Result<Caught> {
    let mut load = Load::new(process.address(), bench.machine.is_divided())?;
    load.expect(vec![HISTORY], clients);
    catch_up(&mut load, process, clients, &mut |_| "0".into())
}

/// Replays the same few messages to new connections repeatedly. Returns the mean of all times.
fn read_recent(
    bench: &Bench,
    process: &Process,
    tokens: &[String],
    before: u64,
    clients: usize,
) -> Result<Caught> {
    let mut load = Load::new(process.address(), bench.machine.is_divided())?;
    load.connect(1, 0, posts(tokens))?;
    load.ask(RECENT)?;
    let times = if bench.arguments.quick { 5 } else { 50 };
    let mut sum = Caught {
        milliseconds: 0.0,
        cpu: 0.0,
        memory: 0.0,
        bytes_a_message: 0.0,
    };
    for _ in 0..times {
        load.expect(load.requesters.asked.clone(), clients);
        let caught = catch_up(&mut load, process, clients, &mut |_| before.to_string())?;
        sum.milliseconds += caught.milliseconds / f64::from(times);
        sum.cpu += caught.cpu / f64::from(times);
        sum.memory = sum.memory.max(caught.memory);
        sum.bytes_a_message = caught.bytes_a_message;
        load.readers.close();
    }
    Ok(sum)
}

/// Opens streams all at once, each after an id, and waits until they have received everything. The time is measured
/// from the first connection.
fn catch_up(
    load: &mut Load,
    process: &Process,
    streams: usize,
    after: &mut dyn FnMut(usize) -> String,
) -> Result<Caught> {
    process.forget_peak()?;
    let (memory, cpu) = (process.memory()?, process.cpu()?);
    let (deliveries, bytes) = (load.readers.ledger.received(), load.readers.bytes);
    let start = load.clock.now();
    load.begin_all((0..streams).map(|stream| stream_request("general", Some(&after(stream)))))?;
    load.deliver(streams)?;
    let took = seconds(load.readers.last_delivery - start);
    let deliveries = (load.readers.ledger.received() - deliveries) as f64;
    Ok(Caught {
        milliseconds: took * 1e3,
        cpu: (process.cpu()? - cpu) / deliveries,
        memory: (process.peak_memory()?.saturating_sub(memory)) as f64 / f64::from(1 << 20),
        bytes_a_message: (load.readers.bytes - bytes) as f64 / deliveries,
    })
}

/// Writes an archive of marked messages by one person in the room `general`, one per second.
fn write_history(path: &Path) -> Result<()> {
    let mut lines = Vec::new();
    for number in 0..HISTORY {
        let time = super::archive::time(number);
        write!(
            lines,
            r#"{{"room":"general","author":"poster0","at":"{time}","body":""#
        )?;
        Marker {
            poster: 0,
            number,
            planned: 0,
        }
        .write(&mut lines);
        lines.extend_from_slice(b"\"}\n");
    }
    Ok(File::create(path)?.write_all(&lines)?)
}
