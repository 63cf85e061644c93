//! The pages. Each works without scripts; a form is answered with 303, or with the page and its errors.

pub mod account;
pub mod administration;
pub mod credentials;
pub mod deletion;
pub mod direct_rooms;
pub mod edited_room;
pub mod inbox;
pub mod invite;
pub mod join;
pub mod messages;
pub mod oidc;
pub mod passkeys;
pub mod people;
pub mod pictures;
pub mod refused;
pub mod reports;
pub mod room;
pub mod room_files;
pub mod room_settings;
pub mod rooms;
pub mod saved;
pub mod setup;
pub mod sign_in;
pub mod thread;

use crate::{
    error::Error,
    web::{
        error::{OwnPage, Rejection},
        locale::Locale,
        problem::status_of,
    },
};
use askama::Template;
use axum::{
    http::{StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};

const VARY: [(header::HeaderName, &str); 1] = [(header::VARY, "accept-language, cookie")];

/// Renders a page. The response varies by cookie and language.
fn page(status: StatusCode, page: &impl Template) -> Result<Response, Rejection> {
    let html = page.render().map_err(std::io::Error::other)?;
    let mut response = (status, VARY, Html(html)).into_response();
    response.extensions_mut().insert(OwnPage);
    Ok(response)
}

/// Redirects to `address` with 303, which the client requests by GET.
fn redirect_to(address: &str) -> Response {
    Redirect::to(address).into_response()
}

/// Returns the last value of a parameter of a query, or an empty text.
fn parameter(query: Option<&str>, name: &str) -> String {
    form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .filter(|(other, _)| other == name)
        .last()
        .map_or_else(String::new, |(_, value)| value.into_owned())
}

/// Returns the status and the message of a form that is shown again, if the error is one that its sender can mend: by
/// changing a field, or by waiting.
fn explain(locale: &Locale, error: Error) -> Result<(StatusCode, String), Rejection> {
    match error {
        Error::Invalid { fault, .. } => Ok((status_of(fault), locale.explain_fault(fault))),
        Error::TooManyRequests { seconds } => {
            let why = locale.explain_too_many_requests(seconds);
            Ok((StatusCode::TOO_MANY_REQUESTS, why))
        }
        error => Err(error.into()),
    }
}

/// Returns like [`explain`], and with the name of the field at fault; `form` if it is none.
fn explain_field(
    locale: &Locale,
    error: Error,
) -> Result<(StatusCode, (String, String)), Rejection> {
    let field = match &error {
        Error::Invalid { field, .. } => field.clone().into_owned(),
        _ => "form".into(),
    };
    let (status, why) = explain(locale, error)?;
    Ok((status, (field, why)))
}

/// Returns `next` if it is a path of this server, else `/`. `//other.example` and `/\other.example` are other servers.
fn local(next: &str) -> &str {
    let is_local = next.starts_with('/')
        && !next[1..].starts_with(['/', '\\'])
        && !next.chars().any(char::is_control);
    if is_local { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        for elsewhere in [
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "",
            "/\t/evil.example",
        ] {
            assert_eq!(local(elsewhere), "/", "{elsewhere:?}");
        }
        assert_eq!(local("/rooms/general?before=8"), "/rooms/general?before=8");
    }
}
