//! The data of error responses, as problem+json (RFC 9457) has it.

use crate::{
    error::{Denial, Error, Outage},
    fault::Fault,
    model::json_schema::text,
};
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use strum::{IntoStaticStr, VariantNames};
use utoipa::{ToSchema, openapi::ObjectBuilder};

/// Errors of HTTP, and those that are not about one field, permission or outage. The names in kebab case are their
/// codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub(super) enum General {
    /// The request cannot be parsed.
    Malformed,
    /// The visitor is not signed in.
    SignInNeeded,
    /// The request was sent by a page of another site.
    OtherSite,
    /// The object does not exist, or is not visible to the visitor.
    NotFound,
    /// The address does not support the method.
    MethodNotAllowed,
    /// The client accepts none of the available representations.
    NotAcceptable,
    /// The body did not arrive in time.
    TooSlow,
    /// The body is too large.
    TooLarge,
    /// The media type of the body is not supported.
    UnsupportedType,
    /// The content coding of the body is not supported.
    UnsupportedEncoding,
    /// The charset of the body is not supported.
    UnsupportedCharset,
    /// The protocol of the request has a version that is not supported.
    UnsupportedVersion,
    /// The sender has done this too often.
    TooManyRequests,
    /// The server does not serve the host.
    Misdirected,
    /// The body is JSON, but not an object.
    NoFields,
    /// Another refusal by a lower layer.
    Refused,
    /// An error of the server.
    Internal,
}

/// Returns the codes of all errors, in alphabetical order.
#[must_use]
pub fn codes() -> Vec<&'static str> {
    let mut codes = [
        Fault::VARIANTS,
        Denial::VARIANTS,
        Outage::VARIANTS,
        General::VARIANTS,
    ]
    .concat();
    codes.sort_unstable();
    codes
}

/// Returns the status of a response about a field.
#[must_use]
pub fn status_of(fault: Fault) -> StatusCode {
    match fault {
        Fault::UploadTooLarge { .. } | Fault::FilesFull { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        Fault::ServerFilesFull { .. } => StatusCode::INSUFFICIENT_STORAGE,
        fault if fault.is_conflict() => StatusCode::CONFLICT,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// The data of an error response.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Problem {
    r#type: &'static str,
    pub(super) title: &'static str,
    #[schema(minimum = 400, maximum = 599)]
    pub(super) status: u16,
    /// English text, for developers.
    detail: String,
    /// Stable code, for programs.
    #[schema(schema_with = code_schema)]
    pub(super) code: &'static str,
    /// What is wrong with which field.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    errors: BTreeMap<String, FieldProblem>,
    /// With a status of 500 and above: the id of the request, as in the server's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) request_id: Option<String>,
    /// With the status 429: number of seconds after which one more request is allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) seconds: Option<u64>,
    /// Arguments of the message about the error, by name.
    #[serde(skip)]
    pub(super) arguments: Value,
}

/// What is wrong with a field.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct FieldProblem {
    #[schema(schema_with = fault_code_schema)]
    code: &'static str,
    detail: String,
    #[serde(flatten)]
    #[schema(value_type = FaultData)]
    fault: Fault,
}

/// The data of a fault.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "describes the fields of all variants of `Fault`, for the description of the API"
)]
struct FaultData {
    /// Of `out-of-range`: the least number. Of `password-too-short`: the least length.
    #[schema(nullable = false)]
    min: Option<u64>,
    /// Of a value that is too great, too long or too frequent: the limit.
    #[schema(nullable = false)]
    max: Option<u64>,
    /// Of `unknown-value`: the values that the field can have.
    #[schema(nullable = false)]
    known: Option<Vec<String>>,
}

fn code_schema() -> ObjectBuilder {
    let description =
        "Stable code of the error, for programs; if a field is at fault, that of its fault.";
    text()
        .enum_values(Some(codes()))
        .description(Some(description))
}

