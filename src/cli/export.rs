//! `export`: every message as a line of JSON, on standard output.

use super::{Database, Failure, print};
use crate::{
    model::ids::MessageId,
    store::{archive, db},
};
use clap::Args;

/// What to export.
#[derive(Args, Debug)]
pub(super) struct Export {
    #[command(flatten)]
    database: Database,
}

pub(super) async fn run(export: Export) -> Result<(), Failure> {
    let mut connection = db::open_reader(&export.database.db).await?;
    // What is posted meanwhile is left out. Page by page and never in one transaction: a slow reader of this
    // output would keep the server's write-ahead log from being emptied.
    let head = archive::last_message(&mut connection).await?;
    let mut after = MessageId(0);
    while let Some((last, lines)) = archive::read_lines(&mut connection, after, head).await? {
        print(&lines)?;
        after = last;
    }
    Ok(())
}
