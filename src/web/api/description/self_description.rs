//! The operation that returns the description itself.

use super::{
    headers::{constant, required, response},
    operation::Described,
    parameters::header,
};
use crate::model::json_schema::text;
use axum::http::StatusCode;
use utoipa::openapi::{Content, ObjectBuilder, ResponseBuilder, Type};

/// Describes the operation.
pub(super) fn operations() -> Vec<Described> {
    let path = "/api/v1/openapi.json";
    let known = header(
        "If-None-Match",
        "The `ETag` of the description that the client has stored.",
        text(),
    );
    let document = ObjectBuilder::new().schema_type(Type::Object);
    let description = revalidated("An OpenAPI document.")
        .content("application/json", Content::new(Some(document)));
    let unchanged = revalidated("The client has stored the current description.");
    vec![
        Described::get(path, "showDescription", "Get this description")
            .for_everybody()
            .parameters([known])
            .answers_with(StatusCode::OK, description)
            .answers_with(StatusCode::NOT_MODIFIED, unchanged),
    ]
}

fn revalidated(description: &str) -> ResponseBuilder {
    let caching = required(
        "The response may be stored, and is revalidated with `If-None-Match` before each use.",
        constant("no-cache"),
    );
    let tag = required(
        "A weak entity tag, which changes with the description.",
        text().pattern(Some(r#"^W/"[!#-~]+"$"#)),
    );
    response(description)
        .header("Cache-Control", caching)
        .header("ETag", tag)
}
