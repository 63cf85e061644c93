//! Posts without readers, compared with SQLite alone and the disk alone.

use super::{Bench, Case, many};
use crate::{
    Result,
    figures::{Column, Figures},
    limit::{
        disk,
        sqlite::{Sqlite, commits},
    },
    load::{
        Load,
        clock::{nanos, seconds},
        histogram::Histogram,
        marker::TEXT,
        requesters::Plan,
    },
    server::{Server, file_in, posts as post_requests},
};

/// Numbers of connections, and of people who post over them. Concurrent posts of a single person are rare in practice,
/// but are common in other benchmarks.
const CONNECTIONS: [(usize, usize); 5] = [(1, 1), (16, 1), (64, 1), (16, 16), (64, 64)];
/// Number of messages that SQLite alone commits, which takes some seconds.
const ROWS: usize = 20_000;

pub(super) fn posts() -> Vec<Case> {
    let case = |(connections, people): (usize, usize)| {
        let whose = match people {
            1 => "of one person",
            _ => "of as many people",
        };
        Case::new(
            "posts",
            format!("{} {whose}, no reader", many(connections, "connection")),
            move |bench| measure(bench, connections, people),
        )
    };
    CONNECTIONS.map(case).into()
}

fn measure(bench: &Bench, connections: usize, people: usize) -> Result<Figures> {
    let server = Server::start(bench.machine)?;
    let tokens = server.join(people)?;
    let tokens: Vec<_> = tokens.into_iter().cycle().take(connections).collect();
    let mut load = Load::new(server.address(), bench.machine.is_divided())?;
    load.connect(connections, 0, post_requests(&tokens))?;
    load.ask(2 * connections as u64)?;

    load.requesters.latency = Histogram::default();
    let (answers, cpu, start) = (
        load.requesters.answers,
        server.process.cpu()?,
        load.clock.now(),
    );
    load.carry_out(Plan::ClosedLoop {
        left: u64::MAX,
        until: start + nanos(bench.arguments.time(5)),
    })?;
    let took = seconds(load.clock.now() - start);
    let count = (load.requesters.answers - answers) as f64;
    let cpu = (server.process.cpu()? - cpu) / count;
    let posts = count / took;
    let figures = Figures::default()
        .with(Column::Result, "", posts, " posts/s")
        .with(
            Column::P50,
            "",
            load.requesters.latency.quantile_ms(0.5),
            "",
        )
        .with(
            Column::P99,
            "",
            load.requesters.latency.quantile_ms(0.99),
            "",
        )
        .with(Column::Cpu, "", cpu, " µs a post");
    drop(server);
    with_limits(bench, connections, posts, cpu, figures)
}

/// Adds the limits: SQLite alone commits as many messages per transaction as there are connections.
fn with_limits(
    bench: &Bench,
    together: usize,
    posts: f64,
    cpu: f64,
    mut figures: Figures,
) -> Result<Figures> {
    // A database as the server creates it, with one person.
    let Server { process, folder } =
        Server::start(bench.machine).and_then(|server| server.join(1).map(|_| server))?;
    drop(process);
    if let Some(mut sqlite) = Sqlite::open(bench.machine, &file_in(folder.path()))? {
        let rows = if bench.arguments.quick {
            ROWS / 10
        } else {
            ROWS
        };
        let spent = sqlite.run(&commits(rows / together, together, &"x".repeat(TEXT)))?;
        let messages = (rows / together * together) as f64;
        figures = figures
            .with_limit(
                "SQLite alone ",
                messages / spent.time.as_secs_f64(),
                "/s",
                posts,
            )
            .with_limit("", spent.cpu / messages, " µs", cpu);
    }
    let time = bench.arguments.time(1);
    let synced = bench
        .machine
        .on_server_core(|| disk::synced_writes(folder.path(), time))?;
    Ok(figures.with_limit("fdatasync ", synced, "/s", posts))
}
