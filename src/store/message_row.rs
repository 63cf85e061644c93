//! Messages by the hundred, as one text.
//!
//! A page of history or a replay is one row of one column, since each row and column more is a message between
//! threads. JSON would do (and does, where there is one message), but it costs twice as much as everything else
//! about a page: SQLite writes it, and it is read only to be written anew. So the fields stand side by side, with
//! the separators that ASCII has for it between them. A text may hold anything: its length stands before it.

use crate::{
    error::{Error, Result},
    model::{
        ids::MessageId,
        message::{Message, Reaction},
        time::Timestamp,
        user::Person,
    },
};
use std::str::FromStr;

/// Between two fields: `char(31)`.
const UNIT: u8 = 0x1f;
/// Between two rows: `char(30)`.
const RECORD: char = '\u{1e}';

/// The reactions to the message `m`, as JSON. Each emoji has the handles of the first 20 people, but all emoji together
/// only as many handles as make 16,384 bytes of JSON: with the longest body a message stays below the 64 KiB of a block
/// of the stream.
macro_rules! reactions_json {
    () => {
        "(select json_group_array(json_object('emoji', emoji, 'count', count, 'by', json(by)) order by first)
                from (select emoji, count(*) as count, min(event_id) as first,
                             json_group_array(handle order by event_id)
                                 filter (where place <= 20 and bytes <= 16384) as by
                      from (select emoji, event_id, handle, place,
                                   sum(octet_length(json_quote(handle)) + 1) over (order by place, event_id) as bytes
                            from (select x.emoji, x.event_id, u.handle,
                                         row_number() over (partition by x.emoji order by x.event_id) as place
                                  from reactions x join users u on u.id = x.user_id where x.message_id = m.id))
                      group by emoji))"
    };
}
pub(super) use reactions_json;

/// The fields of the message `m` and its author `a`, as [`Fields::read_message`] reads them.
macro_rules! message_fields {
    () => {
        concat!(
            "m.id, a.handle, a.name, m.created_at, coalesce(m.edited_at, ''),
                coalesce(m.deleted_at, ''), coalesce(m.reply_to, ''), coalesce(m.nonce, ''),
                iif(m.is_reacted, ",
            crate::store::message_row::reactions_json!(),
            ", ''), octet_length(m.body), m.body"
        )
    };
}
pub(super) use message_fields;

/// The same as one text.
macro_rules! message_row {
    () => {
        concat!(
            "concat_ws(char(31), ",
            crate::store::message_row::message_fields!(),
            ")"
        )
    };
}
pub(super) use message_row;

/// What is left of such a text.
#[derive(Debug)]
pub(super) struct Fields<'a>(&'a str);

impl<'a> Fields<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self(text)
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the row is one object of JSON instead.
    pub(super) fn is_json(&self) -> bool {
        self.0.starts_with('{')
    }

    /// The next field of the row.
    pub(super) fn read(&mut self) -> Result<&'a str> {
        // Byte by byte: fields are so short that setting up a search costs more.
        let mut bytes = self.0.bytes();
        let end = bytes.position(|byte| byte == UNIT).ok_or_else(broken_row)?;
        let field = &self.0[..end];
        self.0 = &self.0[end + 1..];
        Ok(field)
    }

    pub(super) fn read_number<T: FromStr>(&mut self) -> Result<T> {
        self.read()?.parse().map_err(|_| broken_row())
    }

    pub(super) fn read_time(&mut self) -> Result<Timestamp> {
        Timestamp::parse(self.read()?).ok_or_else(broken_row)
    }

    /// Everything up to the end of a row that holds no separator within itself, as JSON does not.
    pub(super) fn read_rest_of_row(&mut self) -> &'a str {
        let (rest, others) = self.0.split_once(RECORD).unwrap_or((self.0, ""));
        self.0 = others;
        rest
    }

    /// The message that the rest of the row is, of this room.
    pub(super) fn read_message(&mut self, room: &str) -> Result<Message> {
        let id = MessageId(self.read_number()?);
        let (handle, name) = (self.read()?.to_owned(), self.read()?.to_owned());
        let (at, edited_at) = (self.read_time()?, self.read_optional(Timestamp::parse)?);
        let deleted_at = self.read_optional(Timestamp::parse)?;
        let reply_to = self.read_optional(|id| id.parse().ok().map(MessageId))?;
        let nonce = self.read_optional(|nonce| Some(nonce.to_owned()))?;
        let reactions: Option<Vec<Reaction>> =
            self.read_optional(|json| serde_json::from_str(json).ok())?;
        let body = self.read_body()?;
        Ok(Message {
            id,
            room: room.to_owned(),
            author: Person { handle, name },
            body: deleted_at.is_none().then(|| body.to_owned()),
            at,
            edited_at,
            deleted_at,
            reply_to,
            nonce,
            reactions: reactions.unwrap_or_default(),
        })
    }

    /// An empty field is nothing.
    fn read_optional<T>(&mut self, read: impl Fn(&'a str) -> Option<T>) -> Result<Option<T>> {
        match self.read()? {
            "" => Ok(None),
            field => read(field).map(Some).ok_or_else(broken_row),
        }
    }

    fn read_body(&mut self) -> Result<&'a str> {
        let length = self.read_number()?;
        let (body, rest) = self.0.split_at_checked(length).ok_or_else(broken_row)?;
        self.0 = match rest.strip_prefix(RECORD) {
            Some(rest) => rest,
            None if rest.is_empty() => rest,
            None => return Err(broken_row()),
        };
        Ok(body)
    }
}

/// Reads messages of one room.
pub(super) fn read_messages(text: &str, room: &str) -> Result<Vec<Message>> {
    let mut fields = Fields::new(text);
    let mut messages = Vec::new();
    while !fields.is_at_end() {
        messages.push(fields.read_message(room)?);
    }
    Ok(messages)
}

pub(super) fn broken_row() -> Error {
    let what = "a message in the file is not as this program writes them";
    Error::Database(sqlx::Error::Decode(what.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: &str = "2026-11-22T05:41:03.123Z";

    #[test]
    fn a_text_may_hold_separators() {
        let body = "one\u{1e}two\u{1f}three\u{1e}";
        let row = |id: u8| {
            format!(
                "{id}\u{1f}ann\u{1f}Ann\u{1f}{AT}\u{1f}\u{1f}\u{1f}7\u{1f}n\u{1f}\u{1f}{}\u{1f}{body}",
                body.len()
            )
        };
        let text = [row(1), row(2)].join("\u{1e}");
        let messages = read_messages(&text, "general").unwrap();
        assert_eq!(messages.len(), 2);
        assert!(
            messages
                .iter()
                .all(|message| message.body.as_deref() == Some(body))
        );
        assert_eq!(messages[1].reply_to, Some(MessageId(7)));
    }

    #[test]
    fn a_row_that_is_cut_is_an_error() {
        let row = format!(
            "1\u{1f}ann\u{1f}Ann\u{1f}{AT}\u{1f}\u{1f}\u{1f}\u{1f}\u{1f}\u{1f}5\u{1f}hello"
        );
        assert_eq!(read_messages(&row, "general").unwrap().len(), 1);
        for end in 1..row.len() {
            assert!(read_messages(&row[..end], "general").is_err(), "{end}");
        }
    }
}
