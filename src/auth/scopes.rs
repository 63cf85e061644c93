//! What a request needs of a token: the rule for [`Grant`], which holds for every route.

use crate::{
    error::{Denial, Error, Result},
    model::grant::{Grant, TokenScope},
};
use axum::http::Method;

/// The part of a request that decides what it needs.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The method.
    pub method: &'a Method,
    /// The route, with parameters in braces.
    pub route: &'a str,
    /// The slug of the room that the address names.
    pub room: Option<&'a str>,
    /// The handle that the address names.
    pub handle: Option<&'a str>,
}

/// The parts of a room's address below which people post. All other changes need [`TokenScope::Admin`], and so does what
/// [`check_moderation`] names.
const POSTING: [&str; 9] = [
    "events",
    "favourite",
    "join",
    "leave",
    "members",
    "messages",
    "notify",
    "read",
    "typing",
];
/// Routes without a room that a token for certain rooms may read: what they answer is limited to its rooms.
const LIMITED: [&str; 3] = ["/api/v1/events", "/api/v1/me", "/files/{file}/{name}"];
/// Routes of uploads, which are posted into rooms afterwards.
const UPLOADS: [&str; 2] = ["/files", "/files/{upload}"];
/// The beginning of all routes that are made for programs. A page shows all rooms of the viewer in its sidebar, so that a
/// token for certain rooms opens none.
const API: &str = "/api/";
/// The route that ends the session or token of the request, which every token may do.
const SIGN_OUT: &str = "/signout";

/// Checks that a token may be used for a request.
///
/// # Errors
///
/// [`Error::NotFound`] for rooms that the token is not for, as for rooms that do not exist; [`Error::Forbidden`] for
/// other requests.
pub fn check(grant: &Grant, target: Target<'_>) -> Result<()> {
    if target.route == SIGN_OUT && !target.method.is_safe() {
        return Ok(());
    }
    if target.room.is_some_and(|room| !grant.includes(room)) {
        return Err(Error::NotFound);
    }
    let scope = scope_of(target);
    let is_in_room = target.room.is_some();
    let is_upload = UPLOADS.contains(&target.route);
    let is_limited = || is_upload || scope == TokenScope::Read && LIMITED.contains(&target.route);
    let is_of_rooms = is_in_room && target.route.starts_with(API);
    let is_among_rooms = grant.rooms.is_none() || is_of_rooms || is_limited();
    if is_among_rooms && grant.scopes.contains(scope) {
        return Ok(());
    }
    Err(Error::Forbidden(Denial::TokenScope))
}

/// Checks that a token may be used for what only managers and admins do by a request that others send for themselves:
/// deleting the messages of others, adding and removing others, and naming managers.
///
/// # Errors
///
/// [`Error::Forbidden`].
pub fn check_moderation(grant: &Grant) -> Result<()> {
    if grant.scopes.contains(TokenScope::Admin) {
        Ok(())
    } else {
        Err(Error::Forbidden(Denial::TokenScope))
    }
}

fn scope_of(target: Target<'_>) -> TokenScope {
    if UPLOADS.contains(&target.route) {
        return TokenScope::Post;
    }
    if target.method.is_safe() {
        return TokenScope::Read;
    }
    let of_room = target.route.split_once("/rooms/{room}/");
    let part = of_room.and_then(|(_, rest)| rest.split('/').next());
    let is_posting = part.is_some_and(|part| POSTING.contains(&part));
    let is_about_others = target.handle.is_some_and(|handle| handle != "me");
    if is_posting && !is_about_others {
        TokenScope::Post
    } else {
        TokenScope::Admin
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::grant::Scopes;

    fn grant(scopes: &str, rooms: Option<&[&str]>) -> Grant {
        let rooms = rooms.map(|rooms| rooms.iter().map(|room| (*room).to_owned()).collect());
        Grant {
            scopes: Scopes::of_stored(scopes),
            rooms,
        }
    }

    fn target<'a>(
        method: &'a Method,
        route: &'a str,
        parameters: [Option<&'a str>; 2],
    ) -> Target<'a> {
        let [room, handle] = parameters;
        Target {
            method,
            route,
            room,
            handle,
        }
    }

    #[test]
    fn each_request_needs_one_scope() {
        let room = [Some("club"), None];
        for (method, route, parameters, scope) in [
            (Method::GET, "/api/v1/rooms/{room}/messages", room, "read"),
            (Method::HEAD, "/api/v1/events", [None; 2], "read"),
            (Method::POST, "/api/v1/rooms/{room}/messages", room, "post"),
            (
                Method::POST,
                "/rooms/{room}/messages/{id}/edit",
                room,
                "post",
            ),
            (
                Method::PUT,
                "/api/v1/rooms/{room}/members/{handle}",
                [Some("club"), Some("me")],
                "post",
            ),
            (
                Method::PUT,
                "/api/v1/rooms/{room}/members/{handle}",
                [Some("club"), Some("bob")],
                "admin",
            ),
            (Method::PATCH, "/api/v1/rooms/{room}", room, "admin"),
            (Method::POST, "/rooms/{room}/settings", room, "admin"),
            (Method::POST, "/api/v1/rooms", [None; 2], "admin"),
            (Method::PUT, "/api/v1/me/password", [None; 2], "admin"),
            (Method::POST, "/api/v1/something/new", [None; 2], "admin"),
        ] {
            for granted in ["read", "post", "admin"] {
                let allowed = check(&grant(granted, None), target(&method, route, parameters));
                assert_eq!(
                    allowed.is_ok(),
                    granted == scope,
                    "{method} {route} with {granted}"
                );
            }
        }
    }

    #[test]
    fn a_token_for_rooms_reaches_nothing_else() {
        let grant = grant("read post admin", Some(&["club"]));
        let get = |route, room| check(&grant, target(&Method::GET, route, [room, None]));
        let room = "/api/v1/rooms/{room}";
        assert!(get(room, Some("club")).is_ok());
        assert!(matches!(get(room, Some("plans")), Err(Error::NotFound)));
        assert!(get("/api/v1/events", None).is_ok());
        for route in [
            "/api/v1/rooms",
            "/api/v1/me/tokens",
            "/account",
            "/api/v1/users",
        ] {
            assert!(
                matches!(get(route, None), Err(Error::Forbidden(_))),
                "{route}"
            );
        }
        assert!(get(SIGN_OUT, None).is_err(), "its page is one like others");
        for page in ["/rooms/{room}", "/rooms/{room}/messages/{id}"] {
            assert!(matches!(get(page, Some("club")), Err(Error::Forbidden(_))));
            assert!(matches!(get(page, Some("plans")), Err(Error::NotFound)));
        }
        let change = target(&Method::PATCH, "/api/v1/me", [None; 2]);
        assert!(check(&grant, change).is_err());
        let out = target(&Method::POST, SIGN_OUT, [None; 2]);
        assert!(check(&grant, out).is_ok());
    }
}
