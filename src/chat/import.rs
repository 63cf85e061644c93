//! Importing the messages of an archive, in runs of one or more steps.
//!
//! Creates missing rooms and users, keeps the original times, and skips existing messages. A message keeps the id of
//! its line as long as ids increase: an export that is imported into an empty file has the same ids, so that permalinks
//! and cursors stay valid. Users and rooms get the unused ids before the messages that need them. There are enough of
//! these, since the exported log had created the users and rooms before, too. Edits, deletions, reactions and members
//! come after all messages.
//!
//! Since no reader may pass an id that is allocated later, all steps of an import are applied in one transaction, while
//! no server uses the file. Everything that a step needs to know of the steps before it is in the database, so that the
//! rows do not depend on the division into runs.

mod facts;
mod ids;
mod messages;
mod rooms;
mod rows;
mod run;

use self::{facts::Facts, run::ImportRun};
use super::{actor::Actor, applied::Applied};
use crate::{error::Result, model::import::ImportStep, store::db::Connection};

/// A step of an import, and the time of what it imports.
#[derive(Clone, Copy, Debug)]
pub(super) struct ImportChange<'a> {
    pub(super) actor: Actor,
    pub(super) step: &'a ImportStep,
}

/// Takes steps in order, by a constant number of statements. Returns the verdict on each step.
pub(super) async fn import(
    tx: &mut Connection,
    changes: &[ImportChange<'_>],
) -> Result<Vec<Result<Applied>>> {
    let steps = changes.iter().map(|change| change.step);
    let mut run = ImportRun::new(Facts::find(tx, steps).await?);
    let verdicts = changes
        .iter()
        .map(|change| run.take(change.actor, change.step))
        .collect();
    run.write(tx).await?;
    Ok(verdicts)
}
