//! The headers of responses.

use crate::{model::json_schema::text, web::layers::REQUEST_ID_MAX};
use utoipa::openapi::{
    Header, HeaderBuilder, ObjectBuilder, Ref, ResponseBuilder, Type, extensions::Extensions,
};

/// A header that several responses share. Each variant is a component of the document with its name.
#[derive(Clone, Copy, Debug)]
pub(super) enum SharedHeader {
    RequestId,
    CacheControl,
    Revalidated,
    NoTransform,
    ETag,
    Vary,
    Location,
    RetryAfter,
}

impl SharedHeader {
    /// All shared headers.
    pub(super) const ALL: [Self; 8] = [
        Self::RequestId,
        Self::CacheControl,
        Self::Revalidated,
        Self::NoTransform,
        Self::ETag,
        Self::Vary,
        Self::Location,
        Self::RetryAfter,
    ];

    /// Returns the name of the component.
    pub(super) fn component(self) -> String {
        format!("{self:?}")
    }

    /// Returns the name of the header.
    fn name(self) -> &'static str {
        match self {
            Self::RequestId => "X-Request-Id",
            Self::CacheControl | Self::Revalidated | Self::NoTransform => "Cache-Control",
            Self::ETag => "ETag",
            Self::Vary => "Vary",
            Self::Location => "Location",
            Self::RetryAfter => "Retry-After",
        }
    }

    /// Returns the component.
    pub(super) fn header(self) -> Header {
        match self {
            Self::RequestId => required(
                &format!(
                    "Identifies the request in the server's log. An id of up to {REQUEST_ID_MAX} letters, digits and \
                     `-_.:=+/@` that the request has is kept."
                ),
                text(),
            ),
            Self::CacheControl => required(
                "The response is for one person and is not stored.",
                constant("no-store"),
            ),
            Self::Revalidated => required(
                "The client may store the page, and revalidates it with `If-None-Match` before each use.",
                constant("private, no-cache"),
            ),
            Self::NoTransform => required(
                "A stream is neither stored nor changed on its way.",
                constant("no-cache, no-transform"),
            ),
            Self::ETag => required(
                "A strong entity tag, which changes with the page.",
                text().pattern(Some(r#"^"[!#-~]+"$"#)),
            ),
            Self::Vary => required("The headers of the request that select the page.", text()),
            Self::Location => required(
                "Address of the room or the message.",
                text().pattern(Some("^/api/v1/rooms/[a-z0-9-]+(/messages/[0-9]+)?$")),
            ),
            Self::RetryAfter => required(
                "Number of seconds after which the request may be repeated.",
                ObjectBuilder::new()
                    .schema_type(Type::Integer)
                    .minimum(Some(1)),
            ),
        }
    }

    /// Adds the header to a response.
    pub(super) fn on(self, response: ResponseBuilder) -> ResponseBuilder {
        let component = format!("#/components/headers/{}", self.component());
        response.header_ref(self.name(), Ref::new(component))
    }
}

/// Returns a response that is for one person.
pub(super) fn private_response(description: impl Into<String>) -> ResponseBuilder {
    SharedHeader::CacheControl.on(response(description))
}

/// Returns a response that has an id. Its `Cache-Control` is to be added.
pub(super) fn response(description: impl Into<String>) -> ResponseBuilder {
    SharedHeader::RequestId.on(ResponseBuilder::new().description(description))
}

/// Returns a header that is always present. The type of utoipa lacks this property of OpenAPI's header object.
pub(super) fn required(description: &str, schema: ObjectBuilder) -> Header {
    let required = Extensions::from_iter([("required", true)]);
    header(description, schema)
        .extensions(Some(required))
        .build()
}

/// Returns a header that may be absent.
pub(super) fn optional(description: &str, schema: ObjectBuilder) -> Header {
    header(description, schema).build()
}

fn header(description: &str, schema: ObjectBuilder) -> HeaderBuilder {
    HeaderBuilder::new()
        .description(Some(description))
        .schema(Some(schema))
}

/// Returns the schema of a text that is always the same.
pub(super) fn constant(value: &str) -> ObjectBuilder {
    text().enum_values(Some([value]))
}
