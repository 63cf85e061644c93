//! The panel with a thread, beside the history of its room.

use crate::model::{ids::EventId, message::Message, thread::FollowedThread};

/// A page of a thread, with the form for replies.
#[derive(Clone, Debug)]
pub struct ThreadPanel {
    /// The message that the thread belongs to, which is always shown.
    pub root: Message,
    /// The replies on the page, oldest first.
    pub replies: Vec<Message>,
    /// The last event of the room when the page was read.
    pub head: EventId,
    /// Link to the page with earlier replies, if there are any.
    pub older: Option<String>,
    /// Link to the page with later replies, if there are any.
    pub newer: Option<String>,
    /// The thread as the viewer sees it; `None` for a visitor who is not signed in.
    pub followed: Option<FollowedThread>,
    /// Nonce of the next reply from this page, so that submitting the form twice posts once.
    pub nonce: String,
    /// Text of a reply that was refused.
    pub draft: String,
    /// Whether that reply was to be shown in the room, too.
    pub also_in_room: bool,
    /// The reason why it was refused.
    pub error: Option<String>,
}

impl ThreadPanel {
    /// Returns the number of replies that were not deleted.
    pub(super) fn count(&self) -> usize {
        let summary = self.root.thread_summary.as_ref();
        summary.map_or(0, |summary| summary.count)
    }

    pub(super) fn follows(&self) -> bool {
        let followed = self.followed.as_ref();
        followed.is_some_and(|followed| followed.follows)
    }

    /// Returns the event up to which the viewer has read the thread.
    pub(super) fn read_up_to(&self) -> EventId {
        let followed = self.followed.as_ref();
        followed.map_or(EventId::EARLIEST, |followed| followed.read_up_to)
    }

    /// Returns the message of the panel that `message` replies to.
    pub(super) fn answered_by(&self, message: &Message) -> Option<&Message> {
        let id = message.reply_to?;
        let mut shown = [&self.root].into_iter().chain(&self.replies);
        shown.find(|other| other.id == id)
    }
}
