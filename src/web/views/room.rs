//! The page of a room: history, composer and members.

use super::{
    layout::{Layout, hue, isolate},
    message::MessageView,
    thread::ThreadPanel,
};
use crate::{
    chat::policy::mentions_room,
    model::{
        block::Blocked,
        ids::MessageId,
        member::RoomMember,
        message::Message,
        room::{NotifyLevel, RoomInfo, RoomKind, RoomView},
    },
    web::{locale::Locale, preferences::Scheme},
};
use askama::Template;
use std::sync::Arc;

/// A room, at the end of its history or at an older page.
#[derive(Clone, Debug, Template)]
#[template(path = "rooms/room.html")]
pub struct RoomPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// The frame around the page.
    pub layout: Layout,
    /// The room.
    pub room: RoomView,
    /// The messages on the page, oldest first.
    pub messages: Vec<Message>,
    /// Link to the page with older messages, if there are any.
    pub older: Option<String>,
    /// Link to the page with newer messages, if there are any.
    pub newer: Option<String>,
    /// Whether the page ends at the room's newest message. Only then does it follow the stream.
    pub live: bool,
    /// The message that the permalink of this page refers to.
    pub marked: Option<MessageId>,
    /// The thread that is shown beside the history.
    pub thread: Option<ThreadPanel>,
    /// Nonce of the next post from this page, so that submitting the form twice posts once.
    pub nonce: String,
    /// Members of the room, up to the display limit.
    pub members: Vec<RoomMember>,
    /// Number of all members of the room.
    pub member_count: i64,
    /// The people whom the viewer has blocked, with their handles.
    pub blocked: Arc<Blocked>,
    /// Text in the composer: that of a post that was refused.
    pub draft: String,
    /// The reason why the post was refused.
    pub error: Option<String>,
}

impl RoomPage {
    fn handle(&self) -> &str {
        self.layout
            .viewer
            .as_ref()
            .map_or("", |viewer| &viewer.handle)
    }

    /// Returns the notification levels with their labels.
    fn levels(&self) -> impl Iterator<Item = (NotifyLevel, &'static str)> {
        NotifyLevel::ALL.into_iter().map(move |level| {
            let name = match level {
                NotifyLevel::Everything => self.locale.notify_all(),
                NotifyLevel::Mentions => self.locale.notify_mentions(),
                NotifyLevel::Nothing => self.locale.notify_nothing(),
            };
            (level, name)
        })
    }

    /// Returns the groups of the member list (online and offline): the id of its element, its title, the members shown,
    /// and their number. Members beyond the display limit count as offline.
    fn groups(&self) -> [(&'static str, &'static str, Vec<&RoomMember>, i64); 2] {
        let listed = |here| {
            let members = self.members.iter();
            members
                .filter(move |member| member.here == here)
                .collect::<Vec<_>>()
        };
        let (here, away) = (listed(true), listed(false));
        let count = i64::try_from(here.len()).unwrap_or_default();
        let others = self.member_count - count;
        [
            ("here", self.locale.online(), here, count),
            ("away", self.locale.offline(), away, others),
        ]
    }

    /// Returns the beginning of the room as HTML, which is shown above its first message.
    fn beginning(&self) -> String {
        let (sign, name) = (self.sign(), &self.room.info.name);
        self.locale
            .beginning(isolate("strong", &format!("{sign}{name}")))
    }

    /// Returns whether only managers post into the room, of whom the viewer is none. An archived room is closed to all.
    fn is_for_managers(&self) -> bool {
        let RoomInfo {
            archived,
            announcements,
            ..
        } = self.room.info;
        announcements && !archived && !self.room.can_manage
    }

    /// Returns whether nothing can be posted to threads.
    fn is_archived(&self) -> bool {
        self.room.info.archived
    }

    /// Returns the character before the name of a room; a closed room has a lock.
    fn sign(&self) -> &'static str {
        match self.room.info.kind {
            RoomKind::Open => "#",
            RoomKind::Closed | RoomKind::Direct => "",
        }
    }

    fn is_closed(&self) -> bool {
        self.room.info.kind == RoomKind::Closed
    }

    fn is_marked(&self, message: &Message) -> bool {
        self.marked == Some(message.id)
    }

    /// Returns whether the viewer has blocked the author of a message.
    fn is_blocked(&self, message: &Message) -> bool {
        let mut handles = self.blocked.values();
        handles.any(|handle| *handle == message.author.handle)
    }

    /// Returns the handles of the people whom the viewer has blocked, separated by spaces.
    fn blocked_handles(&self) -> String {
        let handles: Vec<&str> = self.blocked.values().map(String::as_str).collect();
        handles.join(" ")
    }

    /// Returns whether the viewer may mention everybody in the room.
    fn may_mention_room(&self) -> bool {
        mentions_room(self.room.can_manage, self.room.info.room_mentions)
    }

    /// Returns the ids of the pinned messages, separated by commas.
    fn pins(&self) -> String {
        let ids: Vec<String> = self
            .room
            .info
            .pins
            .iter()
            .map(ToString::to_string)
            .collect();
        ids.join(",")
    }

    /// Returns whether a message is pinned.
    fn is_pinned(&self, message: &Message) -> bool {
        self.room.info.pins.contains(&message.id)
    }

    /// Returns the message that `message` replies to, if it is on the page and not folded.
    fn answered_by(&self, message: &Message) -> Option<&Message> {
        let id = message.reply_to?;
        let place = self.messages.binary_search_by_key(&id, |other| other.id);
        let answered = self.messages.get(place.ok()?);
        answered.filter(|answered| !self.is_blocked(answered))
    }

    /// Returns the marked message, if it accepts replies and reactions.
    fn marked_message(&self) -> Option<&Message> {
        let replies = self.thread.iter().flat_map(|thread| &thread.replies);
        let mut shown = self.messages.iter().chain(replies);
        shown.find(|message| self.is_marked(message) && message.deleted_at.is_none())
    }
}

/// Reactions offered on pages without scripts.
const EMOJI: [&str; 6] = ["👍", "❤️", "😂", "🎉", "👀", "✅"];

/// The modules that `js/app.js` imports, directly or indirectly. The page lists them so that they are fetched in
/// parallel.
const MODULES: [&str; 34] = [
    "js/activity.js",
    "js/attaching.js",
    "js/base_path.js",
    "js/blocks.js",
    "js/composer.js",
    "js/connection_status.js",
    "js/dom.js",
    "js/drafts.js",
    "js/event_batcher.js",
    "js/history.js",
    "js/http.js",
    "js/lazy_modules.js",
    "js/hue.js",
    "js/locale.js",
    "js/name_links.js",
    "js/outbox.js",
    "js/pending_messages.js",
    "js/people.js",
    "js/posting_rights.js",
    "js/quotes.js",
    "js/read_mark.js",
    "js/row_actions.js",
    "js/row_decorator.js",
    "js/rows.js",
    "js/shared_stream.js",
    "js/sidebar.js",
    "js/status_line.js",
    "js/stopwatch.js",
    "js/storage.js",
    "js/stream_connection.js",
    "js/tall_messages.js",
    "js/typing.js",
    "js/unread_line.js",
    "js/viewer.js",
];
