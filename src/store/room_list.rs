//! The list of rooms as one viewer sees it, page by page: first the rooms that the viewer has joined, then the other
//! open ones, each part in the order of names.

use super::{
    damage::parse_lossy,
    db::Connection,
    memberships::list_members_sql,
    rooms::{room_json, visible_rooms},
    statements::statements,
    visibility::{blocked_by, is_open_to},
};
use crate::{
    error::{Error, Result},
    fault::Fault,
    model::{
        ids::{RoomId, UserId},
        member::RoomMember,
        page::{Page, one_more},
        room::{ROOM_LIST_MAX, RoomView},
    },
};

/// The rooms that follow the one with this slug in the order of names; all of them where the slug is null.
macro_rules! follows {
    ($slug:literal) => {
        concat!(
            "(r.name, r.slug) > (coalesce((select a.name from rooms a where a.slug = ",
            $slug,
            "), ''),
                coalesce(",
            $slug,
            ", ''))"
        )
    };
}

/// A page as a JSON array of [`RoomView`]. `?1` is the viewer, `?2` the greatest number of rooms, `?3` whether the page
/// begins among the rooms that the viewer has joined, `?4` the slug after which it begins there, and `?5` the slug
/// after which it begins among the others.
macro_rules! list_rooms {
    () => {
        concat!(
            "select '[' || coalesce(group_concat(j, ',' order by part, name, slug), '') || ']' from (
                select p.part, r.name, r.slug, ", room_json!(), " as j
                from (
                    select * from (
                        select 0 as part, r.id from memberships s join rooms r on r.id = s.room_id
                        where s.user_id = ?1 and ?3 and ", follows!("?4"), "
                            and (s.hidden_up_to is null or exists (
                                select 1 from events e where e.room_id = r.id and e.id > s.hidden_up_to and e.kind = 'message'
                                    and e.actor_id not in ", blocked_by!("?1"), "))
                        order by r.name, r.slug limit ?2 + 0)
                    union all
                    select * from (
                        select 1 as part, r.id from rooms r indexed by rooms_by_name
                        where ", is_open_to!("?1"), " and ", follows!("?5"), "
                            and not exists (select 1 from memberships s where s.room_id = r.id and s.user_id = ?1)
                        order by r.name, r.slug limit ?2 + 0)
                    limit ?2 + 0) p
                join rooms r on r.id = p.id
                left join memberships s on s.room_id = r.id and s.user_id = ?1)"
        )
    };
}

statements! {
    IS_JOINED = concat!("select s.user_id is not null ", visible_rooms!(), " and r.slug = ?2");
    LIST_ROOMS = list_rooms!();
    LIST_ROOMS_AND_MEMBERS = concat!("select (", list_rooms!(), ") as rooms, ", list_members_sql!("?6", "?7", "?8"));
}

/// Returns the page of at most `limit` rooms that begins after the room with the slug `after`.
///
/// # Errors
///
/// [`Error::Invalid`] if the viewer sees no room with that slug.
pub async fn list_rooms(
    connection: &mut Connection,
    viewer: Option<UserId>,
    after: Option<&str>,
    limit: usize,
) -> Result<Page<RoomView>> {
    let is_joined = match after {
        None => true,
        Some(slug) => is_joined(connection, viewer, slug).await?,
    };
    let json: Vec<u8> = sqlx::query_scalar(LIST_ROOMS)
        .bind(viewer)
        .bind(one_more(limit))
        .bind(is_joined)
        .bind(after.filter(|_| is_joined))
        .bind(after.filter(|_| !is_joined))
        .fetch_one(connection)
        .await?;
    Ok(Page::of(parse_lossy(&json)?, limit))
}

/// Returns the first [`ROOM_LIST_MAX`] rooms, the first `members_max` members of `room` and their number, in one statement:
/// what a page shows beside the history.
pub async fn list_rooms_and_members(
    connection: &mut Connection,
    viewer: Option<UserId>,
    room: RoomId,
    members_max: i64,
) -> Result<(Page<RoomView>, Vec<RoomMember>, i64)> {
    let (rooms, count, members): (Vec<u8>, i64, Vec<u8>) = sqlx::query_as(LIST_ROOMS_AND_MEMBERS)
        .bind(viewer)
        .bind(one_more(ROOM_LIST_MAX))
        .bind(true)
        .bind(None::<&str>)
        .bind(None::<&str>)
        .bind(room)
        .bind("")
        .bind(members_max)
        .fetch_one(connection)
        .await?;
    let rooms = Page::of(parse_lossy(&rooms)?, ROOM_LIST_MAX);
    Ok((rooms, parse_lossy(&members)?, count))
}

async fn is_joined(
    connection: &mut Connection,
    viewer: Option<UserId>,
    slug: &str,
) -> Result<bool> {
    let is_joined: Option<bool> = sqlx::query_scalar(IS_JOINED)
        .bind(viewer)
        .bind(slug)
        .fetch_optional(connection)
        .await?;
    is_joined.ok_or_else(|| Error::invalid("after", Fault::NoSuchRoom))
}
