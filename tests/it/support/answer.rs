//! Responses.

use reqwest::{RequestBuilder, header::HeaderMap};
use serde_json::Value;

/// A response with its whole body.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) async fn to(request: RequestBuilder) -> Self {
        let response = request.send().await.expect("the server answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("the answer is whole");
        Self {
            status,
            headers,
            text,
        }
    }

    /// Sends a form and returns the response.
    pub(crate) async fn to_form(request: RequestBuilder, fields: &[(&str, &str)]) -> Self {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        Self::to(
            request
                .header("content-type", "application/x-www-form-urlencoded")
                .body(body),
        )
        .await
    }

    /// Returns the response if it has this status, and panics otherwise.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.text))
    }

    /// Returns a header; empty if it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("headers are ASCII"))
    }

    /// Returns the problem details (RFC 9457).
    #[track_caller]
    pub(crate) fn problem(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{}",
            self.text
        );
        let problem = self.json();
        assert_eq!(problem["status"], status);
        for field in ["type", "title", "detail", "code"] {
            assert!(problem[field].is_string(), "no {field} in {problem}");
        }
        problem
    }

    /// Returns the code of the invalid field, which is also the code of the problem.
    #[track_caller]
    pub(crate) fn fault(&self, status: u16, field: &str) -> String {
        let problem = self.problem(status);
        let fault = &problem["errors"][field];
        assert!(fault["detail"].is_string(), "{field}: {problem}");
        assert_eq!(fault["code"], problem["code"], "{field}: {problem}");
        let code = fault["code"].as_str().expect("a code is a text");
        code.to_owned()
    }
}
