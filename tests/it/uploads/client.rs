//! A client of uploads.

use crate::support::{answer::Answer, person::Person};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

/// The content of a file.
pub(crate) const TEXT: &[u8] = b"Tenor, page 3: breathe.\n";

pub(crate) fn tus(person: &Person, method: Method, path: &str) -> RequestBuilder {
    let request = person.request(method, path);
    request.header("tus-resumable", "1.0.0")
}

/// Begins an upload, and returns the answer.
pub(crate) async fn begin(person: &Person, name: &str, size: usize) -> Answer {
    let metadata = format!("filename {}", STANDARD.encode(name));
    let request = tus(person, Method::POST, "/files")
        .header("upload-length", size)
        .header("upload-metadata", metadata);
    Answer::to(request).await
}

/// Appends bytes to an upload, and returns the answer.
pub(crate) async fn append(person: &Person, upload: &str, offset: usize, bytes: &[u8]) -> Answer {
    let request = tus(person, Method::PATCH, upload)
        .header("upload-offset", offset)
        .header("content-type", "application/offset+octet-stream")
        .body(bytes.to_vec());
    Answer::to(request).await
}

/// Uploads a file, and returns its id.
pub(crate) async fn upload(person: &Person, name: &str, bytes: &[u8]) -> String {
    let begun = begin(person, name, bytes.len()).await.expect(201);
    let path = begun.header("location").to_owned();
    append(person, &path, 0, bytes).await.expect(204);
    path.rsplit('/').next().unwrap_or_default().to_owned()
}

/// Posts files, and returns the message.
pub(crate) async fn post_files(person: &Person, room: &str, body: &str, files: &[&str]) -> Value {
    let message = json!({ "body": body, "attachments": files });
    person.try_post(room, message).await.expect(201).json()
}

/// Returns the address of the first file of a message.
pub(crate) fn url_of(message: &Value) -> String {
    let url = message["attachments"][0]["url"].as_str();
    url.expect("a file has an address").to_owned()
}
