//! The schema's version, and whose file a database is.
//!
//! `application_id` says that a file is one of Backscroll, and `user_version` is the number of migrations that it has.

use super::{connection::Connection, statements::statements};
use crate::error::{Error, Result};
use std::path::Path;

/// `Bscr` in ASCII, big-endian as in the header of the file: <https://sqlite.org/fileformat2.html#application_id>.
/// [`SET_APPLICATION_ID`] spells the same number.
pub const APPLICATION_ID: i64 = 0x4273_6372;

statements! {
    READ_HEADER = "select (select application_id from pragma_application_id),
        (select user_version from pragma_user_version),
        (select count(*) from sqlite_master where tbl_name <> '_sqlx_migrations'),
        (select count(*) = 3 from sqlite_master
         where type = 'table' and name in ('events', 'eras', '_sqlx_migrations'))";
    // The checksum of the first migration tells our tables from those of another program with the same names.
    READ_MIGRATIONS = "select coalesce(max(version), 0),
        (select checksum from _sqlx_migrations order by version limit 1) from _sqlx_migrations";
    SET_APPLICATION_ID = "pragma application_id = 1114858354";
}

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// Whose file a database is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Nobody's: there are no tables yet.
    Nobody,
    /// Backscroll's, of this version or an older one.
    Backscroll,
    /// Backscroll's, of a version that this program does not know.
    NewerBackscroll,
    /// Another program's.
    Other,
}

impl Owner {
    /// Reads whose file this is. Changes nothing.
    pub async fn read(connection: &mut Connection) -> Result<Self> {
        let (id, version, objects, has_tables): (i64, i64, i64, bool) = sqlx::query_as(READ_HEADER)
            .fetch_one(&mut *connection)
            .await?;
        match id {
            0 if objects == 0 => return Ok(Self::Nobody),
            0 | APPLICATION_ID if has_tables => {}
            _ => return Ok(Self::Other),
        }
        let (last, first_checksum): (i64, Option<Vec<u8>>) = sqlx::query_as(READ_MIGRATIONS)
            .fetch_one(connection)
            .await?;
        let ours = MIGRATIONS.iter().next();
        if id == 0 && first_checksum.as_deref() != ours.map(|first| &*first.checksum) {
            return Ok(Self::Other);
        }
        let known = MIGRATIONS.iter().map(|one| one.version).max();
        if version > newest_version() || Some(last) > known {
            return Ok(Self::NewerBackscroll);
        }
        Ok(Self::Backscroll)
    }

    /// Refuses files of other programs and of newer versions, for a reader also files without tables.
    pub(super) fn refuse_unfit(self, file: &Path, is_reader: bool) -> Result<()> {
        let file = file.display();
        match self {
            Self::Nobody if !is_reader => Ok(()),
            Self::Backscroll => Ok(()),
            Self::NewerBackscroll => Err(Error::Refused(format!(
                "{file} was made by a newer version of Backscroll; use that version"
            ))),
            Self::Nobody | Self::Other => Err(Error::Refused(format!(
                "{file} is not a database of Backscroll"
            ))),
        }
    }
}

/// Brings the schema to this version, and writes `application_id` and `user_version` where they differ.
pub(super) async fn migrate(connection: &mut Connection) -> Result<()> {
    MIGRATIONS.run_direct(None, &mut *connection, false).await?;
    let (id, version, ..): (i64, i64, i64, bool) = sqlx::query_as(READ_HEADER)
        .fetch_one(&mut *connection)
        .await?;
    if id != APPLICATION_ID {
        sqlx::query(SET_APPLICATION_ID)
            .execute(&mut *connection)
            .await?;
    }
    if version != newest_version() {
        set_user_version(connection, newest_version()).await?;
    }
    Ok(())
}

async fn set_user_version(connection: &mut Connection, version: i64) -> Result<()> {
    #[expect(
        clippy::disallowed_types,
        reason = "a pragma takes no parameters, and this one is made of a number"
    )]
    use sqlx::AssertSqlSafe;
    sqlx::query(AssertSqlSafe(format!("pragma user_version = {version}")))
        .execute(connection)
        .await?;
    Ok(())
}

/// The number of migrations.
fn newest_version() -> i64 {
    i64::try_from(MIGRATIONS.iter().count()).unwrap_or(i64::MAX)
}
