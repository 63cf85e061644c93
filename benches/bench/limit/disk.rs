//! The disk: how many synchronised writes of 4 KiB it completes per second.

use crate::{Result, load::clock::seconds};
use std::{
    fs::File,
    os::unix::fs::FileExt as _,
    path::Path,
    time::{Duration, Instant},
};

const PAGE: usize = 4096;
/// Number of pages that a write-ahead log grows to before it is overwritten from the start.
const PAGES: u64 = 1000;

/// Overwrites pages of a file in the folder, each followed by `fdatasync`. Returns writes per second.
pub(crate) fn synced_writes(folder: &Path, time: Duration) -> Result<f64> {
    let path = folder.join("synced");
    let file = File::create(&path)?;
    file.write_all_at(&vec![1; PAGE * PAGES as usize], 0)?;
    file.sync_all()?;
    let started = Instant::now();
    let mut count = 0;
    while started.elapsed() < time {
        file.write_all_at(&[2; PAGE], count % PAGES * PAGE as u64)?;
        file.sync_data()?;
        count += 1;
    }
    let took = started.elapsed();
    std::fs::remove_file(path)?;
    Ok(count as f64 / seconds(crate::load::clock::nanos(took)))
}
