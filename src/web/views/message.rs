//! A message as a row of the history.
//!
//! Rows are the same for every viewer, in pages and in streams, except that a page marks the messages of people whom its
//! viewer has blocked. They contain no text in any language:
//! `static/css/history.css` adds "edited" and "deleted".

use super::{files::Shown, layout::hue};
use crate::{
    markdown::{self, Form},
    model::{
        file::Attachment,
        ids::MessageId,
        message::{Message, Reaction},
        thread::ThreadSummary,
        time::Timestamp,
    },
};
use askama::Template;

/// Greatest length of a quoted line in characters.
const QUOTED_MAX: usize = 200;

/// A row of the history.
#[derive(Clone, Debug, Template)]
#[template(path = "messages/_message.html")]
pub struct MessageView<'a> {
    message: &'a Message,
    /// The message that this one replies to, if it is on the same page.
    answered: Option<&'a Message>,
    /// Whether the viewer of the page has blocked the author. Rows in streams are the same for every viewer, so scripts
    /// fold them (`static/js/blocks.js`).
    is_blocked: bool,
    /// Whether the row is in a thread, where its root and replies that the room shows, too, have rows of their own.
    is_in_thread: bool,
    /// The id as text. Cached, since a row contains it five times.
    id: String,
    /// The time, such as `2026-11-21T18:02:59.123Z`. Cached, since the row also contains parts of it.
    at: String,
}

impl<'a> MessageView<'a> {
    /// Creates the row of a message.
    #[must_use]
    pub fn new(message: &'a Message) -> Self {
        Self {
            message,
            answered: None,
            is_blocked: false,
            is_in_thread: !message.is_in_room(),
            id: message.id.to_string(),
            at: message.at.to_string(),
        }
    }

    /// Sets the message that this one replies to, of which a line is quoted. Without it, `static/js/quotes.js`
    /// looks it up.
    #[must_use]
    pub fn quoting(self, answered: Option<&'a Message>) -> Self {
        Self { answered, ..self }
    }

    /// Folds the message if the viewer of the page has blocked the author.
    #[must_use]
    pub fn folded(self, is_blocked: bool) -> Self {
        Self { is_blocked, ..self }
    }

    /// Makes it a row of a thread.
    #[must_use]
    pub fn in_thread(self) -> Self {
        Self {
            is_in_thread: true,
            ..self
        }
    }

    /// Returns the first letter of the id of the element.
    fn prefix(&self) -> char {
        if self.is_in_thread { 't' } else { 'm' }
    }

    /// Returns the root of the thread that a reply in a history of the room belongs to.
    fn thread_of_reply(&self) -> Option<MessageId> {
        self.message.thread.filter(|_| !self.is_in_thread)
    }

    /// Returns the line below the root of a thread.
    fn thread_line(&self) -> Option<ThreadLine<'a>> {
        let message: &'a Message = self.message;
        let is_root = message.thread.is_none() && !self.is_in_thread;
        ThreadLine::of(message).filter(|_| is_root)
    }

    fn quote(&self) -> Option<String> {
        let answered = self.answered?;
        let line = excerpt(answered)?;
        Some(format!("{}: {line}", answered.author.name))
    }

    fn hue(&self) -> u32 {
        hue(&self.message.author.handle)
    }

    fn has_own_name(&self) -> bool {
        self.message.author.name != self.message.author.handle
    }

    /// Returns the day and the minute in UTC: `2026-11-21`, `18:02`.
    fn day_and_clock(&self) -> (&str, &str) {
        day_and_clock(&self.at)
    }

    fn edited(&self) -> Option<String> {
        self.message.edited_at.map(moment)
    }

    /// Renders the body; the template adds the enclosing element.
    fn body(body: &str) -> Body<'_> {
        match markdown::render(body) {
            None => Body::Plain(body),
            Some(rendered) => match rendered.form {
                Form::Blocks => Body::Blocks(rendered.html),
                Form::Line => Body::Line(rendered.html),
                Form::Emoji => Body::Emoji(rendered.html),
            },
        }
    }

    fn answered_address(&self) -> Option<String> {
        self.message
            .reply_to
            .map(|id| address(&self.message.room, id))
    }
}

/// The line below the root of a thread: who has replied, how often, and when last.
#[derive(Clone, Debug, Template)]
#[template(path = "messages/_thread_line.html")]
struct ThreadLine<'a> {
    room: &'a str,
    summary: &'a ThreadSummary,
    /// The time of the last reply.
    at: String,
}

/// Greatest number of people whose tiles the line shows.
const TILES_MAX: usize = 3;

impl<'a> ThreadLine<'a> {
    /// Returns the line; `None` if no reply is left.
    fn of(message: &'a Message) -> Option<Self> {
        let summary = message.thread_summary.as_deref()?;
        Some(Self {
            room: &message.room,
            summary,
            at: summary.last_at?.to_string(),
        })
    }

    /// Returns the hues and letters of the tiles.
    fn tiles(&self) -> impl Iterator<Item = (u32, String)> {
        let people = self.summary.by.iter().take(TILES_MAX);
        people.map(|handle| (hue(handle), letter(handle)))
    }

    fn day_and_clock(&self) -> (&str, &str) {
        day_and_clock(&self.at)
    }
}

