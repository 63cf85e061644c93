//! The tables `files` and `contents`: uploads, the files of messages, and what is stored of them.

use super::{
    damage::text_of, db::Connection, json_rows::write_rows, message_row::file_json,
    messages::parse, statements::statements,
};
use crate::{
    error::Result,
    model::{
        file::{Attachment, Content, FileId, NewUpload, RoomFile, Upload},
        ids::{MessageId, RoomId, UserId},
        time::Timestamp,
        user::Person,
    },
};
use serde::Serialize;
use sqlx::{FromRow, Row as _, sqlite::SqliteRow};

statements! {
    INSERT_UPLOAD = "insert into files (id, user_id, name, size, created_at) values (?, ?, ?, ?, ?)";
    FIND_USAGE = "select coalesce((select bytes from file_usage where user_id = ?), 0),
        coalesce((select bytes from file_usage where user_id = 0), 0)";
    FIND_UPLOAD = "select id, name, size, created_at, hash is not null as is_complete from files
        where id = ? and user_id = ? and message_id is null";
    INSERT_CONTENT = "insert into contents (hash, size, media_type, width, height, preview_hash)
        values (?, ?, ?, ?, ?, ?) on conflict do nothing";
    SET_CONTENT = "update files set hash = ?2, size = ?3 where id = ?1 and hash is null";
    DELETE_UPLOAD = "delete from files where id = ? and message_id is null";
    DELETE_UPLOADS_OF = "delete from files where user_id = ? and message_id is null";
    POST_FILES = "update files set message_id = p.value ->> 'message', room_id = p.value ->> 'room',
            place = p.value ->> 'place'
        from json_each(?) p where files.id = p.value ->> 'file'";
    DELETE_FILES_OF = "delete from files where message_id = ?";
    DELETE_UNPOSTED = "delete from files where id in (
            select id from files where message_id is null and created_at < ?1 order by created_at, id limit ?2 + 0)
        returning id";
    DELETE_UNUSED = "delete from contents where hash in (
            select hash from contents where uses = 0 order by hash limit ?1 + 0)
        returning hash";
    HAS_UNNEEDED = "select exists (select 1 from files where message_id is null and created_at < ?)
        or exists (select 1 from contents where uses = 0)";
    FIND_FILE = concat!(
        "select r.slug, c.hash, p.hash as preview_hash, p.size as preview_size, p.media_type as preview_type,
            cast(", file_json!(), " as blob) as file
        from files f join contents c on c.hash = f.hash join rooms r on r.id = f.room_id
        left join contents p on p.hash = c.preview_hash
        where f.id = ? and f.message_id is not null"
    );
    LIST_FILES_OF_ROOM = concat!(
        "select f.message_id, m.created_at, m.author_id, coalesce(a.handle, '') as handle, coalesce(a.name, '') as name,
            cast(", file_json!(), " as blob) as file
        from files f indexed by files_of_room join contents c on c.hash = f.hash join messages m on m.id = f.message_id
        left join users a on a.id = m.author_id
        where f.room_id = ?1 and f.message_id is not null and f.message_id < ?2
        order by f.message_id desc, f.place desc limit ?3 + 0"
    );
    SET_PICTURE = "update users set picture = ?2 where id = ?1";
    FIND_CONTENT = "select hash, size, media_type from contents where hash = ?";
    HAS_CONTENTS = "select exists (select 1 from sqlite_master where type = 'table' and name = 'contents')";
    LIST_CONTENTS = "select hash, size from contents where hash > ?1 order by hash limit ?2 + 0";
    RETAIN_CONTENTS = "select w.value from json_each(?) w where exists (select 1 from contents c where c.hash = w.value)";
    RETAIN_UPLOADS = "select w.value from json_each(?) w where exists (select 1 from files f where f.id = w.value)";
}

