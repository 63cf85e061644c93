//! The parameters of operations.

use super::schemas::reference;
use crate::model::{ids::MessageId, json_schema::text, message::NONCE_MAX, slug::Slug};
use utoipa::openapi::{
    ObjectBuilder, Ref, RefOr, Required, Schema, Type,
    path::{Parameter, ParameterBuilder, ParameterIn},
};

/// Returns the parameters in paths. Each is a component of the document.
pub(super) fn in_paths() -> [(&'static str, Parameter); 13] {
    let visible = || text().min_length(Some(1));
    [
        (
            "Room",
            in_path("room", "Slug of the room.", reference::<Slug>())
                .example(Some("general".into())),
        ),
        (
            "MessageId",
            in_path("id", "Id of the message.", reference::<MessageId>()),
        ),
        (
            "InviteId",
            in_path("invite", "Id of the invitation.", reference::<MessageId>()),
        ),
        (
            "InviteSecret",
            in_path("secret", "Secret of the invitation's link.", visible()),
        ),
        (
            "Emoji",
            in_path(
                "emoji",
                "One emoji of Unicode's list, in any spelling.",
                visible(),
            )
            .example(Some("👍".into())),
        ),
        (
            "SessionId",
            in_path("session", "Id of the session.", visible()),
        ),
        (
            "PasskeyId",
            in_path("passkey", "Id of the passkey.", visible()),
        ),
        (
            "ReportId",
            in_path("report", "Id of the report.", reference::<MessageId>()),
        ),
        (
            "UploadId",
            in_path("upload", "Id of the upload.", visible()),
        ),
        ("FileId", in_path("file", "Id of the file.", visible())),
        (
            "FileName",
            in_path("name", "Name of the file; any is accepted.", visible()),
        ),
        (
            "TokenId",
            in_path("token", "Id of the API token.", visible()),
        ),
        (
            "Handle",
            in_path("handle", "A handle, or `me` for the caller.", visible())
                .example(Some("me".into())),
        ),
    ]
    .map(|(component, parameter)| (component, parameter.build()))
}

/// Returns references to the parameters in a path, or `None` if it has none.
pub(super) fn parameters_of(path: &str) -> Option<Vec<RefOr<Parameter>>> {
    let is_in_path = |parameter: &Parameter| path.contains(&format!("{{{}}}", parameter.name));
    let parameters = in_paths()
        .into_iter()
        .filter(|(_, parameter)| is_in_path(parameter));
    let references: Vec<_> = parameters
        .map(|(component, _)| RefOr::Ref(Ref::new(format!("#/components/parameters/{component}"))))
        .collect();
    Some(references).filter(|references| !references.is_empty())
}

fn in_path(name: &str, description: &str, schema: impl Into<RefOr<Schema>>) -> ParameterBuilder {
    described(name, ParameterIn::Path, description, schema).required(Required::True)
}

/// Returns an optional parameter of the query.
pub(super) fn query(
    name: &str,
    description: impl Into<String>,
    schema: impl Into<RefOr<Schema>>,
) -> Parameter {
    described(name, ParameterIn::Query, description, schema).build()
}

/// Returns the parameter `limit`, the greatest number of entries of a page.
pub(super) fn limit(entries: &str, max: usize, default: usize) -> Parameter {
    let schema = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(1))
        .maximum(Some(max))
        .default(Some(default.into()));
    query("limit", format!("Greatest number of {entries}."), schema)
}

/// Returns an optional header of the request.
pub(super) fn header(name: &str, description: &str, schema: ObjectBuilder) -> Parameter {
    described(name, ParameterIn::Header, description, schema).build()
}

/// Returns the header that is equivalent to the field `nonce`.
pub(super) fn idempotency_key() -> Parameter {
    let inner = NONCE_MAX - 2;
    header(
        "Idempotency-Key",
        "Equivalent to `nonce`. Quotation marks around it are removed. 422 if `nonce` has another value.",
        text().pattern(Some(format!("^\"?[!#-~]([!-~]{{0,{inner}}}[!#-~])?\"?$"))),
    )
}

fn described(
    name: &str,
    place: ParameterIn,
    description: impl Into<String>,
    schema: impl Into<RefOr<Schema>>,
) -> ParameterBuilder {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(schema))
}
