//! The document as a whole.

use super::{
    blocks, files,
    headers::SharedHeader,
    inbox, invites, messages,
    operation::{Described, sign_in},
    parameters::{in_paths, parameters_of},
    passkeys, people, pins,
    refusals::Refusal,
    reports, rooms,
    schemas::Schemas,
    self_description, server, sessions, streams, threads, users,
};
use crate::{
    model::ids::EventId,
    web::{body::BodyLimit, layers::COMPRESSED_MIN, problem::Problem},
};
use utoipa::openapi::{
    Components, ComponentsBuilder, Info, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder,
    Paths, Server,
    security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
    tag::TagBuilder,
};

/// A group of operations.
struct Group {
    name: &'static str,
    description: &'static str,
    operations: Vec<Described>,
}

fn groups() -> [Group; 16] {
    let group = |name, description, operations| Group {
        name,
        description,
        operations,
    };
    [
        group("server", "The server as a whole", server::operations()),
        group("people", "Accounts", people::operations()),
        group("invites", "Invitations", invites::operations()),
        group(
            "sessions",
            "Signing in, sessions and API tokens",
            sessions::operations(),
        ),
        group("passkeys", "Passkeys", passkeys::operations()),
        group(
            "users",
            "The people of the server, and what admins do",
            users::operations(),
        ),
        group(
            "blocks",
            "Whom the caller has blocked",
            blocks::operations(),
        ),
        group(
            "rooms",
            "Rooms, their members, and the caller's own state in them",
            rooms::operations(),
        ),
        group(
            "messages",
            "Messages and custom events",
            messages::operations(),
        ),
        group(
            "threads",
            "Replies to a message apart from the history of its room, and the caller's own state in them",
            threads::operations(),
        ),
        group(
            "inbox",
            "The messages by which others mean the caller, and what the caller has read",
            inbox::operations(),
        ),
        group(
            "pins",
            "Pinned and saved messages, and who has read a message",
            pins::operations(),
        ),
        group(
            "files",
            "Uploads, and the files of messages",
            files::operations(),
        ),
        group(
            "reports",
            "Messages that somebody has reported",
            reports::operations(),
        ),
        group(
            "streams",
            "Events as they happen, as server-sent events",
            streams::operations(),
        ),
        group(
            "description",
            "This document",
            self_description::operations(),
        ),
    ]
}

/// Returns the document.
pub(super) fn document() -> OpenApi {
    let (mut tags, mut paths, mut schemas) = (Vec::new(), Paths::new(), Schemas::default());
    for group in groups() {
        let tag = TagBuilder::new().name(group.name);
        tags.push(tag.description(Some(group.description)).build());
        for described in group.operations {
            let (path, method) = (described.path, described.method.clone());
            let operation = described.operation(group.name, &mut schemas);
            paths.add_path_operation(path, vec![method], operation);
        }
    }
    for (path, item) in &mut paths.paths {
        item.parameters = parameters_of(path);
    }
    OpenApiBuilder::new()
        .info(info())
        .servers(Some([Server::new("/")]))
        .tags(Some(tags))
        .security(Some(sign_in()))
        .paths(paths)
        .components(Some(components(schemas)))
        .build()
}

fn info() -> Info {
    let license = env!("CARGO_PKG_LICENSE");
    let license = LicenseBuilder::new()
        .name(license)
        .identifier(Some(license));
    InfoBuilder::new()
        .title("Backscroll")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(format!(
            "{}. Every change has one id, which is also a cursor.\n\n\
             The body of a request has at most {}, or {} without signing in. It is UTF-8 and not compressed. In a \
             form, empty fields count as absent, and the last of several fields with one name counts. Unknown fields \
             and parameters are ignored. Every `GET` can also be a `HEAD`. A method that an address does not support \
             is answered with 405 and `Allow`. Every response has `Content-Security-Policy`, \
             `X-Content-Type-Options: nosniff`, `Referrer-Policy`, `Cross-Origin-Opener-Policy` and \
             `Cross-Origin-Resource-Policy: same-origin`. Responses of at least {COMPRESSED_MIN} bytes, except streams, \
             are compressed for clients that accept it.",
            env!("CARGO_PKG_DESCRIPTION"),
            BodyLimit::SIGNED_IN,
            BodyLimit::ANONYMOUS,
        )))
        .license(Some(license.build()))
        .build()
}

fn components(mut schemas: Schemas) -> Components {
    schemas.add::<EventId>();
    schemas.add::<Problem>();
    let components = ComponentsBuilder::new()
        .schemas_from_iter(schemas.0)
        .responses_from_iter(Refusal::ALL.map(|refusal| (refusal.component(), refusal.response())))
        .security_scheme(
            "token",
            SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)),
        )
        .security_scheme("session", session());
    let components = SharedHeader::ALL
        .into_iter()
        .fold(components, |components, header| {
            components.header(header.component(), header.header())
        });
    let parameters = in_paths().into_iter();
    parameters
        .fold(components, |components, (name, parameter)| {
            components.parameter(name, parameter)
        })
        .build()
}

fn session() -> SecurityScheme {
    SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
        "{log}-backscroll",
        "`{log}` is the name of the server's log, as in `hello` and `/api/v1/rooms`. Over TLS the name begins with \
         `__Host-`.",
    )))
}
