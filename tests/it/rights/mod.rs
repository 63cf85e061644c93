//! Who may do and learn what: tables of every route and every event type, for every kind of person and room.
//!
//! The tables are files, `tests/it/files/rights*.txt`. A route or an event type that is missing from them fails a test.

mod events;
mod hidden;
mod operations;
mod pages;
mod rooms;
mod server;

use crate::support::answer::Answer;
use std::path::Path;

/// A room that nobody has made, with a slug like those of closed rooms.
const MISSING: &str = "r-0000000000";

/// Headers that differ between any two answers.
const OWN: [&str; 3] = ["content-length", "date", "x-request-id"];

/// An answer without what differs between two requests: the request's id, and this text, if it is long enough
/// to be recognised.
fn comparable(answer: &Answer, differs: &str) -> (u16, Vec<String>, String) {
    let differs = if differs.len() > 3 { differs } else { "\0" };
    let mut text = answer.text.replace(differs, "IT");
    let id = answer.header("x-request-id");
    if !id.is_empty() {
        text = text.replace(id, "ID");
    }
    let headers = answer.headers.iter();
    let headers = headers.filter(|(name, _)| !OWN.contains(&name.as_str()));
    let mut headers: Vec<String> = headers
        .map(|(name, value)| format!("{name}: {value:?}").replace(differs, "IT"))
        .collect();
    headers.sort_unstable();
    (answer.status, headers, text)
}

/// Fails unless the file of a table has exactly these lines.
fn agrees_with(file: &str, table: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it/files")
        .join(file);
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    let lines = expected.lines().filter(|line| !line.starts_with('#'));
    let expected: Vec<&str> = lines.collect();
    let answered: Vec<&str> = table.lines().collect();
    let new = answered.iter().filter(|line| !expected.contains(line));
    let new: Vec<_> = new.collect();
    let gone = expected.iter().filter(|line| !answered.contains(line));
    let gone: Vec<_> = gone.collect();
    assert!(
        new.is_empty() && gone.is_empty(),
        "{file} expects {gone:#?}, but the answers are {new:#?}; all of them:\n{table}"
    );
}
