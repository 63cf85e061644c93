//! Time from the start of the program to its first page.

use super::{Bench, Case};
use crate::{
    Result,
    figures::{Column, Figures},
    limit::write_loop::{self, Sizes},
    load::Load,
    process::Process,
    server::serve,
};
use std::{io::Write as _, time::Instant};

pub(super) fn start() -> Vec<Case> {
    let case = Case::new(
        "start",
        "a long history, until the first page is answered",
        |bench| {
            let archive = bench.archive()?;
            let path = format!("/api/v1/rooms/{}/messages", archive.room);
            let ours = time_to_page(bench, &path, || serve(bench.machine, &archive.db()))?;
            let sizes = Sizes {
                answer: 1,
                ..Sizes::default()
            };
            let bare = time_to_page(bench, &path, || write_loop::start(bench.machine, sizes))?;
            Ok(Figures::default()
                .with(Column::Result, "", ours.milliseconds, " ms")
                .with(Column::Cpu, "", ours.cpu, " ms")
                .with(Column::Beside, "", archive.messages as f64, " messages")
                .with(Column::Beside, "", ours.memory, " MiB resident")
                .with_limit("bare loop ", bare.milliseconds, " ms", ours.milliseconds))
        },
    );
    vec![case]
}

struct Started {
    milliseconds: f64,
    cpu: f64,
    memory: f64,
}

fn time_to_page(bench: &Bench, path: &str, start: impl Fn() -> Result<Process>) -> Result<Started> {
    let began = Instant::now();
    let process = start()?;
    let mut load = Load::new(process.address(), bench.machine.is_divided())?;
    let path = path.to_owned();
    let request = move |out: &mut Vec<u8>, _| {
        // Writing to a `Vec` cannot fail.
        let _ = write!(out, "GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    };
    load.connect(1, 0, Box::new(request))?;
    load.ask(1)?;
    Ok(Started {
        milliseconds: began.elapsed().as_secs_f64() * 1e3,
        cpu: process.cpu()? / 1e3,
        memory: process.memory()? as f64 / f64::from(1 << 20),
    })
}