/// Begins an upload.
pub async fn insert_upload(
    connection: &mut Connection,
    user: UserId,
    upload: &NewUpload,
    at: Timestamp,
) -> Result<()> {
    sqlx::query(INSERT_UPLOAD)
        .bind(upload.id.as_str())
        .bind(user)
        .bind(upload.name.as_str())
        .bind(stored(upload.size))
        .bind(at.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Returns the sizes of all files of a user, and of all files, in bytes.
pub async fn find_usage(connection: &mut Connection, user: UserId) -> Result<(u64, u64)> {
    let (own, all): (i64, i64) = sqlx::query_as(FIND_USAGE)
        .bind(user)
        .fetch_one(connection)
        .await?;
    Ok((own.unsigned_abs(), all.unsigned_abs()))
}

impl FromRow<'_, SqliteRow> for Upload {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let id = FileId::parse(&text_of(row, "id")?);
        let at = Timestamp::parse_stored(text_of(row, "created_at")?.as_bytes());
        Ok(Self {
            id: id.ok_or(sqlx::Error::RowNotFound)?,
            name: text_of(row, "name")?,
            size: row.try_get::<i64, _>("size")?.unsigned_abs(),
            created_at: at.unwrap_or(Timestamp::UNKNOWN),
            is_complete: row.try_get("is_complete")?,
        })
    }
}

/// Returns an upload of a user that was not posted.
pub async fn find_upload(
    connection: &mut Connection,
    user: UserId,
    id: &FileId,
) -> Result<Option<Upload>> {
    Ok(sqlx::query_as(FIND_UPLOAD)
        .bind(id.as_str())
        .bind(user)
        .fetch_optional(connection)
        .await?)
}

/// Completes an upload. The content is shared with other files that have the same.
pub async fn complete_upload(
    connection: &mut Connection,
    upload: &FileId,
    content: &Content,
) -> Result<()> {
    if let Some(preview) = &content.preview {
        insert_content(connection, preview).await?;
    }
    insert_content(connection, content).await?;
    sqlx::query(SET_CONTENT)
        .bind(upload.as_str())
        .bind(&content.hash)
        .bind(stored(content.size))
        .execute(connection)
        .await?;
    Ok(())
}

/// Adds a content, unless it is there.
pub async fn insert_content(connection: &mut Connection, content: &Content) -> Result<()> {
    sqlx::query(INSERT_CONTENT)
        .bind(&content.hash)
        .bind(stored(content.size))
        .bind(&content.media_type)
        .bind(content.dimensions.map(|(width, _)| width))
        .bind(content.dimensions.map(|(_, height)| height))
        .bind(content.preview.as_ref().map(|preview| &preview.hash))
        .execute(connection)
        .await?;
    Ok(())
}

/// Deletes an upload that was not posted.
pub async fn delete_upload(connection: &mut Connection, id: &FileId) -> Result<()> {
    sqlx::query(DELETE_UPLOAD)
        .bind(id.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

/// Deletes all uploads of a user that were not posted.
pub async fn delete_uploads_of(connection: &mut Connection, user: UserId) -> Result<()> {
    sqlx::query(DELETE_UPLOADS_OF)
        .bind(user)
        .execute(connection)
        .await?;
    Ok(())
}

/// An upload that becomes a file of a message.
#[derive(Clone, Copy, Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub struct PostedFile<'a> {
    pub file: &'a FileId,
    pub message: MessageId,
    pub room: RoomId,
    pub place: usize,
}

/// Makes uploads the files of messages.
pub async fn post_files(connection: &mut Connection, files: &[PostedFile<'_>]) -> Result<()> {
    write_rows(connection, POST_FILES, files).await
}

/// Deletes the files of a message.
pub async fn delete_files_of(connection: &mut Connection, message: MessageId) -> Result<()> {
    sqlx::query(DELETE_FILES_OF)
        .bind(message)
        .execute(connection)
        .await?;
    Ok(())
}

/// Returns whether there are uploads that were begun before a time and not posted, or contents to which nothing refers.
pub async fn has_unneeded(connection: &mut Connection, before: Timestamp) -> Result<bool> {
    Ok(sqlx::query_scalar(HAS_UNNEEDED)
        .bind(before.to_string())
        .fetch_one(connection)
        .await?)
}

/// Deletes uploads that were begun before a time and not posted. Returns their ids.
pub async fn delete_unposted(
    connection: &mut Connection,
    before: Timestamp,
    limit: u32,
) -> Result<Vec<FileId>> {
    let ids: Vec<String> = sqlx::query_scalar(DELETE_UNPOSTED)
        .bind(before.to_string())
        .bind(limit)
        .fetch_all(connection)
        .await?;
    Ok(ids.iter().filter_map(|id| FileId::parse(id)).collect())
}

/// Deletes contents to which nothing refers. Returns their hashes.
pub async fn delete_unused(connection: &mut Connection, limit: u32) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(DELETE_UNUSED)
        .bind(limit)
        .fetch_all(connection)
        .await?)
}

