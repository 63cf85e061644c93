//! The table `sessions`: signed-in browsers, and tokens of programs, by the hash of their secret.

use super::{
    damage::{optional_time_of, text_of, time_of},
    db::Connection,
    messages::broken_json,
    statements::statements,
};
use crate::{
    error::Result,
    model::{
        change::{SecretHash, SignInKind},
        grant::{Grant, Scopes},
        ids::UserId,
        session::{Account, LastUse},
        time::Timestamp,
        user::User,
    },
};
use sqlx::{FromRow, Row as _, sqlite::SqliteRow};
use std::sync::Arc;

statements! {
    FIND_ACCOUNT = "select u.id, u.handle, u.name, u.role, u.created_at, u.imported, u.view_event_id, s.kind, s.scopes, s.rooms, s.expires_at,
               coalesce(s.last_used_at, s.created_at) as last_used_at
        from sessions s join users u on u.id = s.user_id where s.secret_hash = ? and u.disabled_at is null";
    INSERT_SESSION = "insert into sessions
        (secret_hash, user_id, kind, created_at, last_used_at, label, name, scopes, rooms, expires_at)
        values (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7, ?8, ?9)";
    LIST_SESSIONS = "select secret_hash, kind, created_at, coalesce(last_used_at, created_at) as last_used_at, label, name,
               scopes, rooms, expires_at
        from sessions where user_id = ? order by created_at desc, secret_hash";
    DELETE_SESSION = "delete from sessions where secret_hash = ? returning user_id";
    DELETE_OTHERS = "delete from sessions where user_id = ? and name is null and secret_hash is not ? returning secret_hash";
    // The latest session may share its time with others.
    DELETE_BEYOND = "delete from sessions where secret_hash in (
            select secret_hash from sessions where user_id = ?1 and name is null and secret_hash <> ?2
            order by coalesce(last_used_at, created_at) desc, secret_hash limit -1 offset ?3)
        returning secret_hash";
    COUNT_TOKENS = "select count(*) from sessions
        where user_id = ? and name is not null and (expires_at is null or expires_at > ?)";
    NOTE_USES = "update sessions set last_used_at = value ->> 1 from json_each(?)
        where secret_hash = unhex(value ->> 0) and last_used_at < value ->> 1";
    HAS_EXPIRED = "select exists (select 1 from sessions where expires_at <= ?1)
        or exists (select 1 from sessions where kind = 'session' and last_used_at < ?2)
        or exists (select 1 from sign_in_links where expires_at <= ?1)";
    DELETE_EXPIRED = "delete from sessions where expires_at <= ?1 or kind = 'session' and last_used_at < ?2
        returning secret_hash";
}

impl FromRow<'_, SqliteRow> for Account {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            user: User::from_row(row)?,
            kind: row.try_get("kind")?,
            grant: grant_of(row)?,
            expires_at: optional_time_of(row, "expires_at")?,
            last_use: LastUse::new(time_of(row, "last_used_at")?),
        })
    }
}

/// Reads what a token may be used for. A value that cannot be read grants nothing.
fn grant_of(row: &SqliteRow) -> sqlx::Result<Grant> {
    let scopes: Option<String> = row.try_get("scopes")?;
    let rooms: Option<String> = row.try_get("rooms")?;
    let read = |rooms: String| serde_json::from_str(&rooms).unwrap_or_default();
    let rooms: Option<Vec<String>> = rooms.map(read);
    Ok(Grant {
        scopes: scopes.map_or(Scopes::ALL, |scopes| Scopes::of_stored(&scopes)),
        rooms: rooms.map(Arc::from),
    })
}

/// A session of a browser, or a token of a program.
#[derive(Clone, Debug)]
pub struct Session {
    /// SHA-256 of the secret.
    pub secret_hash: SecretHash,
    /// Whether it is a browser or a program.
    pub kind: SignInKind,
    /// The time of signing in.
    pub created_at: Timestamp,
    /// The last use, to the hour.
    pub last_used_at: Timestamp,
    /// The browser and system; `None` if unknown.
    pub label: Option<String>,
    /// The name of an API token; `None` for what joining or signing in has made.
    pub name: Option<String>,
    /// What it may be used for.
    pub grant: Grant,
    /// The time from which it is not valid any more.
    pub expires_at: Option<Timestamp>,
}

impl FromRow<'_, SqliteRow> for Session {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let text = |column| -> sqlx::Result<Option<String>> {
            let is_null = row.try_get_unchecked::<Option<&[u8]>, _>(column)?.is_none();
            (!is_null).then(|| text_of(row, column)).transpose()
        };
        Ok(Self {
            secret_hash: row.try_get("secret_hash")?,
            kind: row.try_get("kind")?,
            created_at: time_of(row, "created_at")?,
            last_used_at: time_of(row, "last_used_at")?,
            label: text("label")?,
            name: text("name")?,
            grant: grant_of(row)?,
            expires_at: optional_time_of(row, "expires_at")?,
        })
    }
}

