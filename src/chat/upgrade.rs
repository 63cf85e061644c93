//! Upgrades of files of earlier versions that SQL cannot compute, and that migrations therefore leave to the program.

use crate::{
    error::Result,
    markdown,
    model::ids::MessageId,
    store::{
        db::Connection,
        meta,
        posts::{self, Mentions},
    },
};

/// Stores the mentions in messages of a file of a version that did not store mentions; about 100,000 messages a second.
/// Runs once per file. If it is interrupted, the next run starts from the beginning.
pub async fn store_mentions(connection: &mut Connection) -> Result<()> {
    if meta::has_mentions(connection).await? {
        return Ok(());
    }
    let mut after = MessageId(0);
    loop {
        let texts = posts::list_texts_with_mentions(connection, after).await?;
        let Some((last, _)) = texts.last() else {
            return meta::set_has_mentions(connection).await;
        };
        after = *last;
        let found: Vec<_> = texts
            .iter()
            .map(|(message, text)| (*message, markdown::mentions(&String::from_utf8_lossy(text))))
            .collect();
        let mentions: Vec<_> = found.iter().map(mentions_of).collect();
        posts::add_mentions(connection, &mentions).await?;
        tracing::info!(message = %after, "storing mentions of earlier messages");
    }
}

fn mentions_of((message, keys): &(MessageId, Vec<String>)) -> Mentions<'_> {
    Mentions {
        message: *message,
        keys,
        later: Vec::new(),
    }
}
