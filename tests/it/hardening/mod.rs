//! What holds for every route and every field: cross-site requests, headers, hostile texts, faults of the server, secrets.

mod cross_site;
mod failures;
mod floods;
mod headers;
mod secrets;
mod texts;