fn fault_code_schema() -> ObjectBuilder {
    text()
        .enum_values(Some(Fault::VARIANTS.iter().copied()))
        .description(Some("Stable code of the fault."))
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            r#type: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: detail.into(),
            code,
            errors: BTreeMap::new(),
            request_id: None,
            seconds: None,
            arguments: Value::Null,
        }
    }

    pub(super) fn general(status: StatusCode, code: General, detail: impl Into<String>) -> Self {
        Self::new(status, code.into(), detail)
    }

    /// Sets the arguments of the message about the error.
    pub(super) fn with(self, arguments: Value) -> Self {
        Self { arguments, ..self }
    }

    pub(super) fn of_error(error: &Error) -> Self {
        match error {
            Error::NotFound => Self::not_found(),
            Error::SignInNeeded => Self::general(
                StatusCode::UNAUTHORIZED,
                General::SignInNeeded,
                "Join or sign in first.",
            ),
            Error::Forbidden(denial) => {
                Self::new(StatusCode::FORBIDDEN, denial.code(), denial.to_string())
            }
            Error::TooManyRequests { seconds } => Self::too_many_requests(*seconds),
            Error::Invalid { field, fault } => Self::of_fault(field, *fault),
            Error::Unavailable(outage) => Self::of_outage(*outage),
            Error::Database(sqlx::Error::PoolTimedOut) => Self::of_outage(Outage::Busy),
            Error::Database(_) if error.is_interrupted() => {
                tracing::warn!("a request was interrupted: its statements took too long");
                Self::of_outage(Outage::Busy)
            }
            Error::Refused(_)
            | Error::InUse(_)
            | Error::Database(_)
            | Error::Io(_)
            | Error::Internal(_) => {
                tracing::error!(%error, "a request failed");
                Self::internal(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }

    fn of_fault(field: &str, fault: Fault) -> Self {
        let problem = FieldProblem {
            code: fault.code(),
            detail: fault.to_string(),
            fault,
        };
        Self {
            errors: BTreeMap::from([(field.to_owned(), problem)]),
            arguments: json!(fault),
            ..Self::new(status_of(fault), fault.code(), format!("{field}: {fault}"))
        }
    }

    fn of_outage(outage: Outage) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            outage.code(),
            format!("Not now: {outage}. Nothing was stored; try again."),
        )
    }

    fn too_many_requests(seconds: u64) -> Self {
        Self {
            seconds: Some(seconds),
            ..Self::general(
                StatusCode::TOO_MANY_REQUESTS,
                General::TooManyRequests,
                format!("Too many requests. Nothing was stored; try again in {seconds} s."),
            )
        }
        .with(json!({ "seconds": seconds }))
    }

    /// Returns the problem for a status set by a lower layer: routing, methods, cross-site requests, panics.
    pub(super) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::not_found(),
            StatusCode::METHOD_NOT_ALLOWED => Self::general(
                status,
                General::MethodNotAllowed,
                "This address does not take this method.",
            ),
            StatusCode::FORBIDDEN => Self::general(
                status,
                General::OtherSite,
                "The request comes from another site.",
            ),
            _ if status.is_server_error() => Self::internal(status),
            _ => Self::general(status, General::Refused, "The request cannot be answered."),
        }
    }

    fn not_found() -> Self {
        Self::general(
            StatusCode::NOT_FOUND,
            General::NotFound,
            "There is nothing here, or nothing for you.",
        )
    }

    fn internal(status: StatusCode) -> Self {
        Self::general(
            status,
            General::Internal,
            "Something went wrong on the server. It was noted.",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_of_a_fault_is_a_number_for_programs() {
        let of = |fault| json!(Problem::of_fault("body", fault))["errors"]["body"].clone();
        let long = Fault::BodyTooLong { max: 8000 };
        let detail = "at most 8000 characters";
        assert_eq!(
            of(long),
            json!({ "code": "body-too-long", "detail": detail, "max": 8000 })
        );
        assert_eq!(
            of(Fault::BodyEmpty),
            json!({ "code": "body-empty", "detail": "write something" })
        );
    }

    #[test]
    fn no_two_errors_have_the_same_code() {
        let mut different = codes();
        different.dedup();
        assert_eq!(different, codes());
    }
}
