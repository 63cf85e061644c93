//! Consistency checks of a database, one read-only statement per rule.

use super::{
    damage::{Damages, Values},
    db::Connection,
    event_pages,
    statements::statements,
};
use crate::error::Result;

/// A rule on times: in rows of `$table`, `$column` is null or in the standard format. Values that are not times, and
/// dates that do not exist, break the rule.
macro_rules! odd_times {
    ($id:literal, $table:literal, $column:literal) => {
        concat!(
            "select count(*), min(",
            $id,
            ") from ",
            $table,
            " where ",
            $column,
            " is not strftime('%Y-%m-%dT%H:%M:%fZ', ",
            $column,
            ")"
        )
    };
}

statements! {
    INTEGRITY = "select integrity_check from pragma_integrity_check";
    FOREIGN_KEYS = r#"select "table" || ' row ' || coalesce(rowid, '?') || ' refers to a missing row of ' || "parent" from pragma_foreign_key_check"#;
    SUM_UP = "select (select count(*) from events), (select count(*) from messages),
        (select count(*) from users), (select count(*) from rooms)";
    IDS_BEYOND_SEQUENCE = "select count(*), min(id) from events
        where id > coalesce((select seq from sqlite_sequence where name = 'events'), 0) or id < 1 or id >= 1 << 53";
    EVENTS_IN_HOLES = "select count(*), min(e.id) from events e join eras h on e.id > h.after_id and e.id < h.next_id";
    ERAS_BEYOND_SEQUENCE = "select count(*), min(next_id) from eras
        where next_id > coalesce((select seq from sqlite_sequence where name = 'events'), 0) + 1 or next_id >= 1 << 53";
    MESSAGES_WITHOUT_EVENT = "select count(*), min(m.id) from messages m left join events e on e.id = m.id
        where e.id is null or e.kind <> 'message' or e.message_id is not m.id or e.room_id is not m.room_id
           or e.actor_id <> m.author_id or e.at <> m.created_at";
    EVENTS_WITHOUT_MESSAGE = "select count(*), min(e.id) from events e left join messages m on m.id = e.message_id
        where e.room_id not in (select id from rooms where kind = 'deleted') and e.kind in ('message', 'message-edited', 'message-deleted', 'reaction')
          and (m.id is null or m.room_id is not e.room_id or m.id > e.id or (e.kind = 'message' and m.id <> e.id))";
    EVENTS_WITH_ODD_MESSAGE = "select count(*), min(id) from events
        where kind not in ('message', 'message-edited', 'message-deleted', 'reaction') and message_id is not null";
    // An event with data tells that the message has another author.
    STATES_THAT_DISAGREE = "with told as (
            select message_id, max(kind = 'message-edited' and data is null) as edited, max(kind = 'message-deleted') as deleted
            from events where kind in ('message-edited', 'message-deleted') group by message_id)
        select count(*), min(m.id) from messages m left join told t on t.message_id = m.id
        where (m.edited_at is not null) <> coalesce(t.edited, 0) or (m.deleted_at is not null) <> coalesce(t.deleted, 0)";
    DELETED_WITH_TEXT = "select count(*), min(id) from messages where deleted_at is not null and body <> ''
        or deleted_at is null and body = '' and not has_files";
    FILES_ASTRAY = "select count(*), min(m.id) from messages m where m.has_files <> exists (
            select 1 from files f where f.message_id = m.id and f.hash is not null and f.room_id is m.room_id)
        or m.has_files and exists (select 1 from files f where f.message_id = m.id and f.user_id <> m.author_id)";
    USES_MISCOUNTED = "select count(*), min(c.rowid) from contents c where c.uses <> (
            select count(*) from files f where f.hash = c.hash) + (select count(*) from users u where u.picture = c.hash)
            + (select count(*) from contents o where o.preview_hash = c.hash)";
    USAGE_MISCOUNTED = "select count(*), min(u.user_id) from file_usage u where u.bytes <> (
            select coalesce(sum(f.size), 0) from files f where f.user_id = u.user_id or u.user_id = 0)";
    ODD_UPLOADS = "select count(*), null from files where created_at is not strftime('%Y-%m-%dT%H:%M:%fZ', created_at)";
    REPLIES_ASTRAY = "select count(*), min(m.id) from messages m join messages q on q.id = m.reply_to
        where q.room_id <> m.room_id or q.id >= m.id";
    THREADS_ASTRAY = "select count(*), min(m.id) from messages m left join messages q on q.id = m.thread
        where m.thread is null and not m.in_room
           or m.thread is not null and (q.id is null or q.room_id <> m.room_id or q.id >= m.id or q.thread is not null)";
    THREADS_MISCOUNTED = "with counted as (
            select thread, count(*) filter (where deleted_at is null) as replies, max(id) filter (where deleted_at is null) as last_id
            from messages where thread is not null group by thread)
        select count(*), min(coalesce(c.thread, t.root_id)) from counted c full join threads t on t.root_id = c.thread
        where (t.replies is not c.replies or t.last_id is not c.last_id) and not exists (
            select 1 from messages q join rooms r on r.id = q.room_id
            where q.id = coalesce(c.thread, t.root_id) and r.kind = 'deleted')";
    REACTIONS_ASTRAY = "select count(*), min(x.message_id) from reactions x
        left join events e on e.id = x.event_id left join messages m on m.id = x.message_id
        where e.kind is not 'reaction' or e.message_id <> x.message_id or e.actor_id <> x.user_id or m.deleted_at is not null";
    USERS_WITHOUT_EVENT = "select count(*), min(u.id) from users u left join events e on e.id = u.id
        where e.kind is not 'user' or e.actor_id <> u.id or e.room_id is not null";
    EVENTS_WITHOUT_USER = "select count(*), min(e.id) from events e left join users u on u.id = e.subject_id
        where e.kind = 'user' and u.id is null";
    ROOMS_WITHOUT_EVENT = "select count(*), min(r.id) from rooms r left join events e on e.id = r.id
        where e.kind is not 'room' or e.room_id is not r.id or e.actor_id <> r.made_by";
    EVENTS_WITHOUT_ROOM = "select count(*), min(id) from events where (room_id is null) <> (kind = 'user')";
    EVENTS_OF_NOBODY = "select count(*), min(e.id) from events e
        left join users u on u.id = e.actor_id left join rooms r on r.id = e.room_id
        left join users m on e.kind = 'member' and m.id = e.subject_id
        where u.id is null or e.room_id is not null and r.id is null or e.kind = 'member' and m.id is null";
    MEMBERS_WITHOUT_EVENT = "select count(*), min(s.event_id) from memberships s left join events e on e.id = s.event_id
        where e.kind is not 'member' or e.room_id <> s.room_id or e.subject_id is not s.user_id";
    DELETED_ROOMS_WITH_MEMBERS = "select count(*), min(r.id) from rooms r left join events e on e.id = r.deleted_id
        where r.kind = 'deleted' and (e.kind is not 'room-deleted' or e.room_id is not r.id
            or exists (select 1 from memberships s where s.room_id = r.id))";
    MEMBERS_MISCOUNTED = "select count(*), min(r.id) from rooms r
        where r.members <> (select count(*) from memberships s where s.room_id = r.id)";
    MARKS_BEYOND_LOG = "select count(*), min(user_id) from memberships
        where read_up_to > coalesce((select seq from sqlite_sequence where name = 'events'), 0)";
    ODD_DATA = "select count(*), min(id) from events where kind in ('member', 'user') and subject_id is null
        or kind = 'custom' and (name is null or data -> '$.payload' is null)
            and room_id not in (select id from rooms where kind = 'deleted')
        or kind not in ('user', 'message', 'message-edited', 'message-deleted', 'reaction', 'room', 'room-deleted',
                        'member', 'custom')";
    ODD_TIMES = odd_times!("id", "events", "at");
    ODD_CREATED_AT = odd_times!("id", "messages", "created_at");
    ODD_EDITED_AT = odd_times!("id", "messages", "edited_at");
    ODD_DELETED_AT = odd_times!("id", "messages", "deleted_at");
    ODD_ARRIVALS = odd_times!("id", "users", "created_at");
    ODD_FOUNDINGS = odd_times!("id", "rooms", "created_at");
    ODD_JOININGS = odd_times!("event_id", "memberships", "joined_at");
    ODD_SIGN_INS = odd_times!("user_id", "sessions", "created_at");
    ODD_ERAS = odd_times!("next_id", "eras", "at");
    // Texts that are not part of any event. Bodies and authors of messages are checked with the events.
    USER_TEXTS = "select id, handle, name from users order by id";
    ROOM_TEXTS = "select id, slug, name, topic from rooms order by id";
    LOGS_WITHOUT_NAME = "select not exists (select 1 from meta where key = 'log' and value <> ''), null";
}

