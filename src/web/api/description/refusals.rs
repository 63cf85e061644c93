//! The responses to requests that the server refuses. All but one are problem+json (RFC 9457).

use super::{
    headers::{SharedHeader, constant, optional, private_response, required},
    schemas::reference,
};
use crate::{
    error::{Denial, Outage},
    fault::Fault,
    model::json_schema::text,
    web::{
        body::{BODY_TIMEOUT, BodyLimit},
        problem::Problem,
    },
};
use axum::http::StatusCode;
use strum::{IntoEnumIterator as _, VariantNames as _};
use utoipa::openapi::{Content, Ref, Response, ResponseBuilder};

/// A reason why a request is refused. Each variant is a component of the document with its name.
#[derive(Clone, Copy, Debug)]
pub(super) enum Refusal {
    Malformed,
    NotSignedIn,
    NotAllowed,
    NotFound,
    NotAcceptable,
    TooSlow,
    Conflict,
    TooLarge,
    WrongType,
    OtherVersion,
    Full,
    Misdirected,
    Invalid,
    TooManyRequests,
    HeadTooLarge,
    Failed,
    Busy,
}

impl Refusal {
    /// All refusals.
    pub(super) const ALL: [Self; 17] = [
        Self::Malformed,
        Self::NotSignedIn,
        Self::NotAllowed,
        Self::NotFound,
        Self::NotAcceptable,
        Self::TooSlow,
        Self::Conflict,
        Self::TooLarge,
        Self::WrongType,
        Self::OtherVersion,
        Self::Full,
        Self::Misdirected,
        Self::Invalid,
        Self::TooManyRequests,
        Self::HeadTooLarge,
        Self::Failed,
        Self::Busy,
    ];

    /// The refusals that any request may meet.
    pub(super) const OF_REQUESTS: [Self; 5] = [
        Self::Malformed,
        Self::Misdirected,
        Self::HeadTooLarge,
        Self::Failed,
        Self::Busy,
    ];

    /// The refusals that a request with a body may meet.
    pub(super) const OF_BODIES: [Self; 4] = [
        Self::TooSlow,
        Self::TooLarge,
        Self::WrongType,
        Self::Invalid,
    ];

    /// Returns the name of the component.
    pub(super) fn component(self) -> String {
        format!("{self:?}")
    }

    /// Returns a reference to the component.
    pub(super) fn reference(self) -> Ref {
        Ref::from_response_name(self.component())
    }

    /// Returns the status.
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::NotSignedIn => StatusCode::UNAUTHORIZED,
            Self::NotAllowed => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Conflict => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::WrongType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::OtherVersion => StatusCode::PRECONDITION_FAILED,
            Self::Full => StatusCode::INSUFFICIENT_STORAGE,
            Self::Misdirected => StatusCode::MISDIRECTED_REQUEST,
            Self::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::HeadTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::Failed => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Returns the component.
    pub(super) fn response(self) -> Response {
        let response = match self {
            Self::HeadTooLarge => ResponseBuilder::new().description(self.description()),
            Self::Busy => busy(self.description()),
            _ => self.with_headers(problem(private_response(self.description()))),
        };
        response.build()
    }

    /// Adds the headers that only this refusal has.
    fn with_headers(self, response: ResponseBuilder) -> ResponseBuilder {
        match self {
            Self::NotSignedIn => {
                let header = required("How to sign in.", constant("Bearer"));
                response.header("WWW-Authenticate", header)
            }
            Self::WrongType => {
                let header = optional("Present if the body was compressed.", constant("identity"));
                response.header("Accept-Encoding", header)
            }
            Self::TooManyRequests => SharedHeader::RetryAfter.on(response),
            _ => response,
        }
    }

    fn description(self) -> String {
        match self {
            Self::Malformed => {
                "The body does not have the syntax of its media type (`malformed`), or the request does not have \
                 exactly one `Host`."
            }
            Self::NotSignedIn => {
                "The request has no token and no session, or not a valid one (`sign-in-needed`)."
            }
            Self::NotFound => {
                "The object does not exist or the caller may not see it; the two are not distinguished (`not-found`)."
            }
            Self::NotAcceptable => "`Accept` excludes all available types (`not-acceptable`).",
            Self::WrongType => {
                "The body has a type that is not listed (`unsupported-type`), is compressed (`unsupported-encoding`), \
                 or is not UTF-8 (`unsupported-charset`)."
            }
            Self::OtherVersion => {
                "`Tus-Resumable` is not the version in `Tus-Version` (`unsupported-version`)."
            }
            Self::Full => "All files together would be too large (`server-files-full`).",
            Self::Misdirected => "The server does not serve the name in `Host` (`misdirected`).",
            Self::TooManyRequests => {
                "The caller has done this too often (`too-many-requests`), and nothing was stored. `seconds` is the \
                 number in `Retry-After`."
            }
            Self::HeadTooLarge => "The head of the request is larger than 16 KiB. The response is empty.",
            Self::Failed => "The server failed (`internal`). Its log has the cause, with the id of the request.",
            Self::NotAllowed => {
                let denials = listed(Denial::VARIANTS);
                return format!(
                    "The caller can see the object but may not do this ({denials}), or a page of another site sent \
                     the request (`other-site`)."
                );
            }
            Self::Conflict => {
                let faults = listed(&faults(true));
                return format!("A field conflicts with existing data ({faults}).");
            }
            Self::Invalid => {
                let faults = listed(&faults(false));
                return format!(
                    "A field or parameter is not valid ({faults}), or the body is not an object (`no-fields`)."
                );
            }
            Self::Busy => {
                let outages = listed(Outage::VARIANTS);
                return format!(
                    "The server cannot do this now, and has stored nothing ({outages}), or it has too many \
                     connections (in plain text)."
                );
            }
            Self::TooSlow => {
                let seconds = BODY_TIMEOUT.as_secs();
                return format!("The body did not arrive within {seconds} s (`too-slow`).");
            }
            Self::TooLarge => {
                let limit = BodyLimit::SIGNED_IN;
                return format!(
                    "The body is larger than {limit} (`too-large`); of an upload: than the file, or the file than it may be \
                     (`upload-too-large`, `files-full`)."
                );
            }
        }
        .into()
    }
}

/// Returns the codes of the faults that are conflicts, or of all others.
fn faults(conflicts: bool) -> Vec<&'static str> {
    let faults = Fault::iter().filter(|fault| fault.is_conflict() == conflicts);
    faults.map(Fault::code).collect()
}

/// Returns the codes as a list in Markdown.
fn listed(codes: &[&str]) -> String {
    let codes: Vec<_> = codes.iter().map(|code| format!("`{code}`")).collect();
    codes.join(", ")
}

/// Adds a body that describes the problem.
fn problem(response: ResponseBuilder) -> ResponseBuilder {
    let problem = Content::new(Some(reference::<Problem>()));
    response.content("application/problem+json", problem)
}

/// Returns the response of a server that is busy. Refused connections get it without an id.
fn busy(description: String) -> ResponseBuilder {
    let response = ResponseBuilder::new().description(description);
    problem(SharedHeader::RetryAfter.on(response)).content("text/plain", Content::new(Some(text())))
}
