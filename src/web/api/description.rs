//! `GET /api/v1/openapi.json`: the OpenAPI description of the API.
//!
//! The schemas of bodies are derived from the types of requests and responses, whose doc comments are shown in them. The
//! operations are described here, in a file for each noun of the handlers. Limits are the constants that the code applies.

mod blocks;
mod document;
mod files;
mod forms;
mod headers;
mod inbox;
mod invites;
mod messages;
mod operation;
mod parameters;
mod passkeys;
mod people;
mod pins;
mod refusals;
mod reports;
mod rooms;
mod schemas;
mod self_description;
mod server;
mod sessions;
mod streams;
mod threads;
mod users;

use crate::{app::App, config::base_path::BasePath, web::negotiation::is_known};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use sha2::{Digest as _, Sha256};
use std::{
    borrow::Cow,
    fmt::Write as _,
    sync::{Arc, LazyLock},
};

/// The description as JSON, and its entity tag.
static DESCRIPTION: LazyLock<(String, String)> = LazyLock::new(|| {
    let json = document::document().to_json().unwrap_or_default();
    let tag = entity_tag(&json);
    (json, tag)
});

/// Returns the description, with the path below which the API is reached.
pub async fn show_description(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    describe(&app.base, &headers)
}

fn describe(base: &BasePath, headers: &HeaderMap) -> Response {
    let (json, tag) = &*DESCRIPTION;
    // The tag is weak, because it is the same for the compressed forms.
    let caching = [
        (header::CACHE_CONTROL, "no-cache".to_owned()),
        (header::ETAG, format!("W/{tag}")),
    ];
    if is_known(headers, tag) {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    let content_type = [(header::CONTENT_TYPE, "application/json")];
    let json = if base.is_root() {
        Cow::Borrowed(json.as_str())
    } else {
        let server = |path: &str| format!(r#""servers":[{{"url":"{path}"}}]"#);
        Cow::Owned(json.replacen(&server("/"), &server(&base.to_string()), 1))
    };
    (caching, content_type, json).into_response()
}

fn entity_tag(json: &str) -> String {
    let mut tag = String::from("\"");
    for byte in Sha256::digest(json).iter().take(12) {
        // Writing to a `String` cannot fail.
        let _ = write!(tag, "{byte:02x}");
    }
    tag + "\""
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const METHODS: [&str; 5] = ["get", "put", "post", "patch", "delete"];

    /// Returns each method of each address of the API, as the routing table has them.
    fn routed() -> BTreeSet<(String, String)> {
        let (_, api) = include_str!("../mod.rs").split_once("fn api()").unwrap();
        let (api, _) = api.split_once("fn operations()").unwrap();
        let mut routed = BTreeSet::new();
        for route in api.split(".route(").skip(1) {
            let address = route.split('"').nth(1).unwrap();
            let calls = route
                .split('(')
                .map(|call| call.rsplit([' ', '.']).next().unwrap());
            let methods = calls.filter(|call| METHODS.contains(call));
            routed.extend(methods.map(|method| (address.to_owned(), method.to_owned())));
        }
        routed
    }

    fn described() -> BTreeSet<(String, String)> {
        let document: serde_json::Value = serde_json::from_str(&DESCRIPTION.0).unwrap();
        let mut described = BTreeSet::new();
        for (address, item) in document["paths"].as_object().unwrap() {
            let methods = METHODS
                .into_iter()
                .filter(|method| item.get(method).is_some());
            described.extend(methods.map(|method| (address.clone(), method.to_owned())));
        }
        described
    }

    #[test]
    fn every_reference_leads_to_a_component() {
        let document: serde_json::Value = serde_json::from_str(&DESCRIPTION.0).unwrap();
        let references = DESCRIPTION.0.split(r##"{"$ref":"#"##).skip(1);
        let pointers: BTreeSet<_> = references
            .map(|rest| rest.split('"').next().unwrap())
            .collect();
        assert!(pointers.len() > 30);
        for pointer in pointers {
            assert!(document.pointer(pointer).is_some(), "{pointer}");
        }
    }

    #[test]
    fn who_has_stored_the_description_does_not_get_it_again() {
        let first = describe(&BasePath::default(), &HeaderMap::new());
        assert_eq!(first.status(), StatusCode::OK);
        let tag = first.headers()[header::ETAG].clone();
        let known = HeaderMap::from_iter([(header::IF_NONE_MATCH, tag)]);
        let second = describe(&BasePath::default(), &known);
        assert_eq!(second.status(), StatusCode::NOT_MODIFIED);
    }

    #[test]
    fn every_method_of_every_address_is_described() {
        assert_eq!(described(), routed());
    }
}
