//! Reading an archive, line by line, with a progress bar.

use super::super::{Failure, failure::tell};
use crate::chat::archive::Line;
use indicatif::{ProgressBar, ProgressStyle};
use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::PathBuf,
};

/// Number of lines that are applied together.
pub(super) const BATCH: usize = 2000;
/// Greatest number of errors printed; further ones are only counted.
const FAULTS_SHOWN_MAX: u64 = 10;

/// An archive that is being read.
pub(super) struct Source {
    lines: Box<dyn BufRead>,
    pub(super) bar: ProgressBar,
    line_number: u64,
    /// Number of invalid and refused lines so far.
    pub(super) faults: u64,
}

impl Source {
    pub(super) fn open(path: &PathBuf) -> Result<Self, Failure> {
        let cannot =
            |error: io::Error| Failure::failed(format!("cannot read {}: {error}", path.display()));
        let style = ProgressStyle::with_template(
            "{bar:30} {binary_bytes} of {binary_total_bytes}, {eta} left  {msg}",
        );
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::no_length().with_style(style);
        let input: Box<dyn Read> = if path.as_os_str() == "-" {
            Box::new(io::stdin())
        } else {
            let file = File::open(path).map_err(cannot)?;
            let metadata = file.metadata().map_err(cannot)?;
            if metadata.is_dir() {
                return Err(Failure::failed(format!("{} is a folder", path.display())));
            }
            bar.set_length(metadata.len());
            Box::new(file)
        };
        // The progress bar is drawn on standard error, and only if that is a terminal.
        let lines = Box::new(BufReader::with_capacity(1 << 16, bar.wrap_read(input)));
        Ok(Self {
            lines,
            bar,
            line_number: 0,
            faults: 0,
        })
    }

    /// Returns the next lines with their numbers; `None` at the end. Reports and skips invalid lines.
    pub(super) fn read_batch(&mut self) -> Result<Option<Vec<(u64, Line)>>, Failure> {
        let mut batch = Vec::with_capacity(BATCH);
        let mut text = Vec::new();
        while batch.len() < BATCH {
            text.clear();
            let read = self.lines.read_until(b'\n', &mut text);
            if read.map_err(|error| Failure::failed(format!("cannot read the archive: {error}")))?
                == 0
            {
                return Ok((!batch.is_empty()).then_some(batch));
            }
            self.line_number += 1;
            match read_line(&text) {
                Ok(Some(line)) => batch.push((self.line_number, line)),
                Ok(None) => {}
                Err(fault) => self.report(self.line_number, &fault),
            }
        }
        self.bar.set_message(format!("line {}", self.line_number));
        Ok(Some(batch))
    }

    /// Reports what is wrong with a line.
    pub(super) fn report(&mut self, number: u64, fault: &str) {
        self.faults += 1;
        if self.faults <= FAULTS_SHOWN_MAX {
            self.bar
                .suspend(|| tell(&format!("line {number}: {fault}")));
        }
    }
}

/// Parses one line. Empty lines and a byte order mark are skipped.
fn read_line(text: &[u8]) -> Result<Option<Line>, String> {
    let text = str::from_utf8(text)
        .map_err(|_| "not UTF-8")?
        .trim_start_matches('\u{feff}')
        .trim();
    if text.is_empty() {
        Ok(None)
    } else {
        Line::read(text).map(Some)
    }
}
