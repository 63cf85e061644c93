//! `check`: verifies the integrity of the database and the invariants of its tables.

use super::{Database, Failure, Files, print};
use crate::{
    error::Error,
    files::copies::check_contents,
    store::{check, database_path::DatabasePath, db},
};
use clap::Args;
use sqlx::Connection as _;

/// The database to check.
#[derive(Args, Debug)]
pub(super) struct Check {
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    files: Files,
}

/// Greatest number of unreadable values that are reported individually.
const UNREADABLE_SHOWN_MAX: usize = 100;

pub(super) async fn run(check: Check) -> Result<(), Failure> {
    let file = check.database.db.display();
    let unreadable =
        |error: &dyn std::error::Error| Failure::fault(format!("{file} cannot be read: {error}"));
    let database = DatabasePath::resolve_existing(&check.database.db)?;
    let mut connection = db::open_reader(&database)
        .await
        .map_err(|error| match error {
            Error::Refused(sentence) => Failure::fault(sentence),
            error => unreadable(&error),
        })?;
    // All rules are checked in one snapshot, which is isolated from a running server.
    let mut tx = connection.begin().await?;
    let damage = check::find_damage(&mut tx)
        .await
        .map_err(|error| unreadable(&error))?;
    for fault in &damage {
        print(&format!("FAULT  {fault}\n"))?;
    }
    if damage.is_empty() {
        print("ok     the file is intact, and all references are valid\n")?;
    }
    let unreadable_values = check::find_unreadable(&mut tx, UNREADABLE_SHOWN_MAX)
        .await
        .map_err(|error| unreadable(&error))?;
    for fault in &unreadable_values {
        print(&format!("FAULT  {fault}\n"))?;
    }
    if unreadable_values.is_empty() {
        print("ok     all values are readable\n")?;
    }
    let mut faulty = damage.len() + unreadable_values.len();
    for verdict in check::judge(&mut tx)
        .await
        .map_err(|error| unreadable(&error))?
    {
        let at = verdict
            .first
            .map(|first| format!(", first: {first}"))
            .unwrap_or_default();
        match verdict.faults {
            0 => print(&format!("ok     {}\n", verdict.rule))?,
            n => print(&format!(
                "FAULT  violated: {} (rows: {n}{at})\n",
                verdict.rule
            ))?,
        }
        faulty += usize::from(verdict.faults > 0);
    }
    let missing = check_contents(&mut tx, &check.files.of(&database)).await?;
    for fault in &missing {
        print(&format!("FAULT  {fault}\n"))?;
    }
    if missing.is_empty() {
        print("ok     all files are stored and intact\n")?;
    }
    faulty += missing.len();
    let sums = check::sum_up(&mut tx).await?;
    print(&format!(
        "{} events, {} messages, {} users, {} rooms\n",
        sums.events, sums.messages, sums.users, sums.rooms
    ))?;
    match faulty {
        0 => Ok(()),
        1 => Err(Failure::fault(format!("{file} has a fault"))),
        n => Err(Failure::fault(format!("{file} has {n} faults"))),
    }
}
