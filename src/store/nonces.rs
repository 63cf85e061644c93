//! The table `nonces`: the event of each author's nonce. Nonces do not expire.

use super::{db::Connection, statements::statements};
use crate::{
    error::Result,
    model::ids::{EventId, UserId},
};

statements! {
    FIND_NONCE = "select id from nonces where author_id = ? and nonce = ?";
    INSERT_NONCE = "insert into nonces (author_id, nonce, id) values (?, ?, ?)";
}

/// Returns the event that an author has appended under a nonce.
pub async fn find_nonce(
    connection: &mut Connection,
    author: UserId,
    nonce: &str,
) -> Result<Option<EventId>> {
    Ok(sqlx::query_scalar(FIND_NONCE)
        .bind(author)
        .bind(nonce)
        .fetch_optional(connection)
        .await?)
}

/// Inserts the event that an author has appended under a nonce.
pub async fn insert_nonce(
    connection: &mut Connection,
    author: UserId,
    nonce: &str,
    id: EventId,
) -> Result<()> {
    sqlx::query(INSERT_NONCE)
        .bind(author)
        .bind(nonce)
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}
