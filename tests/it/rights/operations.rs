//! The operations of the API, as its description has them.

use crate::support::{answer::Answer, chat::Chat, person::Person};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

/// An operation of the API description, with the example of its body.
#[derive(Clone)]
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) body: Value,
}

impl Operation {
    pub(super) async fn all(chat: &Chat) -> Vec<Self> {
        let description = chat.visitor().see("/api/v1/openapi.json").await;
        let paths = description["paths"].as_object().expect("paths").iter();
        let operations = paths.flat_map(|(path, item)| {
            let methods = item.as_object().expect("an object").iter();
            methods.filter_map(move |(method, operation)| {
                let method = Method::from_bytes(method.to_uppercase().as_bytes()).ok()?;
                let id = operation["operationId"].as_str()?.to_owned();
                let content = &operation["requestBody"]["content"];
                let body = content["application/json"]["example"].clone();
                let path = path.clone();
                Some(Self {
                    id,
                    method,
                    path,
                    body,
                })
            })
        });
        operations.collect()
    }

    pub(super) fn is_about_rooms(&self) -> bool {
        self.path.contains("{room}")
    }

    /// Sends the request about a room, a message in it, and a member of it, or somebody to be added.
    pub(super) async fn send_about(&self, person: &Person, room: &str, message: i64) -> Answer {
        let handle = match self.id.as_str() {
            "joinRoom" => "newcomer",
            _ => "target",
        };
        let path = self.path.replace("{room}", room);
        let path = path.replace("{id}", &message.to_string());
        let path = path.replace("{handle}", handle).replace("{emoji}", "👍");
        self.send(person, &path).await
    }

    /// Sends the request to this path.
    pub(super) async fn send(&self, person: &Person, path: &str) -> Answer {
        let request = person.request(self.method.clone(), path);
        if self.id.starts_with("stream") {
            return start_of(request).await;
        }
        let mut body = self.body.clone();
        if let Some(fields) = body.as_object_mut() {
            // Of an earlier request with the same example.
            fields.remove("nonce");
            fields.remove("reply_to");
        }
        Answer::to(if body.is_null() {
            request
        } else {
            request.json(&body)
        })
        .await
    }
}

/// Returns the response without its body if that is a stream, which has no end.
async fn start_of(request: RequestBuilder) -> Answer {
    let response = request.send().await.expect("the server answers");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = match status {
        200 => String::new(),
        _ => response.text().await.expect("the answer is whole"),
    };
    Answer {
        status,
        headers,
        text,
    }
}
