//! The benchmark: the real program over real sockets, compared with the limits of the machine.
//!
//! `cargo bench` runs all workloads, `cargo bench -- fanout storm` some of them. `README.md` in the parent folder
//! describes the workloads and the method.

#![expect(
    clippy::cast_precision_loss,
    reason = "figures are shown with three digits"
)]
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sizes and counts are far from any limit"
)]

mod arguments;
mod figures;
mod limit;
mod load;
mod machine;
mod process;
mod server;
mod table;
mod workloads;

use arguments::Arguments;
use clap::Parser as _;
use figures::Figures;
use limit::write_loop;
use std::{env, error::Error, process::ExitCode};
use workloads::{Bench, Case, cases};

pub(crate) type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let result = rlimit::increase_nofile_limit(u64::MAX)
        .map_err(Into::into)
        .and_then(|_| match words.split_first() {
            Some((word, arguments)) if word == write_loop::COMMAND => {
                write_loop::run(arguments).map(|()| true)
            }
            _ => run(Arguments::parse()),
        });
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Measures, and prints the table. Returns whether no message was lost, duplicated or reordered.
fn run(arguments: Arguments) -> Result<bool> {
    let all = cases();
    if let Some(unknown) = arguments
        .workloads
        .iter()
        .find(|name| all.iter().all(|case| case.workload != **name))
    {
        let mut known: Vec<&str> = all.iter().map(|case| case.workload).collect();
        known.dedup();
        return Err(format!(
            "there is no workload {unknown}; there are {}",
            known.join(", ")
        )
        .into());
    }
    let wanted: Vec<Case> = all
        .into_iter()
        .filter(|case| arguments.wants(case.workload))
        .collect();
    let bench = Bench::new(arguments)?;
    bench.prove()?;
    let rounds = bench.arguments.rounds();
    let mut measured: Vec<Vec<Figures>> = wanted.iter().map(|_| Vec::new()).collect();
    let mut fine = true;
    // Each round covers all cases, so that a slow period of the machine does not affect all rounds of one case.
    for round in 1..=rounds {
        for (case, figures) in wanted.iter().zip(&mut measured) {
            let name = format!(
                "round {round} of {rounds}, {}: {}",
                case.workload, case.name
            );
            match (case.measure)(&bench) {
                Ok(Some(found)) => {
                    eprintln!("{name}: {}", found.cell(figures::Column::Result));
                    figures.push(found);
                }
                Ok(None) => eprintln!("{name}: does not apply"),
                Err(error) => {
                    eprintln!("{name}: FAILED: {error}");
                    fine = false;
                }
            }
        }
    }
    let rows = wanted
        .iter()
        .zip(&measured)
        .filter(|(_, rounds)| !rounds.is_empty());
    let rows =
        rows.map(|(case, rounds)| (case.workload, case.name.as_str(), Figures::median(rounds)));
    println!("{}\n", method(&bench));
    table::print(&rows.collect::<Vec<_>>());
    Ok(fine)
}

fn method(bench: &Bench) -> String {
    format!(
        "Backscroll {} over loopback, one process each for server and load. {} {}; messages of {} \
         bytes, durability full. Each figure stands beside the machine's own limit, measured in the same round: a bare \
         loop that writes as many bytes to as many sockets, one write(2) each, and stores nothing; SQLite alone, through \
         the command sqlite3; fdatasync after 4 KiB. CPU is the server's, user and system. Every message arrived exactly \
         once and in order, or this ends with an error.",
        env!("CARGO_PKG_VERSION"),
        bench.machine.describe(),
        bench.arguments.describe_rounds(),
        load::marker::TEXT,
    )
}
