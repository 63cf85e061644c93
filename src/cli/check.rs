//! `check`: whether everything in the file agrees with everything else.

use super::{Database, Failure, print};
use crate::store::{check, copies, db};
use clap::Args;
use sqlx::Connection as _;

/// What to check.
#[derive(Args, Debug)]
pub(super) struct Check {
    #[command(flatten)]
    database: Database,
}

pub(super) async fn run(check: Check) -> Result<(), Failure> {
    let file = check.database.db.display();
    let unreadable =
        |error: &dyn std::error::Error| Failure::fault(format!("{file} cannot be read: {error}"));
    let mut connection = match db::open_reader(&check.database.db).await {
        Err(error) if check.database.db.exists() => return Err(unreadable(&error)),
        opened => opened?,
    };
    // One snapshot, so that a server at work cannot make two answers disagree.
    let mut tx = connection.begin().await?;
    if !copies::is_ours(&mut tx)
        .await
        .map_err(|error| unreadable(&error))?
    {
        return Err(Failure::fault(format!(
            "{file} is not a database of Backscroll"
        )));
    }
    let damage = check::find_damage(&mut tx)
        .await
        .map_err(|error| unreadable(&error))?;
    for fault in &damage {
        print(&format!("FAULT  {fault}\n"))?;
    }
    if damage.is_empty() {
        print("ok     the file is sound, and its references hold\n")?;
    }
    let mut faulty = damage.len();
    for verdict in check::judge(&mut tx)
        .await
        .map_err(|error| unreadable(&error))?
    {
        let at = verdict
            .first
            .map(|first| format!(", the first at {first}"))
            .unwrap_or_default();
        match verdict.faults {
            0 => print(&format!("ok     {}\n", verdict.rule))?,
            n => print(&format!(
                "FAULT  not so: {} ({n} times{at})\n",
                verdict.rule
            ))?,
        }
        faulty += usize::from(verdict.faults > 0);
    }
    let sums = check::sum_up(&mut tx).await?;
    print(&format!(
        "{} events, {} messages, {} people, {} rooms\n",
        sums.events, sums.messages, sums.people, sums.rooms
    ))?;
    match faulty {
        0 => Ok(()),
        1 => Err(Failure::fault(format!("{file} has a fault"))),
        n => Err(Failure::fault(format!("{file} has {n} faults"))),
    }
}