impl Session {
    /// Returns the first 16 hexadecimal digits of the hash, which distinguish the sessions of one user.
    #[must_use]
    pub fn id(&self) -> String {
        let first: [u8; 8] = *self.secret_hash.first_chunk().unwrap_or(&[0; 8]);
        format!("{:016x}", u64::from_be_bytes(first))
    }
}

/// Returns the sessions and tokens of a user, the latest first.
pub async fn list_sessions(connection: &mut Connection, user: UserId) -> Result<Vec<Session>> {
    Ok(sqlx::query_as(LIST_SESSIONS)
        .bind(user)
        .fetch_all(connection)
        .await?)
}

/// Returns the account of a session or token. Whether it has expired is not checked.
pub async fn find_account(
    connection: &mut Connection,
    secret_hash: &SecretHash,
) -> Result<Option<Account>> {
    Ok(sqlx::query_as(FIND_ACCOUNT)
        .bind(secret_hash)
        .fetch_optional(connection)
        .await?)
}

/// A session or token to be inserted.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "the fields are those of `Session`")]
pub struct NewSession<'a> {
    pub secret_hash: &'a SecretHash,
    pub kind: SignInKind,
    pub label: Option<&'a str>,
    pub name: Option<&'a str>,
    pub grant: &'a Grant,
    pub expires_at: Option<Timestamp>,
}

/// Inserts a session. Fails if the secret exists already, which does not happen with 256 random bits.
pub async fn insert_session(
    connection: &mut Connection,
    user: UserId,
    session: &NewSession<'_>,
    at: Timestamp,
) -> Result<()> {
    let Grant { scopes, rooms } = session.grant;
    let scopes = (*scopes != Scopes::ALL).then(|| scopes.to_stored());
    let rooms = rooms.as_ref().map(serde_json::to_string).transpose();
    sqlx::query(INSERT_SESSION)
        .bind(session.secret_hash)
        .bind(user)
        .bind(session.kind)
        .bind(at.to_string())
        .bind(session.label)
        .bind(session.name)
        .bind(scopes)
        .bind(rooms.map_err(broken_json)?)
        .bind(session.expires_at.map(String::from))
        .execute(connection)
        .await?;
    Ok(())
}

/// Deletes a session or token, and returns whose it was; `None` if it does not exist.
pub async fn delete_session(
    connection: &mut Connection,
    secret_hash: &SecretHash,
) -> Result<Option<UserId>> {
    Ok(sqlx::query_scalar(DELETE_SESSION)
        .bind(secret_hash)
        .fetch_optional(connection)
        .await?)
}

/// Deletes what joining or signing in has made for a user, other than `here`, and returns the hashes.
pub async fn delete_others(
    connection: &mut Connection,
    user: UserId,
    here: Option<&SecretHash>,
) -> Result<Vec<SecretHash>> {
    Ok(sqlx::query_scalar(DELETE_OTHERS)
        .bind(user)
        .bind(here)
        .fetch_all(connection)
        .await?)
}

/// Deletes what joining or signing in has made for a user, except `latest` and the `others` that were used last, and
/// returns the hashes.
pub async fn delete_beyond(
    connection: &mut Connection,
    user: UserId,
    latest: &SecretHash,
    others: u32,
) -> Result<Vec<SecretHash>> {
    Ok(sqlx::query_scalar(DELETE_BEYOND)
        .bind(user)
        .bind(latest)
        .bind(others)
        .fetch_all(connection)
        .await?)
}

/// Returns the number of API tokens of a user that have not expired.
pub async fn count_tokens(connection: &mut Connection, user: UserId, at: Timestamp) -> Result<u32> {
    Ok(sqlx::query_scalar(COUNT_TOKENS)
        .bind(user)
        .bind(at.to_string())
        .fetch_one(connection)
        .await?)
}

/// Stores the last uses of any number of sessions.
pub async fn note_uses(
    connection: &mut Connection,
    uses: &[(SecretHash, Timestamp)],
) -> Result<()> {
    let uses = uses.iter().map(|(secret_hash, at)| (hex(secret_hash), at));
    let uses = serde_json::to_string(&uses.collect::<Vec<_>>()).map_err(broken_json)?;
    sqlx::query(NOTE_USES)
        .bind(uses)
        .execute(connection)
        .await?;
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a `String` cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Returns whether tokens or links have expired, or sessions were last used before `idle_since`.
pub async fn has_expired(
    connection: &mut Connection,
    now: Timestamp,
    idle_since: Timestamp,
) -> Result<bool> {
    Ok(sqlx::query_scalar(HAS_EXPIRED)
        .bind(now.to_string())
        .bind(idle_since.to_string())
        .fetch_one(connection)
        .await?)
}

/// Deletes tokens that have expired and sessions that were last used before `idle_since`, and returns the hashes.
pub async fn delete_expired(
    connection: &mut Connection,
    now: Timestamp,
    idle_since: Timestamp,
) -> Result<Vec<SecretHash>> {
    Ok(sqlx::query_scalar(DELETE_EXPIRED)
        .bind(now.to_string())
        .bind(idle_since.to_string())
        .fetch_all(connection)
        .await?)
}
