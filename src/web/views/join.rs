//! The page by which one comes in.

use crate::web::{
    preferences::{LANGUAGES, Scheme},
    words::Words,
};
use askama::Template;

/// One sentence and one field.
#[derive(Clone, Debug, Template)]
#[template(path = "people/join.html")]
pub struct JoinPage {
    /// What the page says.
    pub words: &'static Words,
    /// In which colours.
    pub scheme: Scheme,
    /// As typed.
    pub handle: String,
    /// Where the person wanted to go: a path of this server.
    pub next: String,
    /// Why the name cannot be taken.
    pub error: Option<String>,
    /// How many messages the history holds.
    pub messages: i64,
    /// The year of the first one.
    pub since: Option<i32>,
}

impl JoinPage {
    /// `196,123 messages since 2004`, or nothing while there is no history.
    fn figures(&self) -> Option<String> {
        let count = self.messages;
        (count > 0).then(|| (self.words.figures)(&grouped(count), count, self.since))
    }
}

/// A count in groups of three digits.
fn grouped(count: i64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped() {
        for (count, text) in [
            (7, "7"),
            (999, "999"),
            (1000, "1,000"),
            (196_123, "196,123"),
            (1_000_000, "1,000,000"),
        ] {
            assert_eq!(grouped(count), text);
        }
    }
}