/// Each rule with a statement that returns the number of rows that break it, and the first of them.
const RULES: &[(&str, &str)] = &[
    ("the log has a name", LOGS_WITHOUT_NAME),
    (
        "ids of events are not beyond the sequence of ids",
        IDS_BEYOND_SEQUENCE,
    ),
    (
        "eras do not begin beyond the sequence of ids",
        ERAS_BEYOND_SEQUENCE,
    ),
    (
        "no event is in the gap of ids before an era",
        EVENTS_IN_HOLES,
    ),
    ("events have times in the standard format", ODD_TIMES),
    ("messages have times in the standard format", ODD_CREATED_AT),
    (
        "edits of messages have times in the standard format",
        ODD_EDITED_AT,
    ),
    (
        "deletions of messages have times in the standard format",
        ODD_DELETED_AT,
    ),
    ("users have times in the standard format", ODD_ARRIVALS),
    ("rooms have times in the standard format", ODD_FOUNDINGS),
    (
        "memberships have times in the standard format",
        ODD_JOININGS,
    ),
    ("sessions have times in the standard format", ODD_SIGN_INS),
    ("eras have times in the standard format", ODD_ERAS),
    ("events have the data of their kind", ODD_DATA),
    ("events refer to existing users and rooms", EVENTS_OF_NOBODY),
    (
        "every event except `user` events has a room",
        EVENTS_WITHOUT_ROOM,
    ),
    ("each message has its event", MESSAGES_WITHOUT_EVENT),
    (
        "each event about a message has its message",
        EVENTS_WITHOUT_MESSAGE,
    ),
    (
        "no other event refers to a message",
        EVENTS_WITH_ODD_MESSAGE,
    ),
    (
        "edits and deletions of messages have their events",
        STATES_THAT_DISAGREE,
    ),
    (
        "deleted messages have no text, and others have one",
        DELETED_WITH_TEXT,
    ),
    (
        "replies are in the room of the original, and later",
        REPLIES_ASTRAY,
    ),
    (
        "replies in threads are in the room of the root, and later, and other messages are shown in the room",
        THREADS_ASTRAY,
    ),
    (
        "threads have the number of their replies and the last one",
        THREADS_MISCOUNTED,
    ),
    (
        "reactions have their events, and no message of them is deleted",
        REACTIONS_ASTRAY,
    ),
    ("messages have their files, and no others do", FILES_ASTRAY),
    ("the stored uses of contents are correct", USES_MISCOUNTED),
    ("the stored sizes of files are correct", USAGE_MISCOUNTED),
    ("uploads have times in the standard format", ODD_UPLOADS),
    ("each user has their event", USERS_WITHOUT_EVENT),
    ("each `user` event has its user", EVENTS_WITHOUT_USER),
    ("each room has its event", ROOMS_WITHOUT_EVENT),
    ("each membership has its event", MEMBERS_WITHOUT_EVENT),
    (
        "deleted rooms have their event, and no members",
        DELETED_ROOMS_WITH_MEMBERS,
    ),
    (
        "the stored numbers of members are correct",
        MEMBERS_MISCOUNTED,
    ),
    ("read marks are not beyond the last id", MARKS_BEYOND_LOG),
];

