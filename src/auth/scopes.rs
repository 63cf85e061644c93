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

/// The parts of a room's address below which people post. All other changes need [`TokenScope::Admin`].
const POSTING: [&str; 8] = [
    "events", "join", "leave", "members", "messages", "notify", "read", "typing",
];
/// Routes without a room that a token for certain rooms may read: what they answer is limited to its rooms.
const LIMITED: [&str; 2] = ["/api/v1/events", "/api/v1/me"];
/// The route that ends the session or token of the request, which every token may do.
const SIGN_OUT: &str = "/signout";

/// Checks that a token may be used for a request.
///
/// # Errors
///
/// [`Error::NotFound`] for rooms that the token is not for, as for rooms that do not exist; [`Error::Forbidden`] for
/// other requests.
pub fn check(grant: &Grant, target: Target<'_>) -> Result<()> {
    if target.route == SIGN_OUT {
        return Ok(());
    }
    if target.room.is_some_and(|room| !grant.includes(room)) {
        return Err(Error::NotFound);
    }
    let scope = scope_of(target);
    let is_in_room = target.room.is_some();
    let is_limited = || scope == TokenScope::Read && LIMITED.contains(&target.route);
    let is_among_rooms = grant.rooms.is_none() || is_in_room || is_limited();
    if is_among_rooms && grant.scopes.contains(scope) {
        return Ok(());
    }
    Err(Error::Forbidden(Denial::TokenScope))
}

fn scope_of(target: Target<'_>) -> TokenScope {
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
        let change = target(&Method::PATCH, "/api/v1/me", [None; 2]);
        assert!(check(&grant, change).is_err());
        let out = target(&Method::POST, SIGN_OUT, [None; 2]);
        assert!(check(&grant, out).is_ok());
    }
}
