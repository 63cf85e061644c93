//! `export`: prints every message as a line of JSON.

use super::{Database, Failure, failure::tell, print};
use crate::{
    model::ids::MessageId,
    store::{archive, database_path::DatabasePath, db},
};
use clap::Args;

/// The database to export.
#[derive(Args, Debug)]
pub(super) struct Export {
    #[command(flatten)]
    database: Database,
}

pub(super) async fn run(export: Export) -> Result<(), Failure> {
    let database = DatabasePath::resolve_existing(&export.database.db)?;
    let mut connection = db::open_reader(&database).await?;
    // Messages that are posted during the export are not included. Each page is a separate transaction: during one long
    // transaction, a slow reader of the output would keep the server's write-ahead log from being checkpointed.
    let head = archive::last_message(&mut connection).await?;
    let mut after = MessageId(0);
    while let Some((last, lines)) = archive::read_lines(&mut connection, after, head).await? {
        print(&lines)?;
        after = last;
    }
    let strays = archive::count_strays(&mut connection, head).await?;
    if strays > 0 {
        tell(&format!(
            "{strays} messages have an author or a room that is missing; `backscroll check` finds the faults of this file"
        ));
    }
    Ok(())
}