/// The numbers of rows of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Sums {
    /// Events.
    pub events: i64,
    /// Messages, deleted ones included.
    pub messages: i64,
    /// Users, the server's own included.
    pub users: i64,
    /// Rooms.
    pub rooms: i64,
}

/// Returns the numbers of rows.
pub async fn sum_up(connection: &mut Connection) -> Result<Sums> {
    let (events, messages, users, rooms) = sqlx::query_as(SUM_UP).fetch_one(connection).await?;
    Ok(Sums {
        events,
        messages,
        users,
        rooms,
    })
}

/// Returns the errors that SQLite finds in the pages, indexes and foreign keys of the file.
pub async fn find_damage(connection: &mut Connection) -> Result<Vec<String>> {
    let mut faults: Vec<String> = sqlx::query_scalar(INTEGRITY)
        .fetch_all(&mut *connection)
        .await?;
    faults.retain(|fault| fault != "ok");
    faults.extend(find_broken_references(connection).await?);
    Ok(faults)
}

/// The id, slug, name and topic of a room as they are stored.
type RoomTexts = (i64, Vec<u8>, Vec<u8>, Vec<u8>);

/// Returns the values that cannot be decoded, at most about `limit`. Each event is read with its object, as a reader of
/// the whole log does.
pub async fn find_unreadable(connection: &mut Connection, limit: usize) -> Result<Vec<String>> {
    let mut found = event_pages::find_damage(connection, limit).await?;
    let mut damages = Damages::default();
    let mut texts = |table, row, columns: &[(&'static str, Vec<u8>)]| {
        let damages = &mut damages;
        let mut values = Values {
            damages,
            table,
            row,
        };
        for (column, text) in columns {
            values.text(column, text);
        }
    };
    let users: Vec<(i64, Vec<u8>, Vec<u8>)> = sqlx::query_as(USER_TEXTS)
        .fetch_all(&mut *connection)
        .await?;
    for (id, handle, name) in users {
        texts("users", id, &[("handle", handle), ("name", name)]);
    }
    let rooms: Vec<RoomTexts> = sqlx::query_as(ROOM_TEXTS).fetch_all(connection).await?;
    for (id, slug, name, topic) in rooms {
        let columns = [("slug", slug), ("name", name), ("topic", topic)];
        texts("rooms", id, &columns);
    }
    found.extend(damages.into_vec());
    Ok(found.iter().take(limit).map(ToString::to_string).collect())
}

/// Returns the rows that refer to a missing row.
pub async fn find_broken_references(connection: &mut Connection) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(FOREIGN_KEYS)
        .fetch_all(connection)
        .await?)
}

/// The result of checking a rule.
#[derive(Clone, Copy, Debug)]
pub struct Verdict {
    /// A description of the rule.
    pub rule: &'static str,
    /// The number of rows that break it.
    pub faults: i64,
    /// The first of these rows.
    pub first: Option<i64>,
}

/// Checks every rule.
pub async fn judge(connection: &mut Connection) -> Result<Vec<Verdict>> {
    let mut verdicts = Vec::with_capacity(RULES.len());
    for (rule, sql) in RULES {
        let (faults, first) = sqlx::query_as(*sql).fetch_one(&mut *connection).await?;
        verdicts.push(Verdict {
            rule,
            faults,
            first,
        });
    }
    Ok(verdicts)
}
