//! The operations on uploads and files.

use super::{
    headers::{SharedHeader, optional, private_response, required, response},
    operation::Described,
    parameters::header,
    refusals::Refusal,
};
use crate::{model::json_schema::text, web::api::uploads::PIECE};
use axum::http::StatusCode;
use utoipa::openapi::{Content, Header, ObjectBuilder, Required, Type, path::Parameter};

/// Describes the operations.
pub(super) fn operations() -> Vec<Described> {
    vec![
        begin_upload(),
        append_to_upload(),
        cancel_upload(),
        show_file(),
        set_picture(),
        remove_picture(),
        show_picture(),
    ]
}

fn set_picture() -> Described {
    Described::put("/api/v1/me/picture", "setPicture", "Set the caller's picture")
        .details(
            "The body is a PNG, JPEG, GIF or WebP picture of at most 10 MiB. Its middle is stored, small and without \
             metadata.",
        )
        .takes_bytes("image/*")
        .answers_nothing()
        .refuses(Refusal::TooManyRequests)
}

fn remove_picture() -> Described {
    let summary = "Remove the caller's picture";
    Described::delete("/api/v1/me/picture", "removePicture", summary)
        .answers_nothing()
        .refuses(Refusal::TooManyRequests)
}

fn show_picture() -> Described {
    let path = "/api/v1/users/{handle}/picture";
    let bytes = Content::new(Some(ObjectBuilder::new().schema_type(Type::String)));
    let response = SharedHeader::Revalidated.on(response("The picture."));
    Described::get(path, "showPicture", "Get the picture of a person").answers_with(
        StatusCode::OK,
        SharedHeader::ETag.on(response).content("image/*", bytes),
    )
}

fn begin_upload() -> Described {
    Described::post("/files", "beginUpload", "Begin an upload")
        .details(
            "Uploads follow tus 1.0 with the extensions creation, creation-with-upload, termination and expiration \
             (https://tus.io/protocols/resumable-upload); `OPTIONS` tells the greatest size. A complete upload becomes a \
             file of a message by its id, the last segment of `Location`, in the field `attachments` of the message. An \
             upload that is not posted within a day is deleted.",
        )
        .parameters([
            version(),
            needed("Upload-Length", "Size of the file in bytes.", number()),
            header(
                "Upload-Metadata",
                "`filename`, a space, and the name of the file in Base64.",
                text(),
            ),
        ])
        .answers_with(
            StatusCode::CREATED,
            private_response("The upload.")
                .header(
                    "Location",
                    required("Address of the upload.", text().pattern(Some("^/files/[A-Za-z0-9_-]{22}$"))),
                )
                .header("Upload-Offset", offset()),
        )
        .refuses(Refusal::TooManyRequests)
        .refuses(Refusal::TooLarge)
        .refuses(Refusal::Invalid)
        .refuses(Refusal::OtherVersion)
        .refuses(Refusal::Full)
}

fn append_to_upload() -> Described {
    let summary = "Append a piece to an upload of the caller";
    Described::patch("/files/{upload}", "appendToUpload", summary)
        .details(
            "`HEAD` tells the offset to continue at. What has arrived of a request that breaks off is kept. A later \
             request about the upload ends an earlier one.",
        )
        .parameters([
            version(),
            needed("Upload-Offset", "The offset of the upload.", number()),
        ])
        .takes_bytes(PIECE)
        .answers_with(
            StatusCode::NO_CONTENT,
            private_response("The piece is stored.").header("Upload-Offset", offset()),
        )
        .refuses(Refusal::Conflict)
        .refuses(Refusal::OtherVersion)
}

fn cancel_upload() -> Described {
    let summary = "Delete an upload of the caller that was not posted";
    Described::delete("/files/{upload}", "cancelUpload", summary)
        .parameters([version()])
        .answers_nothing()
        .refuses(Refusal::OtherVersion)
}

fn show_file() -> Described {
    let bytes = || Content::new(Some(ObjectBuilder::new().schema_type(Type::String)));
    let whole = |description| {
        let response = SharedHeader::Revalidated.on(response(description));
        SharedHeader::ETag.on(response)
    };
    let disposition = optional("`inline`, or `attachment` with the name.", text());
    Described::get("/files/{file}/{name}", "showFile", "Get a file of a message")
        .details(
            "For whoever may see the message. Pictures, sound and video can be shown; everything else is a download of \
             the type `application/octet-stream`. With the query `preview`, the smaller picture.",
        )
        .for_readers()
        .parameters([header("Range", "A part of the file.", text())])
        .answers_with(
            StatusCode::OK,
            whole("The file.")
                .header("Content-Disposition", disposition)
                .content("*/*", bytes()),
        )
        .answers_with(
            StatusCode::PARTIAL_CONTENT,
            whole("The part.").content("*/*", bytes()),
        )
        .answers_with(
            StatusCode::NOT_MODIFIED,
            whole("`If-None-Match` has the tag of the file."),
        )
        .answers_with(
            StatusCode::RANGE_NOT_SATISFIABLE,
            response("The file has no such part."),
        )
}

fn version() -> Parameter {
    let version = text().enum_values(Some(["1.0.0"]));
    needed("Tus-Resumable", "The version of the protocol.", version)
}

fn offset() -> Header {
    required("Number of bytes that are stored.", number())
}

fn number() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(0))
}

/// Returns a header that must be given.
fn needed(name: &str, description: &str, schema: ObjectBuilder) -> Parameter {
    let mut parameter = header(name, description, schema);
    parameter.required = Required::True;
    parameter
}