/// Returns the letter of a person's tile.
fn letter(handle: &str) -> String {
    let first = handle.chars().next();
    first.into_iter().flat_map(char::to_uppercase).collect()
}

/// Renders the line below the root of the thread that a reply belongs to; empty if no reply is left.
#[must_use]
pub fn render_thread_line(message: &Message) -> String {
    let line = ThreadLine::of(message).map(|line| line.render().unwrap_or_default());
    line.unwrap_or_default()
}

/// A rendered body.
enum Body<'a> {
    Plain(&'a str),
    Line(String),
    Emoji(String),
    Blocks(String),
}

/// Renders the row of a message, as pages contain it and streams carry it with `include=html`.
#[must_use]
pub fn render_row(message: &Message) -> String {
    // Writing to a `String` cannot fail, and the template has no error of its own.
    MessageView::new(message).render().unwrap_or_default()
}

/// Returns the permalink of a message that its room shows, relative to the base path. The fragment makes browsers scroll to
/// it.
#[must_use]
pub fn address(room: &str, id: MessageId) -> String {
    format!("rooms/{room}/messages/{id}#m{id}")
}

/// Returns the beginning of the first line of a message, of at most [`QUOTED_MAX`] characters; `None` if the message was
/// deleted.
#[must_use]
pub fn excerpt(message: &Message) -> Option<&str> {
    let line = message.body.as_ref()?.trim().lines().next()?;
    let end = line.char_indices().nth(QUOTED_MAX);
    Some(end.map_or(line, |(end, _)| &line[..end]))
}

/// Returns the address of the smaller picture of a file.
fn preview(file: &Attachment) -> String {
    file.preview_path().unwrap_or_default()
}

/// Formats a time independently of the language: `2026-11-21 18:02 UTC`.
#[must_use]
pub fn moment(time: Timestamp) -> String {
    let at = time.to_string();
    let (day, clock) = day_and_clock(&at);
    format!("{day} {clock} UTC")
}

fn day_and_clock(at: &str) -> (&str, &str) {
    let (day, clock) = at.split_once('T').unwrap_or((at, ""));
    (day, clock.get(..5).unwrap_or(clock))
}

/// Returns the handles of the people who reacted, separated by commas. Handles contain neither commas nor spaces, so
/// that scripts can split the list.
fn names(reaction: &Reaction) -> String {
    reaction.by.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::user::Person;

    fn message(body: &str) -> Message {
        Message {
            id: MessageId(57),
            room: "general".into(),
            author: Person {
                handle: "ann".into(),
                name: "Ann \"A\" <b>".into(),
            },
            body: Some(body.into()),
            at: Timestamp::parse("2026-11-21T18:02:59.123Z").unwrap(),
            edited_at: None,
            deleted_at: None,
            reply_to: Some(MessageId(41)),
            reply_to_author: None,
            nonce: Some("secret-nonce".into()),
            mentions_room: false,
            is_author_imported: false,
            thread: None,
            also_in_room: false,
            thread_summary: None,
            reactions: vec![Reaction {
                emoji: "👍".into(),
                count: 2,
                by: vec!["bob".into(), "chen".into()],
            }],
            attachments: Vec::new(),
        }
    }

    #[test]
    fn what_people_write_never_becomes_markup() {
        let row = render_row(&message("<script>alert('x')</script> & \"y\"\nsecond line"));
        assert!(!row.contains("<script"), "{row}");
        assert!(!row.contains("<b>"), "{row}");
        assert!(row.contains("\nsecond line"), "{row}");
    }

    #[test]
    fn a_row_names_itself_for_the_page() {
        let row = render_row(&message("hello"));
        for part in [
            r#"<li class="message" id="m57" data-id="57" data-author="ann" data-at="2026-11-21T18:02:59.123Z">"#,
            r#"href="rooms/general/messages/57#m57""#,
            r#"href="rooms/general/messages/41#m41""#,
            "18:02",
        ] {
            assert!(row.contains(part), "{part} is missing in {row}");
        }
        assert!(!row.contains("secret-nonce"), "{row}");
    }

    #[test]
    fn an_answer_quotes_a_line_of_what_is_at_hand_and_nothing_that_was_deleted() {
        fn row(answered: Option<&Message>) -> String {
            let answer = message("yes");
            let view = MessageView::new(&answer).quoting(answered);
            view.render().unwrap()
        }
        let empty = r#"dir="auto"></a>"#;
        let mut answered = message("is <it>\ntrue?");
        let shown = row(Some(&answered));
        let quote = "Ann &#34;A&#34; &#60;b&#62;: is &#60;it&#62;</a>";
        assert!(shown.contains(quote), "{shown}");
        answered.body = None;
        assert!(row(Some(&answered)).contains(empty));
        assert!(row(None).contains(empty));
    }

    #[test]
    fn nothing_of_a_deleted_message_is_shown() {
        let mut message = message("hello");
        message.body = None;
        message.deleted_at = Some(message.at);
        let row = render_row(&message);
        assert!(row.contains("message-deleted"), "{row}");
        assert!(!row.contains("👍"), "{row}");
        assert!(!row.contains("messages/41"), "{row}");
    }
}
