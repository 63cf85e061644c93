//! A check of the load generator before the measurements: it must detect each fault of a faulty bare loop.

use super::Bench;
use crate::{
    Result,
    limit::{
        log::Fault,
        write_loop::{self, Sizes},
    },
    load::Load,
    server::{posts, stream_request},
};
use std::time::Duration;

const STREAMS: usize = 3;
const POSTS: u64 = 50;
/// Time limit for a message that never arrives.
const TIMEOUT: Duration = Duration::from_secs(1);

/// Fails if a fault is not detected, or if a fault is reported where there is none.
pub(super) fn prove(bench: &Bench) -> Result<()> {
    let expected = [
        (Fault::None, None),
        (
            Fault::Loses,
            Some("3 deliveries lost, 0 duplicated, 0 out of order"),
        ),
        (
            Fault::Doubles,
            Some("0 deliveries lost, 3 duplicated, 0 out of order"),
        ),
        (
            Fault::Swaps,
            Some("0 deliveries lost, 0 duplicated, 3 out of order"),
        ),
    ];
    for (fault, words) in expected {
        let found = run(bench, fault).err().map(|error| error.to_string());
        let seen = match (&found, words) {
            (None, None) => true,
            (Some(found), Some(words)) => found.starts_with(words),
            _ => false,
        };
        if !seen {
            return Err(
                format!("the generator is at fault: {fault:?} was seen as {found:?}").into(),
            );
        }
    }
    Ok(())
}

fn run(bench: &Bench, fault: Fault) -> Result<()> {
    let message = 400;
    let faulty = write_loop::start(
        bench.machine,
        Sizes {
            message,
            fault,
            ..Sizes::default()
        },
    )?;
    let mut load = Load::new(faulty.address(), bench.machine.is_divided())?;
    load.open((0..STREAMS).map(|_| stream_request("general", None)))?;
    load.connect(1, STREAMS, posts(&[String::new()]))?;
    load.patience = TIMEOUT;
    load.ask(POSTS)?;
    load.deliver(STREAMS)
}
