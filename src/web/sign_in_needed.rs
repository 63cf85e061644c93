//! The response to a request that needs a signed-in visitor: 401 for the API, a redirect to `/join` for a page.

use super::{audience::is_for_programs, error::Rejection};
use crate::error::Error;
use axum::http::{Method, request::Parts};

/// Returns the rejection of a request that needs a signed-in visitor.
#[must_use]
pub fn refuse(parts: &Parts) -> Rejection {
    let path = parts.uri.path();
    if is_for_programs(path) {
        Error::SignInNeeded.into()
    } else {
        Rejection::Redirect(join_path(page_of(&parts.method, path)))
    }
}

/// Returns the path of the page for joining, with `next` as the path to return to.
#[must_use]
pub fn join_path(next: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("next", next)
        .finish();
    format!("/join?{query}")
}

/// Returns the page that a request is for, or the page with the form that sends it.
fn page_of<'a>(method: &Method, path: &'a str) -> &'a str {
    match path {
        _ if method.is_safe() => path,
        "/rooms" => "/rooms/new",
        _ if path.starts_with("/account/") => "/account",
        _ => path.rsplit_once('/').map_or("/", |(page, _)| page),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_leads_back_to_its_page() {
        for (path, page) in [
            ("/rooms", "/rooms/new"),
            ("/rooms/general/messages", "/rooms/general"),
            ("/rooms/general/leave", "/rooms/general"),
            (
                "/rooms/general/messages/5/edit",
                "/rooms/general/messages/5",
            ),
            ("/account/name", "/account"),
            ("/account/sessions/x/end", "/account"),
        ] {
            assert_eq!(page_of(&Method::POST, path), page);
        }
        assert_eq!(page_of(&Method::GET, "/rooms/new"), "/rooms/new");
    }
}
