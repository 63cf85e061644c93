//! Counts that a person is told, of which each has a limit.

use crate::statements::empty_file;
use backscroll::{
    model::{ids::UserId, room::UNREAD_MAX},
    store::rooms::find_room,
};

/// A room with 1,500 unread messages of somebody else, each of which mentions user 7.
const MENTIONED: &str = "pragma foreign_keys = off;
    insert into rooms (id, slug, name, kind, made_by, created_at) values (1, 'open', 'Open', 'open', 1, '');
    insert into memberships (room_id, user_id, joined_at, event_id, read_up_to) values (1, 7, '', 2, 0);
    with recursive n(i) as (select 10 union all select i + 1 from n where i < 1509)
    insert into messages (id, room_id, author_id, body, created_at) select i, 1, 1, '@x', '' from n;
    insert into mentions (user_id, room_id, message_id) select 7, 1, id from messages;";

#[tokio::test]
async fn unread_messages_and_mentions_are_counted_up_to_the_same_limit() {
    let (_directory, mut connection) = empty_file().await;
    let made = sqlx::raw_sql(MENTIONED).execute(&mut connection).await;
    made.expect("valid SQL");
    let room = find_room(&mut connection, Some(UserId(7)), "open").await;
    let room = room.expect("it can be read").expect("it is there");
    assert_eq!((room.unread, room.mentions), (UNREAD_MAX, UNREAD_MAX));
}
