//! `export`: prints every message as a line of JSON.

use super::{Database, Failure, print};
use crate::{
    model::ids::MessageId,
    store::{archive, database_path::DatabasePath, db},
};
use clap::Args;

/// What to export.
#[derive(Args, Debug)]
pub(super) struct Export {
    #[command(flatten)]
    database: Database,
}

pub(super) async fn run(export: Export) -> Result<(), Failure> {
    let database = DatabasePath::resolve_existing(&export.database.db)?;
    let mut connection = db::open_reader(&database).await?;
    // Messages that are posted during the export are left out. Each page is a transaction of its own: in one long
    // transaction a slow reader of this output would keep the server's write-ahead log from being emptied.
    let head = archive::last_message(&mut connection).await?;
    let mut after = MessageId(0);
    while let Some((last, lines)) = archive::read_lines(&mut connection, after, head).await? {
        print(&lines)?;
        after = last;
    }
    Ok(())
}
