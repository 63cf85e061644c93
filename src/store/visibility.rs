//! The visibility rules of `chat/policy.rs` as SQL: the rooms, events and users that a viewer may see. All queries are
//! built from these fragments; a test fails if the rules are written anywhere else.

/// Whether the room `r` is open.
macro_rules! is_open {
    () => {
        "r.kind = 'open'"
    };
}
pub(super) use is_open;

/// Whether the viewer `$viewer` (null: a visitor who is not signed in) may see open rooms without being a member. SQLite
/// evaluates it once per statement if the viewer is a parameter.
macro_rules! sees_open_rooms {
    ($viewer:literal) => {
        concat!(
            "coalesce((select v.role in ('admin', 'member', 'bot') from users v where v.id = ",
            $viewer,
            "), not exists (select 1 from meta where key = 'door' and value = 'invite'))"
        )
    };
}
pub(super) use sees_open_rooms;

/// Whether the room `r` ceased to be open by the event `e`: it was closed, or deleted while it was open.
macro_rules! is_closing {
    () => {
        "e.id = r.closed_id"
    };
}
pub(super) use is_closing;

/// Whether the room `r` was not deleted. All readers of the log skip other events of a deleted room than its deletion.
macro_rules! is_there {
    () => {
        "(r.kind <> 'deleted' or e.id = r.deleted_id)"
    };
}
pub(super) use is_there;

/// Whether the room `r` is open, and the viewer `$viewer` sees open rooms.
macro_rules! is_open_to {
    ($viewer:literal) => {
        concat!(
            "(r.kind = 'open' and ",
            crate::store::visibility::sees_open_rooms!($viewer),
            ")"
        )
    };
}
pub(super) use is_open_to;

/// Whether the room `r` is visible to the viewer `$viewer` whose membership of it is `s`, a row of a left join.
macro_rules! room_is_visible {
    ($viewer:literal) => {
        concat!(
            "(",
            crate::store::visibility::is_open_to!($viewer),
            " or s.user_id is not null)"
        )
    };
}
pub(super) use room_is_visible;

/// Whether the room `r` is visible to the viewer `$viewer` whose membership of it is `s`, or was an open room of theirs
/// when it was deleted.
macro_rules! room_was_visible {
    ($viewer:literal) => {
        concat!(
            "(",
            crate::store::visibility::room_is_visible!($viewer),
            " or r.closed_id = r.deleted_id and ",
            crate::store::visibility::sees_open_rooms!($viewer),
            ")"
        )
    };
}
pub(super) use room_was_visible;

/// Whether the membership `$member` is one that manages its room.
macro_rules! is_manager {
    ($member:literal) => {
        concat!("(", $member, ".role is 'manager')")
    };
}
pub(super) use is_manager;

/// Whether a user whose role on the server is `$role`, and whose membership of the room `r` is `$member`, manages the room if
/// it is visible to them. With the role `null`, whether they do as its manager. The people of a direct room are equal.
macro_rules! manages {
    ($role:literal, $member:literal) => {
        concat!(
            "(r.kind <> 'direct' and (",
            crate::store::visibility::is_manager!($member),
            " or ",
            $role,
            " is 'admin'))"
        )
    };
}
pub(super) use manages;

/// The people whom the viewer `$viewer` has blocked. What they write is neither counted nor signalled to the viewer.
/// SQLite evaluates it once per statement if the viewer is a parameter.
macro_rules! blocked_by {
    ($viewer:literal) => {
        concat!(
            "(select b.blocked_id from blocks b where b.user_id = ",
            $viewer,
            ")"
        )
    };
}
pub(super) use blocked_by;

/// Whether a user is visible to everyone who sees open rooms, as member of an open room or author of a message in one.
/// Each room of the user needs one look-up in an index, however many there are on the server, and however much the user
/// wrote in it.
macro_rules! person_is_public {
    ($user:literal) => {
        concat!(
            "(exists (select 1 from memberships ps join rooms pr on pr.id = ps.room_id
                where ps.user_id = ",
            $user,
            " and pr.kind = 'open')
              or exists (
                with recursive written(room_id) as (
                    select min(room_id) from messages where author_id = ",
            $user,
            "
                    union all
                    select (select min(pm.room_id) from messages pm where pm.author_id = ",
            $user,
            " and pm.room_id > w.room_id)
                    from written w where w.room_id is not null)
                select 1 from written w join rooms pr on pr.id = w.room_id and pr.kind = 'open'))"
        )
    };
}
pub(super) use person_is_public;

