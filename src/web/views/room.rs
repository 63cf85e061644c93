//! The page of a room: its history, the place to write, the people in it.

use super::{
    layout::{Layout, hue, isolate},
    message::MessageView,
};
use crate::{
    model::{
        ids::{EventId, MessageId},
        message::Message,
        room::{NotifyLevel, RoomInfo, RoomKind, RoomView},
        user::{Person, RoomMember},
    },
    web::{locale::Locale, preferences::Scheme},
};
use askama::Template;

/// A room, at the end of its history or somewhere in its past.
#[derive(Clone, Debug, Template)]
#[template(path = "rooms/room.html")]
pub struct RoomPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// In which colours.
    pub scheme: Scheme,
    /// What surrounds the page.
    pub layout: Layout,
    /// The room.
    pub room: RoomView,
    /// A part of its history, oldest first.
    pub messages: Vec<Message>,
    /// The log's last event in the snapshot that the messages come from: where the page's stream begins.
    pub head: EventId,
    /// Names the log that `head` belongs to.
    pub log: String,
    /// Link to what comes before the first message.
    pub older: Option<String>,
    /// Link to what comes after the last message.
    pub newer: Option<String>,
    /// Whether the last message shown is the room's last one: only then the page follows the stream.
    pub live: bool,
    /// The message that the link to this page points at.
    pub marked: Option<MessageId>,
    /// Names what will be posted from this page, so that sending the form twice posts once.
    pub nonce: String,
    /// People in the room, as many as are shown.
    pub members: Vec<RoomMember>,
    /// People in the room.
    pub member_count: i64,
    /// What stands in the composer: the text of a post that was refused.
    pub draft: String,
    /// Why it was refused.
    pub error: Option<String>,
}

impl RoomPage {
    fn handle(&self) -> &str {
        self.layout
            .viewer
            .as_ref()
            .map_or("", |viewer| &viewer.handle)
    }

    /// What one may want to be told of.
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

    /// Who is here and who is away: the list's id, its title, who stands in it, how many there are. Of whom only a part
    /// is listed, the rest counts as away.
    fn groups(&self) -> [(&'static str, &'static str, Vec<&Person>, i64); 2] {
        let listed = |here| {
            let members = self
                .members
                .iter()
                .filter(move |member| member.here == here);
            members.map(|member| &member.person).collect::<Vec<_>>()
        };
        let (here, away) = (listed(true), listed(false));
        let count = i64::try_from(here.len()).unwrap_or_default();
        let others = self.member_count - count;
        [
            ("here", self.locale.online(), here, count),
            ("away", self.locale.offline(), away, others),
        ]
    }

    /// HTML: what stands above the first message of the room.
    fn beginning(&self) -> String {
        let RoomInfo { kind, name, .. } = &self.room.info;
        let sign = if *kind == RoomKind::Open { "#" } else { "" };
        self.locale
            .beginning(isolate("strong", &format!("{sign}{name}")))
    }

    fn is_closed(&self) -> bool {
        self.room.info.kind == RoomKind::Closed
    }

    fn is_marked(&self, message: &Message) -> bool {
        self.marked == Some(message.id)
    }

    /// The message that this one answers, where it is on the page, too.
    fn answered_by(&self, message: &Message) -> Option<&Message> {
        let id = message.reply_to?;
        let place = self.messages.binary_search_by_key(&id, |other| other.id);
        self.messages.get(place.ok()?)
    }

    /// The marked message, where it can be answered and reacted to.
    fn marked_message(&self) -> Option<&Message> {
        self.messages
            .iter()
            .find(|message| self.is_marked(message) && message.deleted_at.is_none())
    }
}

/// What a page without scripts offers as reactions.
const EMOJI: [&str; 6] = ["👍", "❤️", "😂", "🎉", "👀", "✅"];

/// The modules that `js/app.js` imports, directly or not: the page names them so that they are fetched in parallel.
const MODULES: [&str; 27] = [
    "js/activity.js",
    "js/clock.js",
    "js/composer.js",
    "js/connection.js",
    "js/connection_status.js",
    "js/current_room.js",
    "js/decorate.js",
    "js/dom.js",
    "js/drafts.js",
    "js/feed.js",
    "js/history.js",
    "js/http.js",
    "js/keys.js",
    "js/lazy_modules.js",
    "js/mentions.js",
    "js/messages.js",
    "js/outbox.js",
    "js/pending.js",
    "js/pending_actions.js",
    "js/people.js",
    "js/read_mark.js",
    "js/recent_events.js",
    "js/rows.js",
    "js/sending.js",
    "js/status.js",
    "js/storage.js",
    "js/stream.js",
];
