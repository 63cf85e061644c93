//! The columns of the table `users` that profiles and the list of people show.

use super::{
    damage::{optional_time_of, text_of},
    db::Connection,
    statements::statements,
    visibility::{blocked_by, person_is_visible},
};
use crate::{
    error::Result,
    model::{
        ids::UserId,
        look_alike::fold_name,
        profile::{About, Profile, TimeZone},
        role::Role,
        user::{User, mention_key},
    },
};
use sqlx::{FromRow, Row as _, sqlite::SqliteRow};

/// The columns of a profile, as the viewer `?1` sees it.
macro_rules! profile {
    () => {
        concat!(
            "select u.id, u.handle, u.name, u.role, u.created_at, u.imported, u.view_event_id, u.about, coalesce(u.time_zone, '') as time_zone, u.picture,
            u.disabled_at is not null as is_disabled, u.banned_at is not null as is_banned, u.hides_presence, u.hides_reading,
            (select max(s.last_used_at) from sessions s where s.user_id = u.id) as last_seen_at,
            (select count(*) from sessions s where s.user_id = u.id and s.name is null) as sessions,
            u.id in ", blocked_by!("?1"), " as is_blocked from users u "
        )
    };
}

/// The users who are visible to the viewer `?1`, or all if `?2`, and whom a search finds. Disabled accounts are listed
/// for admins only.
macro_rules! listed {
    () => {
        concat!(
            "u.deleted_at is null and (?3 is null or instr(u.mention_key, ?3) > 0 or instr(u.name_folded, ?4) > 0)
            and (?5 is null or u.role = ?5)
            and (?6 is null or (u.disabled_at is not null) = ?6) and (?9 is null or (u.imported <> 0) = ?9)
            and (?2 or u.disabled_at is null and (u.id = ?1 or ",
            person_is_visible!("?1", "u.id"),
            "))"
        )
    };
}

statements! {
    FIND_PROFILE = concat!(
        profile!(), "where u.handle = ?3 and (?2 or u.id = ?1 or ", person_is_visible!("?1", "u.id"), ")"
    );
    LIST_AFTER = concat!(
        profile!(), "where ", listed!(), "
            and (u.handle collate nocase, u.id) > (?7, coalesce((select a.id from users a where a.handle = ?7), 0))
        order by u.handle collate nocase, u.id limit ?8 + 0"
    );
    LIST_BEFORE = concat!(
        profile!(), "where ", listed!(), "
            and (u.handle collate nocase, u.id) < (?7, coalesce((select a.id from users a where a.handle = ?7), 0))
        order by u.handle collate nocase desc, u.id desc limit ?8 + 0"
    );
    UPDATE_PROFILE = "update users set about = coalesce(?2, about), time_zone = coalesce(?3, time_zone),
        hides_presence = coalesce(?4, hides_presence), hides_reading = coalesce(?5, hides_reading) where id = ?1";
    COUNT_PEOPLE = "select count(*) as everybody, count(*) filter (where role = 'admin') as admins,
            count(*) filter (where role = 'guest') as guests, count(*) filter (where disabled_at is not null) as disabled,
            count(*) filter (where imported) as imported
        from users where deleted_at is null";
}

impl FromRow<'_, SqliteRow> for Profile {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            user: User::from_row(row)?,
            about: text_of(row, "about")?,
            time_zone: text_of(row, "time_zone")?,
            picture: row.try_get("picture")?,
            is_disabled: row.try_get("is_disabled")?,
            is_blocked: row.try_get("is_blocked")?,
            is_banned: row.try_get("is_banned")?,
            hides_presence: row.try_get("hides_presence")?,
            hides_reading: row.try_get("hides_reading")?,
            last_seen_at: optional_time_of(row, "last_seen_at")?,
            sessions: row.try_get("sessions")?,
            is_here: false,
        })
    }
}

/// The reader of profiles.
#[derive(Clone, Copy, Debug)]
pub struct ProfileReader {
    /// The account.
    pub user: UserId,
    /// Whether the reader sees all accounts.
    pub is_admin: bool,
}

/// Returns the profile of the user with this handle, if the reader may see the user.
pub async fn find_profile(
    connection: &mut Connection,
    reader: ProfileReader,
    handle: &str,
) -> Result<Option<Profile>> {
    Ok(sqlx::query_as(FIND_PROFILE)
        .bind(reader.user)
        .bind(reader.is_admin)
        .bind(handle)
        .fetch_optional(connection)
        .await?)
}

/// The part of the list of people that is requested.
#[derive(Clone, Debug, Default)]
pub struct PeopleQuery {
    /// A part of the handle or name.
    pub text: Option<String>,
    /// Only people with this role.
    pub role: Option<Role>,
    /// Only disabled accounts, or only others.
    pub disabled: Option<bool>,
    /// Only people whom an import has brought, or only others.
    pub imported: Option<bool>,
    /// The place where the page begins or ends.
    pub anchor: PeopleAnchor,
    /// Greatest number of entries.
    pub limit: i64,
}

/// A place in the list of people, which is ordered by handle.
#[derive(Clone, Debug)]
pub enum PeopleAnchor {
    /// The page begins after this handle.
    After(String),
    /// The page ends before this handle.
    Before(String),
}

impl Default for PeopleAnchor {
    fn default() -> Self {
        Self::After(String::new())
    }
}

/// Returns a part of the list of people whom the reader may see, in the order of handles.
pub async fn list_people(
    connection: &mut Connection,
    reader: ProfileReader,
    query: &PeopleQuery,
) -> Result<Vec<Profile>> {
    let text = query.text.as_deref().filter(|text| !text.is_empty());
    let (statement, handle) = match &query.anchor {
        PeopleAnchor::After(handle) => (LIST_AFTER, handle),
        PeopleAnchor::Before(handle) => (LIST_BEFORE, handle),
    };
    let mut people: Vec<Profile> = sqlx::query_as(statement)
        .bind(reader.user)
        .bind(reader.is_admin)
        .bind(text.map(mention_key))
        .bind(text.map(fold_name))
        .bind(query.role.map(Role::as_str))
        .bind(query.disabled)
        .bind(handle)
        .bind(query.limit)
        .bind(query.imported)
        .fetch_all(connection)
        .await?;
    if matches!(query.anchor, PeopleAnchor::Before(_)) {
        people.reverse();
    }
    Ok(people)
}

/// How many accounts there are, of each kind that the list of admins can be limited to.
#[derive(Clone, Copy, Debug, Default, FromRow)]
#[expect(missing_docs, reason = "the fields are what their names say")]
pub struct PeopleCounts {
    pub everybody: i64,
    pub admins: i64,
    pub guests: i64,
    pub disabled: i64,
    pub imported: i64,
}

/// Counts the accounts.
pub async fn count_people(connection: &mut Connection) -> Result<PeopleCounts> {
    Ok(sqlx::query_as(COUNT_PEOPLE).fetch_one(connection).await?)
}

/// Sets what a user says of themselves. `None` leaves a value unchanged.
pub async fn update_profile(
    connection: &mut Connection,
    user: UserId,
    (about, time_zone): (Option<&About>, Option<&TimeZone>),
    (hides_presence, hides_reading): (Option<bool>, Option<bool>),
) -> Result<()> {
    sqlx::query(UPDATE_PROFILE)
        .bind(user)
        .bind(about.map(About::as_str))
        .bind(time_zone.map(TimeZone::as_str))
        .bind(hides_presence)
        .bind(hides_reading)
        .execute(connection)
        .await?;
    Ok(())
}