/// Whether the event `e` of the room `r` is visible to the viewer `$viewer` whose membership of that room is `s`; with
/// `$joined`, only events of rooms that the viewer has joined.
///
/// The visible events of a room begin with the one that made it visible. Of a room that the viewer does not see any more,
/// only the event that took it away is visible: leaving it, its closing to whoever saw it as an open room, or its deletion
/// to its former members. A change of a user is visible to all who may see the user.
///
/// The frequent cases come first: SQLite evaluates no later branch of a `case`, but each operand of an `or`.
macro_rules! event_is_visible {
    ($viewer:literal, $joined:literal) => {
        concat!(
            "case when e.room_id is null
                then e.kind = 'user' and e.subject_id <> e.id and ",
            crate::store::visibility::person_is_visible!($viewer, "e.subject_id"), "
                when ", crate::store::visibility::is_open_to!($viewer), " and not ", $joined, " then true
                when s.event_id <= e.id then true
                else ", crate::store::visibility::is_former_member!($viewer), " and e.id = r.deleted_id
                     or e.id = r.closed_id and not ", $joined, "
                        and ", crate::store::visibility::sees_open_rooms!($viewer), "
                        and (s.event_id > e.id or s.user_id is null
                            and not ", crate::store::visibility::is_former_member!($viewer), "
                            and not exists (
                                select 1 from events l where l.subject_id = ", $viewer, " and l.subject_id is not null
                                and l.room_id = e.room_id and l.id > e.id))
                     or e.kind = 'member' and e.subject_id = ", $viewer, " and s.user_id is null and e.id = (
                            select max(l.id) from events l
                            where l.subject_id = e.subject_id and l.subject_id is not null and l.room_id = e.room_id)
                        and not ", crate::store::visibility::is_former_member!($viewer), "
                        and (r.closed_id is null or r.closed_id < e.id or ", $joined, "
                            or not ", crate::store::visibility::sees_open_rooms!($viewer), ")",
            " end"
        )
    };
}
pub(super) use event_is_visible;

/// Whether the viewer `$viewer` was a member of the room of the event `e` when it was deleted.
macro_rules! is_former_member {
    ($viewer:literal) => {
        concat!(
            "exists (select 1 from former_memberships f where f.user_id = ",
            $viewer,
            " and f.room_id = e.room_id)"
        )
    };
}
pub(super) use is_former_member;

/// Whether the user `$user` is visible to the viewer `$viewer`.
macro_rules! person_is_visible {
    ($viewer:literal, $user:literal) => {
        concat!(
            "(", crate::store::visibility::sees_open_rooms!($viewer), "
                and ", crate::store::visibility::person_is_public!($user), "
              or exists (select 1 from memberships vs join memberships vo on vo.room_id = vs.room_id
                where vs.user_id = ", $viewer, " and vo.user_id = ", $user, "))"
        )
    };
}
pub(super) use person_is_visible;

/// The last event in the room `$room` that is visible to its readers: an event of the room, or a change of a user whom
/// all of them may see. `$sees_open` tells whether they see open rooms.
macro_rules! room_head {
    ($room:literal, $sees_open:literal) => {
        concat!(
            "max(
                (select coalesce(max(id), 0) from events where room_id = ", $room, "),
                coalesce((
                    select e.id from events e indexed by events_about_people where e.kind = 'user' and e.subject_id <> e.id
                    and (", $sees_open, " and ", crate::store::visibility::person_is_public!("e.subject_id"), " or exists (
                        select 1 from memberships hs where hs.room_id = ", $room, " and hs.user_id = e.subject_id))
                    order by e.id desc limit 1), 0))"
        )
    };
}
pub(super) use room_head;

/// The events that are visible to a viewer in the requested rooms, given as JSON (null: all), or in those of them that
/// the viewer has joined.
macro_rules! visible_events {
    ($viewer:literal, $rooms:literal, $joined:literal) => {
        concat!(
            "events e left join rooms r on r.id = e.room_id
             left join memberships s on s.room_id = e.room_id and s.user_id = ",
            $viewer,
            "
             where (",
            $rooms,
            " is null or e.room_id is null or e.room_id in (select value from json_each(",
            $rooms,
            ")))
             and ",
            crate::store::visibility::event_is_visible!($viewer, $joined)
        )
    };
}
pub(super) use visible_events;
