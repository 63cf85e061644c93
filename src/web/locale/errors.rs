//! Translates errors of the chat into the reader's language.
//!
//! [`crate::error::Error`] carries English texts for programs; pages show a message of the catalog for each of them.

use super::Locale;

impl Locale {
    /// Returns the message for an English error text. If there is none, returns that text as a sentence.
    #[must_use]
    pub fn explain(&self, english: &str) -> String {
        let message = self.error_message(english);
        message.map_or_else(|| sentence(english), str::to_owned)
    }

    /// Returns the message for an English error text, if there is one.
    #[must_use]
    pub fn error_message(&self, english: &str) -> Option<&str> {
        let found = self.name_error(english);
        found
            .or_else(|| self.room_error(english))
            .or_else(|| self.message_error(english))
            .or_else(|| self.server_error(english))
    }

    fn name_error(&self, english: &str) -> Option<&str> {
        Some(match english {
            "pick a name" => self.error_name_missing(),
            "at most 32 characters (about 20 of other scripts)" => self.error_name_long(),
            "letters, digits and - _ . only, no spaces" => self.error_name_characters(),
            "this name has a meaning of its own, pick another one" => self.error_name_reserved(),
            "somebody here has this name, or one that looks like it" => self.error_name_taken(),
            "a name is needed" => self.error_title_missing(),
            "at most 80 characters" => self.error_title_long(),
            "nothing of this name can be seen" => self.error_title_invisible(),
            "one line, without control characters and invisible ones" => {
                self.error_title_characters()
            }
            "marks stand on letters, at most 8 on one" => self.error_name_marks(),
            _ => return None,
        })
    }

    fn room_error(&self, english: &str) -> Option<&str> {
        Some(match english {
            "at most 250 characters" => self.error_topic_long(),
            "this address is taken by the page that makes rooms" => self.error_url_reserved(),
            "1 to 63 of a-z, 0-9 and -, not starting with -" => self.error_url_characters(),
            "there is a room at this address" => self.error_url_taken(),
            "join the room to change it" => self.error_join_to_change(),
            "join the room to add somebody to it" => self.error_join_to_add(),
            "join the room to keep a read mark in it" => self.error_join_to_read(),
            "join the room to be told of it" => self.error_join_to_notify(),
            "only who made the room may remove others" => self.error_remove_others(),
            _ => return None,
        })
    }

    fn message_error(&self, english: &str) -> Option<&str> {
        Some(match english {
            "write something" => self.error_message_empty(),
            "control characters other than tab and newline are not allowed" => {
                self.error_message_characters()
            }
            "at most 8,000 characters" => self.error_message_long(),
            "too much white space around the text" => self.error_message_blank(),
            "there is no such message in this room" => self.error_message_missing(),
            "this message was deleted" => self.error_message_deleted(),
            "it is somebody else's message" | "It is somebody else's message." => {
                self.error_message_not_yours()
            }
            "you have posted something else under this nonce" => self.error_nonce_used(),
            "this message has 50 different ones, that is enough" => self.error_reactions_full(),
            "at most 10 of yours on one message" => self.error_reactions_own(),
            _ => return None,
        })
    }

    fn server_error(&self, english: &str) -> Option<&str> {
        Some(match english {
            "the server is stopping" => self.error_stopping(),
            "the server is busy" | "too many changes are waiting" => self.error_busy(),
            "another program holds the database locked" => self.error_database_locked(),
            "the database is read-only" => self.error_database_read_only(),
            "the disk is full or failing" => self.error_disk_failing(),
            "the disk is full, or the file has reached its limit" => self.error_disk_full(),
            "the database is damaged" => self.error_database_damaged(),
            "There is nothing here, or nothing for you." => self.error_not_found(),
            "Join or sign in first." => self.error_sign_in(),
            "This address does not take this method." => self.error_method(),
            "The request comes from another site." => self.error_cross_site(),
            "Something went wrong on the server. It was noted." => self.error_internal(),
            "The request took too long to arrive." => self.error_timeout(),
            _ => return None,
        })
    }
}

/// Formats an error text as a sentence: `pick a name` becomes `Pick a name.`
fn sentence(english: &str) -> String {
    let mut rest = english.chars();
    let first = rest.next().map(|first| first.to_ascii_uppercase());
    let end = if english.ends_with('.') { "" } else { "." };
    first.into_iter().chain(rest).chain(end.chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        message::body_fault,
        room::{slug_fault, topic_fault},
        user::{handle_fault, name_fault},
    };

    #[test]
    fn what_a_form_is_refused_for_has_a_message() {
        let long = "x".repeat(10_000);
        let wide = format!("x{}", " ".repeat(10_000));
        let faults = [
            ["", "a b", "me", &long].map(handle_fault),
            ["", "a\nb", "\u{200b}", &long].map(name_fault),
            ["", "new", "-", &long].map(slug_fault),
            ["", "\u{0}x", &wide, &long].map(body_fault),
            [topic_fault(&long), None, None, None],
        ];
        let english = Locale::default_language();
        for fault in faults.into_iter().flatten().flatten() {
            assert!(english.error_message(fault).is_some(), "{fault}");
        }
    }

    #[test]
    fn a_text_without_a_message_is_shown_as_a_sentence() {
        let english = Locale::default_language();
        assert_eq!(english.explain("no such thing"), "No such thing.");
        assert_eq!(english.explain("Done."), "Done.");
    }
}
