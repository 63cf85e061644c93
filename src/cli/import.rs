//! `import`: adds the messages of an archive, all or none of them, and none twice.

use super::{Database, Failure, failure::tell, print};
use crate::{
    chat::{
        archive::Line,
        import::{Counts, Import as Importing},
    },
    config::Storage,
    server::prepare_log,
    store::{
        database_path::DatabasePath,
        db::{self, Connection},
        lock::FileLock,
    },
};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use sqlx::Connection as _;
use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::PathBuf,
    time::Instant,
};

/// Source and target of an import.
#[derive(Args, Debug)]
pub(super) struct Import {
    /// The archive: one JSON object a line, as `export` writes it; `-` is standard input
    file: PathBuf,
    #[command(flatten)]
    database: Database,
}

/// Number of lines that are applied together.
const BATCH: usize = 2000;
/// Greatest number of errors printed; further ones are only counted.
const FAULTS_SHOWN_MAX: u64 = 10;

pub(super) async fn run(import: Import) -> Result<(), Failure> {
    let started = Instant::now();
    let database = DatabasePath::resolve(&import.database.db)?;
    if import
        .file
        .canonicalize()
        .is_ok_and(|file| file == *database)
    {
        return Err(Failure::failed(format!(
            "{} is the database itself, not an archive",
            import.file.display()
        )));
    }
    let mut source = Source::open(&import.file)?;
    let _lock = FileLock::take(&database)?;
    let mut connection = db::open_writer(&database, Storage::default()).await?;
    prepare_log(&mut connection).await?;
    let counts = apply_all(&mut connection, &mut source).await;
    connection.close().await?;
    source.bar.finish_and_clear();
    print(&sentence(&counts?, started.elapsed().as_secs_f64()))
}

/// Applies all lines in one transaction: an error in any line leaves the database unchanged.
async fn apply_all(connection: &mut Connection, source: &mut Source) -> Result<Counts, Failure> {
    let mut tx = connection.begin_with("begin immediate").await?;
    let mut importing = Importing::begin(&mut tx).await?;
    while let Some(lines) = source.read_batch()? {
        if source.faults == 0 {
            importing.apply(&mut tx, &lines).await?;
        }
    }
    if source.faults > 0 {
        let lines = if source.faults == 1 {
            "line".into()
        } else {
            format!("{} lines", source.faults)
        };
        return Err(Failure::fault(format!(
            "nothing was imported because of the {lines} above"
        )));
    }
    let counts = importing.finish(&mut tx).await?;
    tx.commit().await?;
    Ok(counts)
}

/// An archive that is being read.
struct Source {
    lines: Box<dyn BufRead>,
    bar: ProgressBar,
    line_number: u64,
    faults: u64,
}

impl Source {
    fn open(path: &PathBuf) -> Result<Self, Failure> {
        let cannot =
            |error: io::Error| Failure::failed(format!("cannot read {}: {error}", path.display()));
        let style = ProgressStyle::with_template(
            "{bar:30} {binary_bytes} of {binary_total_bytes}, {eta} to go  {msg}",
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
    fn read_batch(&mut self) -> Result<Option<Vec<(u64, Line)>>, Failure> {
        let mut batch = Vec::with_capacity(BATCH);
        let mut text = Vec::new();
        while batch.len() < BATCH {
            text.clear();
            let read = self.lines.read_until(b'\n', &mut text);
            if read.map_err(|error| Failure::failed(format!("cannot read on: {error}")))? == 0 {
                return Ok((!batch.is_empty()).then_some(batch));
            }
            self.line_number += 1;
            match read_line(&text) {
                Ok(Some(line)) => batch.push((self.line_number, line)),
                Ok(None) => {}
                Err(fault) => self.tell(&fault),
            }
        }
        self.bar.set_message(format!("line {}", self.line_number));
        Ok(Some(batch))
    }

    fn tell(&mut self, fault: &str) {
        self.faults += 1;
        if self.faults <= FAULTS_SHOWN_MAX {
            self.bar
                .suspend(|| tell(&format!("line {}: {fault}", self.line_number)));
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

fn sentence(counts: &Counts, seconds: f64) -> String {
    let Counts {
        messages,
        known,
        people,
        rooms,
        orphans,
    } = counts;
    let told = [
        (messages + known, format!("{known} were there already")),
        (
            people + rooms,
            format!("new people: {people}, new rooms: {rooms}"),
        ),
        (
            *orphans,
            format!("{orphans} answer something that the archive does not hold"),
        ),
    ];
    let told: Vec<_> = told
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(_, text)| format!("; {text}"))
        .collect();
    format!(
        "{messages} messages imported{} ({seconds:.1} s)\n",
        told.concat()
    )
}
