//! The last event that a person may see, which is told as the head of what they see.

use crate::statements::empty_file;
use backscroll::{
    model::ids::{EventId, UserId},
    store::{cursors::find_selection_head, db::Connection, event_pages::Selection},
};

/// An open room, a closed one of which only `MEMBER` is a member, and an event in each.
const ROOMS: &str = "pragma foreign_keys = off;
    insert into rooms (id, slug, name, kind, made_by, created_at)
    values (1, 'open', 'Open', 'open', 1, ''), (2, 'closed', 'Closed', 'closed', 1, '');
    insert into memberships (room_id, user_id, joined_at, event_id, read_up_to) values (2, 7, '', 11, 0);
    insert into events (id, room_id, kind, actor_id, at, name)
    values (10, 1, 'custom', 1, '', 'x'), (11, 2, 'custom', 1, '', 'x');";
/// Events of the room `?1`, the last of which has the id `?2`. More than are searched from the end of the log.
const EVENTS: &str = "with recursive n(i) as (select ?2 - 2900 union all select i + 1 from n where i < ?2)
    insert into events (id, room_id, kind, actor_id, at, name) select i, ?1, 'custom', 1, '', 'x' from n";
const OPEN_HEAD: EventId = EventId(10);
const MEMBER: UserId = UserId(7);
const STRANGER: UserId = UserId(8);

async fn head_for(connection: &mut Connection, viewer: UserId) -> i64 {
    let selection = Selection::Visible {
        viewer: Some(viewer),
        rooms: None,
        joined: false,
    };
    let head = find_selection_head(connection, &selection, OPEN_HEAD).await;
    head.expect("a head").0
}

#[tokio::test]
async fn a_head_is_an_event_that_one_sees_however_much_others_do_elsewhere() {
    let (_directory, mut connection) = empty_file().await;
    let made = sqlx::raw_sql(ROOMS).execute(&mut connection).await;
    made.expect("valid SQL");
    assert_eq!(head_for(&mut connection, MEMBER).await, 11);
    assert_eq!(head_for(&mut connection, STRANGER).await, 10);
    for (room, last) in [(2, 3_000), (99, 6_000)] {
        let events = sqlx::query(EVENTS).bind(room).bind(last);
        events.execute(&mut connection).await.expect("valid SQL");
        assert_eq!(head_for(&mut connection, MEMBER).await, 3_000);
        assert_eq!(head_for(&mut connection, STRANGER).await, 10);
    }
}
