//! `GET /api/v1/openapi.json`: the OpenAPI description of the API.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};

/// The OpenAPI document. A test compares it with the routing table.
const OPENAPI: &str = include_str!("openapi.json");

/// Returns the OpenAPI document.
pub async fn show_description() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], OPENAPI).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::problem::codes;
    use std::collections::BTreeSet;

    #[test]
    fn every_code_of_an_error_is_described() {
        let description: serde_json::Value = serde_json::from_str(OPENAPI).unwrap();
        let problem = &description["components"]["schemas"]["Problem"];
        assert_eq!(
            problem["properties"]["code"]["enum"],
            serde_json::json!(codes())
        );
    }

    #[test]
    fn every_address_of_the_api_is_described() {
        let description: serde_json::Value = serde_json::from_str(OPENAPI).unwrap();
        let described = description["paths"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<BTreeSet<_>>();
        let table = include_str!("../mod.rs");
        let (_, api) = table.split_once("fn api()").unwrap();
        let (api, _) = api.split_once("\nfn ").unwrap();
        let addresses = api
            .split('"')
            .skip(1)
            .step_by(2)
            .map(|address| match address {
                "/" => "/api/v1/rooms/{room}".to_owned(),
                full if full.starts_with("/api/") => full.to_owned(),
                of_room => format!("/api/v1/rooms/{{room}}{of_room}"),
            });
        assert_eq!(described, addresses.collect());
        assert_eq!(description["info"]["version"], env!("CARGO_PKG_VERSION"));
    }
}
