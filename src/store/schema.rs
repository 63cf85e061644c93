//! The version of the schema, and the program that a database belongs to.
//!
//! `application_id` marks a file as one of Backscroll, and `user_version` is the number of its migrations.

use super::{connection::Connection, statements::statements};
use crate::error::{Error, Result};
use std::path::Path;

/// `Bscr` in ASCII, big-endian as in the header of the file: <https://sqlite.org/fileformat2.html#application_id>.
/// [`SET_APPLICATION_ID`] contains the same number.
pub const APPLICATION_ID: i64 = 0x4273_6372;

statements! {
    READ_HEADER = "select (select application_id from pragma_application_id),
        (select user_version from pragma_user_version),
        (select count(*) from sqlite_master where tbl_name <> '_sqlx_migrations'),
        (select count(*) = 3 from sqlite_master
         where type = 'table' and name in ('events', 'eras', '_sqlx_migrations'))";
    // The checksum of the first migration distinguishes these tables from tables of the same names of another program.
    READ_MIGRATIONS = "select coalesce(max(version), 0),
        (select checksum from _sqlx_migrations order by version limit 1) from _sqlx_migrations";
    SET_APPLICATION_ID = "pragma application_id = 1114858354";
}

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// The program that a database belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// None: there are no tables yet.
    Nobody,
    /// Backscroll, in this version or an older one.
    Backscroll,
    /// Backscroll, in a version that is newer than this program.
    NewerBackscroll,
    /// Another program.
    Other,
}

impl Owner {
    /// Determines the program that the file belongs to, without changing the file.
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

    /// Refuses files of other programs and of newer versions, and for readers also files without tables.
    pub(super) fn refuse_unfit(self, file: &Path, is_reader: bool) -> Result<()> {
        let file = file.display();
        match self {
            Self::Nobody if !is_reader => Ok(()),
            Self::Backscroll => Ok(()),
            Self::NewerBackscroll => Err(Error::Refused(format!(
                "{file} was created by a newer version of Backscroll; use that version"
            ))),
            Self::Nobody | Self::Other => Err(Error::Refused(format!(
                "{file} is not a database of Backscroll"
            ))),
        }
    }
}

/// Migrates the schema to this version, and writes `application_id` and `user_version` if they differ.
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

/// Returns the number of migrations.
fn newest_version() -> i64 {
    i64::try_from(MIGRATIONS.iter().count()).unwrap_or(i64::MAX)
}