/// A file of a message, and where its content is.
#[derive(Clone, Debug)]
pub struct StoredFile {
    /// The slug of the room of its message.
    pub room: String,
    /// The file.
    pub file: Attachment,
    /// The hash of its content.
    pub hash: String,
    /// The smaller picture of it.
    pub preview: Option<StoredPreview>,
}

/// A smaller picture.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub struct StoredPreview {
    pub hash: String,
    pub size: u64,
    pub media_type: String,
}

/// Returns a file of a message.
pub async fn find_file(connection: &mut Connection, id: &FileId) -> Result<Option<StoredFile>> {
    let row: Option<SqliteRow> = sqlx::query(FIND_FILE)
        .bind(id.as_str())
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let hash: Option<String> = row.try_get("preview_hash")?;
    let preview = match hash {
        Some(hash) => Some(StoredPreview {
            hash,
            size: row.try_get::<i64, _>("preview_size")?.unsigned_abs(),
            media_type: row.try_get("preview_type")?,
        }),
        None => None,
    };
    Ok(Some(StoredFile {
        room: text_of(&row, "slug")?,
        file: parse(&text_of(&row, "file")?)?,
        hash: row.try_get("hash")?,
        preview,
    }))
}

/// Returns the files of messages of a room before a message, the newest first.
pub async fn list_files_of_room(
    connection: &mut Connection,
    room: RoomId,
    before: MessageId,
    limit: usize,
) -> Result<Vec<RoomFile>> {
    let rows: Vec<SqliteRow> = sqlx::query(LIST_FILES_OF_ROOM)
        .bind(room)
        .bind(before)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(connection)
        .await?;
    rows.iter().map(room_file_of).collect()
}

fn room_file_of(row: &SqliteRow) -> Result<RoomFile> {
    let handle = text_of(row, "handle")?;
    let author = if handle.is_empty() {
        Person::unknown(row.try_get("author_id")?)
    } else {
        let name = text_of(row, "name")?;
        Person { handle, name }
    };
    let at = Timestamp::parse_stored(text_of(row, "created_at")?.as_bytes());
    Ok(RoomFile {
        message: row.try_get("message_id")?,
        at: at.unwrap_or(Timestamp::UNKNOWN),
        author,
        file: parse(&text_of(row, "file")?)?,
    })
}

/// Sets the picture of a user; `None` removes it.
pub async fn set_picture(
    connection: &mut Connection,
    user: UserId,
    picture: Option<&Content>,
) -> Result<()> {
    if let Some(picture) = picture {
        insert_content(connection, picture).await?;
    }
    sqlx::query(SET_PICTURE)
        .bind(user)
        .bind(picture.map(|picture| &picture.hash))
        .execute(connection)
        .await?;
    Ok(())
}

/// Returns the content with this hash.
pub async fn find_content(
    connection: &mut Connection,
    hash: &str,
) -> Result<Option<StoredPreview>> {
    let row: Option<(String, i64, String)> = sqlx::query_as(FIND_CONTENT)
        .bind(hash)
        .fetch_optional(connection)
        .await?;
    Ok(row.map(|(hash, size, media_type)| StoredPreview {
        hash,
        size: size.unsigned_abs(),
        media_type,
    }))
}

/// Returns whether the database has files. Those of earlier versions have none.
pub async fn has_contents(connection: &mut Connection) -> Result<bool> {
    Ok(sqlx::query_scalar(HAS_CONTENTS)
        .fetch_one(connection)
        .await?)
}

/// Returns the hashes and sizes of contents after a hash, in their order.
pub async fn list_contents(
    connection: &mut Connection,
    after: &str,
    limit: u32,
) -> Result<Vec<(String, i64)>> {
    Ok(sqlx::query_as(LIST_CONTENTS)
        .bind(after)
        .bind(limit)
        .fetch_all(connection)
        .await?)
}

/// Returns those of these hashes that are contents.
pub async fn retain_contents(
    connection: &mut Connection,
    hashes: &[String],
) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(RETAIN_CONTENTS)
        .bind(serde_json::json!(hashes).to_string())
        .fetch_all(connection)
        .await?)
}

/// Returns those of these ids that are uploads or files.
pub async fn retain_uploads(connection: &mut Connection, ids: &[String]) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(RETAIN_UPLOADS)
        .bind(serde_json::json!(ids).to_string())
        .fetch_all(connection)
        .await?)
}

fn stored(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}
