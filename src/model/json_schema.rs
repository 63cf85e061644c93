//! JSON Schemas of single values, for the description of the API.
//!
//! They state the rules of the types' parsers, as far as JSON Schema can, with the constants that the parsers use.

use super::{
    event::{CUSTOM_KIND_MAX, CustomEventName},
    ids::{EventId, MessageId},
    message::{BODY_MAX, Body, MARGIN_MAX, NONCE_MAX, Nonce},
    profile::{ABOUT_MAX, About, TIME_ZONE_MAX, TimeZone},
    report::{REASON_MAX, ReportReason},
    room::{TOPIC_MAX, Topic},
    slug::{SLUG_MAX, SLUG_OF_NEW, Slug},
    time::Timestamp,
    user::{DisplayName, HANDLE_MAX, Handle, NAME_MAX},
};
use std::borrow::Cow;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ArrayBuilder, KnownFormat, ObjectBuilder, OneOfBuilder, Ref, RefOr, Schema, SchemaFormat,
        Type, schema::SchemaType,
    },
};

/// An id in the body of a request: a number, or its digits as a string, as which forms send it.
#[derive(Debug)]
pub struct SentId;
/// A time, or a date, as a parameter.
#[derive(Debug)]
pub struct TimeOrDate;
/// A field that exists in other requests but must not be given in this one.
#[derive(Debug)]
pub struct NotGiven;

/// Implements [`ToSchema`] for types with a name in the description and a schema. Both of its traits must be
/// implemented for each type, and have no method that a function could provide.
macro_rules! schemas {
    ($($type:ty, $name:literal: $schema:expr;)*) => {$(
        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                $schema.into()
            }
        }

        impl ToSchema for $type {
            fn name() -> Cow<'static, str> {
                $name.into()
            }
        }
    )*};
}

schemas! {
    EventId, "Id": id();
    MessageId, "Id": id();
    SentId, "SentId": sent_id();
    Timestamp, "Timestamp": text()
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
        .description(Some("A time in UTC with milliseconds (RFC 3339)."));
    TimeOrDate, "TimeOrDate": text()
        .description(Some(
            "A time (RFC 3339, with any offset), or a date, which begins at midnight UTC. Years before 0000 and after \
             9999 mean the first and the last possible time.",
        ))
        .examples(["2026-11-22T05:41:03Z", "2026-11-22"]);
    Handle, "Handle": text_of(1, HANDLE_MAX, format!(
        "A unique handle: letters and digits of any script with their marks, and any of `-_.[]{{}}|\\^` and the \
         backtick; at most {} bytes. Not `me`, `.` or `..`. Surrounding white space is removed.",
        2 * HANDLE_MAX,
    ));
    DisplayName, "DisplayName": text_of(1, NAME_MAX,
        "One line with at least one visible character. Surrounding white space is removed.");
    About, "About": text_of(0, ABOUT_MAX, "One line. Surrounding white space is removed.");
    TimeZone, "TimeZone": text_of(0, TIME_ZONE_MAX, "The name of a time zone in the form of IANA's.")
        .pattern(Some("^([A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*)?$"))
        .examples(["Europe/Berlin"]);
    ReportReason, "ReportReason": text_of(0, REASON_MAX,
        "Text without control characters other than tab and line breaks. Surrounding white space is removed.");
    Topic, "Topic": text_of(0, TOPIC_MAX, "One line. Surrounding white space is removed.");
    Slug, "Slug": text()
        .pattern(Some(format!("^[a-z0-9][a-z0-9-]{{0,{}}}$", SLUG_MAX - 1)))
        .description(Some(format!(
            "The name of a room in addresses. A new room cannot be called `{SLUG_OF_NEW}`."
        )));
    Body, "Body": text_of(1, BODY_MAX, format!(
        "Markdown with at least one visible character, and without control characters other than tab and line breaks. \
         Surrounding white space is kept and does not count towards the length; it has at most {MARGIN_MAX} \
         characters. CRLF and CR become LF."
    ));
    Nonce, "Nonce": text_of(1, NONCE_MAX,
        "Visible ASCII characters. A repeated request with the same nonce is answered with the result of the first.")
        .pattern(Some("^[!-~]+$"));
    CustomEventName, "CustomEventName": text()
        .pattern(Some(format!("^[a-z][a-z0-9._-]{{0,{}}}$", CUSTOM_KIND_MAX - 1)))
        .description(Some("A name that the server does not use itself."));
    NotGiven, "NotGiven": ObjectBuilder::new().schema_type(Type::Null);
}

/// Returns the schema of a string.
#[must_use]
pub fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

/// Returns the schema that every JSON value fits.
#[must_use]
pub fn any_json() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::AnyValue)
}

/// Returns the schema of an array of at most `MAX` values.
#[must_use]
pub fn list<T: ToSchema, const MAX: usize>() -> Schema {
    let items = Ref::from_schema_name(T::name());
    ArrayBuilder::new().items(items).max_items(Some(MAX)).into()
}

fn text_of(min: usize, max: usize, description: impl Into<String>) -> ObjectBuilder {
    text()
        .min_length(Some(min).filter(|min| *min > 0))
        .max_length(Some(max))
        .description(Some(description))
}

fn id() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(Some(0))
        .maximum(Some(EventId::LIMIT - 1))
        .description(Some("Id of an event or a message, less than 2^53."))
}

fn sent_id() -> OneOfBuilder {
    OneOfBuilder::new()
        .item(Ref::from_schema_name(EventId::name()))
        .item(text().pattern(Some("^[0-9]{1,16}$")))
        .description(Some("An id as a number, or its digits as a string."))
}
