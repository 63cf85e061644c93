//! The command line of the benchmark.

use clap::Parser;
use std::{path::PathBuf, time::Duration};

/// Measures the server over real sockets, beside what the machine itself can do.
#[derive(Debug, Parser)]
#[command(name = "cargo bench --")]
pub(crate) struct Arguments {
    /// Workloads to run; all where none is named
    #[arg(value_name = "WORKLOAD")]
    pub(crate) workloads: Vec<String>,
    /// How often each case is measured; the table shows medians
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rounds: u32,
    /// One short round, to see whether everything works
    #[arg(long)]
    pub(crate) quick: bool,
    /// Server and load generator share all cores
    #[arg(long)]
    pub(crate) both: bool,
    /// An archive for pages and start: one JSON object a line. Where there is none, one of 196,123 messages is made
    #[arg(long, env = "BACKSCROLL_BENCH_DATA", value_name = "FILE")]
    pub(crate) data: Option<PathBuf>,
    /// What cargo adds
    #[arg(long, hide = true)]
    bench: bool,
}

impl Arguments {
    pub(crate) fn wants(&self, workload: &str) -> bool {
        self.workloads.is_empty() || self.workloads.iter().any(|name| name == workload)
    }

    pub(crate) fn rounds(&self) -> u32 {
        if self.quick { 1 } else { self.rounds }
    }

    /// Describes the number of rounds for the report.
    pub(crate) fn describe_rounds(&self) -> String {
        match self.rounds() {
            _ if self.quick => "One quick round".into(),
            1 => "One round".into(),
            rounds => format!("Medians of {rounds} rounds"),
        }
    }

    /// Returns the duration of a measurement, which is shorter with `--quick`.
    pub(crate) fn time(&self, seconds: u64) -> Duration {
        let full = Duration::from_secs(seconds);
        if self.quick { full / 5 } else { full }
    }
}
