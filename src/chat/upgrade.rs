//! What the migrations of a file of an earlier version leave to the program, since SQL cannot compute it.

use crate::{
    error::Result,
    markdown,
    model::ids::MessageId,
    store::{db::Connection, meta, posts},
};

/// Notes who is mentioned in the messages of a file that was made before mentions were stored; about 100,000 messages a
/// second. Interrupted, it begins anew the next time; it is done once.
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
        posts::add_mentions(connection, &found).await?;
        tracing::info!(message = %after, "mentions of earlier messages are being noted");
    }
}
