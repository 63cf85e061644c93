//! `import`: adds the messages of an archive, all or none of them, and none twice.

mod source;

use self::source::{BATCH, Source};
use super::{Database, Failure, print};
use crate::{
    app::{ChangeMaker, now},
    cache::Cache,
    chat::{
        applied::Applied,
        apply::apply,
        archive::{Line, conflicts::EarlierLines, steps::ImportSteps},
    },
    config::Storage,
    error::{Error, Result},
    model::{
        change::{Action, Change, Outcome, Principal},
        emoji::EMOJI_MAX,
        import::{ImportStep, Imported},
        time::Timestamp,
    },
    server::prepare_log,
    store::{
        database_path::DatabasePath,
        db::{self, Connection},
        lock::FileLock,
    },
};
use clap::Args;
use sqlx::Connection as _;
use std::{path::PathBuf, time::Instant};

/// Source and target of an import.
#[derive(Args, Debug)]
pub(super) struct Import {
    /// The archive: one JSON object per line, as written by `export`; `-` is standard input
    file: PathBuf,
    #[command(flatten)]
    database: Database,
}

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
    let mut earlier = EarlierLines::default();
    while let Some(lines) = source.read_batch()? {
        for (number, line) in &lines {
            if let Err(conflict) = earlier.add(*number, line) {
                source.report(*number, &conflict);
            }
        }
        if source.faults == 0 {
            importing.add_lines(&mut tx, lines, source).await?;
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

/// What an import has added.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    messages: u64,
    /// Number of messages that existed already.
    known: u64,
    people: u64,
    rooms: u64,
    /// Number of replies that were added as ordinary messages.
    orphans: u64,
    /// Number of these that reply to a message of a later line or of another room.
    misplaced: u64,
    /// Number of reactions that were left out.
    surplus_reactions: usize,
}

impl Counts {
    fn add(&mut self, imported: &Imported) {
        self.messages += u64::from(imported.is_new);
        self.orphans += u64::from(imported.is_orphan);
        self.people += imported.users;
        self.rooms += imported.rooms;
    }
}

/// A running import, within the caller's transaction.
struct Importing {
    changes: ChangeMaker,
    cache: Cache,
    steps: ImportSteps,
    counts: Counts,
}

impl Importing {
    async fn begin(tx: &mut Connection) -> Result<Self> {
        let mut importing = Self {
            changes: ChangeMaker::new(),
            cache: Cache::default(),
            steps: ImportSteps::default(),
            counts: Counts::default(),
        };
        importing
            .take_steps(tx, [(now(), ImportStep::Begin)])
            .await?;
        Ok(importing)
    }

    /// Adds the messages of lines, which are given with their numbers. Reports lines that are refused.
    async fn add_lines(
        &mut self,
        tx: &mut Connection,
        mut lines: Vec<(u64, Line)>,
        source: &mut Source,
    ) -> Result<()> {
        let steps = lines
            .iter_mut()
            .map(|(number, line)| (line.at, self.steps.add(*number, line)));
        let changes = make_changes(&self.changes, steps);
        let verdicts = apply(tx, &self.cache, &changes).await?.verdicts;
        for (((number, line), change), verdict) in lines.into_iter().zip(&changes).zip(verdicts) {
            let imported = match verdict.and_then(|applied| imported(&applied)) {
                Ok(imported) => imported,
                Err(error) => {
                    source.report(number, &error.to_string());
                    continue;
                }
            };
            self.counts.add(&imported);
            if imported.is_new {
                self.counts.surplus_reactions += line.surplus_reactions;
            } else {
                self.counts.known += 1;
            }
            if let Action::Import(ImportStep::Message(message)) = &*change.action {
                self.steps.note_added(number, line, message, &imported);
            }
        }
        Ok(())
    }

    /// Takes the steps that follow all messages.
    async fn finish(mut self, tx: &mut Connection) -> Result<Counts> {
        self.counts.misplaced = self.steps.count_misplaced_replies();
        let mut later = std::mem::take(&mut self.steps).finish().peekable();
        while later.peek().is_some() {
            self.take_steps(tx, later.by_ref().take(BATCH)).await?;
        }
        self.take_steps(tx, [(now(), ImportStep::End)]).await?;
        Ok(self.counts)
    }

    async fn take_steps(
        &mut self,
        tx: &mut Connection,
        steps: impl IntoIterator<Item = (Timestamp, ImportStep)>,
    ) -> Result<()> {
        let changes = make_changes(&self.changes, steps);
        for verdict in apply(tx, &self.cache, &changes).await?.verdicts {
            self.counts.add(&imported(&verdict?)?);
        }
        Ok(())
    }
}

fn make_changes(
    maker: &ChangeMaker,
    steps: impl IntoIterator<Item = (Timestamp, ImportStep)>,
) -> Vec<Change> {
    let steps = steps.into_iter();
    let changes =
        steps.map(|(at, step)| maker.make_at(at, Principal::Operator, Action::Import(step)));
    changes.collect()
}

fn imported(applied: &Applied) -> Result<Imported> {
    match applied.outcome {
        Outcome::Imported(imported) => Ok(imported),
        _ => Err(Error::Internal("a step of the import had another outcome")),
    }
}

fn sentence(counts: &Counts, seconds: f64) -> String {
    let Counts {
        messages,
        known,
        people,
        rooms,
        orphans,
        misplaced,
        surplus_reactions,
    } = counts;
    let (missing, surplus) = (orphans - misplaced, *surplus_reactions as u64);
    let told = [
        (messages + known, format!("{known} existed already")),
        (
            people + rooms,
            format!("new users: {people}, new rooms: {rooms}"),
        ),
        (
            *misplaced,
            format!("{misplaced} reply to a later message, or to one of another room"),
        ),
        (
            missing,
            format!("{missing} reply to a message that is not in the archive"),
        ),
        (
            surplus,
            format!(
                "{surplus} reactions were left out, because a message takes {EMOJI_MAX} different ones"
            ),
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
