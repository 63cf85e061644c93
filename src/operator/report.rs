//! What a command of the operator answers: lines for people and shells, and the same as JSON.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The answer to a request that was executed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Whole lines. Cells of a line are separated by tabs.
    pub text: String,
    /// The same as objects, one for each line of a list.
    pub json: Vec<Value>,
    /// The path of a link, which is printed as an address of the server after the text.
    pub link: Option<String>,
    /// The address under which users reach the server that has answered; `None` if no server runs.
    pub site: Option<String>,
}

impl Report {
    /// Returns the report of one thing that was done.
    pub(super) fn of(text: impl Into<String>, json: Value) -> Self {
        let mut text: String = text.into();
        text.push('\n');
        Self {
            text,
            json: vec![json],
            ..Self::default()
        }
    }

    /// Returns a report of a link.
    pub(super) fn of_link(path: String, json: Value) -> Self {
        Self {
            json: vec![json],
            link: Some(path),
            ..Self::default()
        }
    }

    /// Adds an entry of a list. Names contain neither tabs nor line breaks.
    pub(super) fn add<const N: usize>(&mut self, cells: [&str; N], json: Value) {
        self.text += &cells.join("\t");
        self.text.push('\n');
        self.json.push(json);
    }
}
