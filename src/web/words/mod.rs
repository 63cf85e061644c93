//! What the pages say, in each language: one constant per language, so that none can lack a word of another.
//! What the pages' scripts say is in `static/js/words/`.

mod en;
mod zh;

pub use en::ENGLISH;
pub use zh::CHINESE;

/// Every text of the templates, in the order in which a person meets them.
#[derive(Debug)]
#[expect(missing_docs, reason = "the fields are what their names and texts say")]
pub struct Words {
    /// BCP 47, for `<html lang>`.
    pub lang: &'static str,
    /// What the language calls itself.
    pub own_name: &'static str,
    /// The module of what scripts say.
    pub script: &'static str,

    // Coming in
    pub come_in: &'static str,
    pub pick_a_name_lead: &'static str,
    pub your_name: &'static str,
    pub join_the_conversation: &'static str,
    pub read_along_first: &'static str,
    /// Of how many messages there are, and since which year.
    pub figures: fn(&str, i64, Option<i32>) -> String,

    // The sidebar
    pub rooms: &'static str,
    pub new_room: &'static str,
    pub direct: &'static str,
    pub closed_room: &'static str,
    pub mentions_of_you: &'static str,
    /// Stands after a count.
    pub unread: &'static str,
    pub pick_a_name: &'static str,
    pub sign_out: &'static str,

    // The list of rooms, and a new one
    pub joined: &'static str,
    pub no_room_yet: &'static str,
    pub new_room_lead: &'static str,
    pub name: &'static str,
    pub topic: &'static str,
    pub topic_hint: &'static str,
    pub address: &'static str,
    pub address_hint: &'static str,
    pub open_the_room: &'static str,
    pub cancel: &'static str,

    // A room
    pub jump_to_date: &'static str,
    pub day: &'static str,
    /// Stands after `day` where no script knows the reader's own midnight.
    pub in_utc: &'static str,
    pub go_there: &'static str,
    pub people: &'static str,
    pub people_in_this_room: &'static str,
    pub here: &'static str,
    pub away: &'static str,
    /// One writes, two do, more do; `{}` is a name.
    pub typing: [&'static str; 3],
    pub and_more: fn(i64) -> String,
    pub tell_me_of: &'static str,
    /// Everything, mentions, nothing.
    pub levels: [&'static str; 3],
    pub desktop_notifications: &'static str,
    pub join_this_room: &'static str,
    pub leave_this_room: &'static str,
    pub older_messages: &'static str,
    pub newer_messages: &'static str,
    /// Before the room's name, and after it.
    pub room_begins: [&'static str; 2],
    pub nothing_said_yet: &'static str,
    pub marked_message: &'static str,
    pub jump_to_latest: &'static str,

    // Writing
    pub react_to_marked: &'static str,
    pub edit_or_delete: &'static str,
    pub answer_marked: fn(&str) -> String,
    pub message_to: fn(&str) -> String,
    pub send: &'static str,
    pub pick_a_name_to_write: &'static str,
    /// Why not, and that the text is not lost.
    pub not_now: fn(&str) -> String,

    // Editing
    pub edit: &'static str,
    pub edit_your_message: &'static str,
    pub message_in: &'static str,
    pub save: &'static str,
    pub delete_lead: &'static str,
    pub delete_the_message: &'static str,

    // The account
    pub account: &'static str,
    /// What stays where the name changes.
    pub handle_lead: fn(&str) -> String,
    pub language: &'static str,
    pub colours: &'static str,
    pub as_the_system: &'static str,
    pub light: &'static str,
    pub dark: &'static str,
    pub signed_in_at: &'static str,
    pub a_browser: &'static str,
    pub a_program: &'static str,
    pub this_one: &'static str,
    pub since: fn(&str) -> String,
    pub end_it: &'static str,
    /// What it means, to somebody of this name.
    pub sign_out_lead: fn(&str) -> String,
    pub sign_out_here: &'static str,
    pub sign_out_everywhere: &'static str,
    /// Where it is not certain that somebody was signed out.
    pub sign_out_failed: &'static str,

    // Errors
    pub go_back: &'static str,
    pub request: &'static str,
    /// What a status means.
    pub status: fn(u16) -> &'static str,
    /// A sentence that the chat says in English; `None`: as it is.
    pub translate: fn(&str) -> Option<&'static str>,
}

impl Words {
    /// What the chat says in English, in this language.
    #[must_use]
    pub fn say<'a>(&self, english: &'a str) -> &'a str {
        (self.translate)(english).unwrap_or(english)
    }

    /// The same where it stands alone.
    #[must_use]
    pub fn say_alone(&self, english: &str) -> String {
        (self.translate)(english).map_or_else(|| sentence(english), str::to_owned)
    }
}

/// `pick a name` as `Pick a name.`
fn sentence(english: &str) -> String {
    let mut rest = english.chars();
    let first = rest.next().map(|first| first.to_ascii_uppercase());
    let end = if english.ends_with('.') { "" } else { "." };
    first.into_iter().chain(rest).chain(end.chars()).collect()
}
