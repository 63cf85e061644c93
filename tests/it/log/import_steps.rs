//! Random steps of imports, which repeat, answer and change what is there when they are made.

use super::steps::{EMOJI, HANDLES, ROOMS, mentions};
use backscroll::model::{
    account::NewAccount,
    change::{Action, Change, Outcome, Post},
    import::{ImportStep, Imported, ImportedMessage, MessageKey, Origin},
    room::{RoomInfo, RoomKind},
    time::Timestamp,
};
use proptest::{collection::vec, prelude::*, sample::select};
use std::sync::Arc;

/// One for each kind of [`ImportStep`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Begin,
    Message,
    Repeat,
    Mentions,
    Edit,
    Deletion,
    Reaction,
    Room,
    Member,
    End,
}

/// The numbers choose among what is there when the step is made.
#[derive(Clone, Debug)]
pub(super) struct Numbers {
    kind: Kind,
    who: usize,
    which: usize,
    number: usize,
}

/// Some steps, most of which find an import in progress.
pub(super) fn import() -> impl Strategy<Value = Vec<Numbers>> {
    use Kind::{Begin, Deletion, Edit, End, Member, Mentions, Message, Reaction, Repeat, Room};
    let kinds = [
        Message, Message, Message, Message, Message, Message, Message, Message, Repeat, Repeat,
        Mentions, Edit, Deletion, Reaction, Reaction, Room, Member, Member, End, Begin, Begin,
    ];
    let step = (
        select(kinds.to_vec()),
        0..60_usize,
        0..60_usize,
        0..60_usize,
    )
        .prop_map(|(kind, who, which, number)| Numbers {
            kind,
            who,
            which,
            number,
        });
    vec(step, 5..25).prop_map(|mut steps| {
        steps[0].kind = Begin;
        steps
    })
}

/// A message that was posted or imported.
#[derive(Clone, Debug)]
struct Old {
    at: Timestamp,
    message: ImportedMessage,
}

/// What steps can be about.
#[derive(Default)]
pub(super) struct Archive {
    old: Vec<Old>,
    /// How many messages were imported.
    pub(super) added: usize,
}

impl Archive {
    /// Notes a new message by somebody with this handle.
    pub(super) fn note(&mut self, change: &Change, by: Option<&str>, outcome: &Outcome) {
        let at = change.at;
        match (&*change.action, outcome) {
            (
                Action::Import(ImportStep::Message(message)),
                Outcome::Imported(Imported { is_new: true, .. }),
            ) => {
                self.added += 1;
                let message = ImportedMessage::clone(message);
                self.old.push(Old { at, message });
            }
            (Action::PostMessage(post), Outcome::Message { id, is_new: true }) => {
                let Some(by) = by else { return };
                let message = as_imported(post, by, id.0, at);
                self.old.push(Old { at, message });
            }
            _ => {}
        }
    }

    /// The time and the action of a step; `count` rises from change to change, as ids in an archive do.
    pub(super) fn step(&self, numbers: &Numbers, count: u64) -> (Timestamp, ImportStep) {
        let Numbers {
            kind,
            who,
            which,
            number,
        } = *numbers;
        let at = format!("2025-01-22T05:41:{:02}.123Z", number % 20);
        let at = Timestamp::parse(&at).expect("a time");
        let old = self.old.get(which % (self.old.len() + 1));
        let message = old.map_or_else(|| key_of("ann0", "none", None), Old::key);
        let room = ROOMS[which % ROOMS.len()].to_owned();
        let step = match (kind, old) {
            (Kind::Begin, _) => ImportStep::Begin,
            (Kind::End, _) => ImportStep::End,
            (Kind::Repeat, Some(old)) => return (old.at, old.again(number)),
            (Kind::Message | Kind::Repeat, _) => self.message(numbers, at, count),
            (Kind::Mentions, _) => ImportStep::Mentions {
                message,
                mentions: mentions(number),
            },
            (Kind::Edit, _) => ImportStep::Edit { message },
            (Kind::Deletion, _) => ImportStep::Deletion { message },
            (Kind::Reaction, _) => ImportStep::Reaction {
                message,
                emoji: EMOJI[number % EMOJI.len()].to_owned(),
                user: account(who),
            },
            (Kind::Room, _) => ImportStep::Room {
                room,
                name: format!("Room {}", number % 3),
                topic: String::new(),
            },
            (Kind::Member, _) => ImportStep::Member {
                room,
                user: account(who),
            },
        };
        (at, step)
    }

    fn message(&self, numbers: &Numbers, at: Timestamp, count: u64) -> ImportStep {
        let Numbers {
            who, which, number, ..
        } = *numbers;
        let rising = i64::try_from(count * 4 + number as u64 % 3).expect("few changes");
        let id = match number % 6 {
            0 => None,
            1 => Some(1_000_000_000 + rising),
            _ => Some(rising),
        };
        let answered = self.old.get(number % (self.old.len() + 1));
        ImportStep::Message(Box::new(ImportedMessage {
            room: Arc::new(RoomInfo {
                slug: [ROOMS[which % ROOMS.len()], "old"][number % 2].to_owned(),
                name: "An old room".into(),
                topic: String::new(),
                kind: [RoomKind::Open, RoomKind::Closed][usize::from(which % 9 == 0)],
                archived: false,
                announcements: false,
                auto_join: false,
                room_mentions: false,
                pins: Vec::new(),
            }),
            made_by: (number % 3 == 0).then(|| account(which)),
            author: account(who),
            nonce: format!("nonce-{}", number % 9),
            origin: id.filter(|_| number % 4 == 0).map(|id| Origin { id, at }),
            id,
            body: format!("text {number}"),
            mentions: mentions(which),
            is_reply: which % 3 == 0,
            reply_to: answered.filter(|_| which % 3 == 0).map(Old::key),
            is_in_thread: which % 4 == 0,
            thread: answered.filter(|_| which % 4 == 0).map(Old::key),
            also_in_room: which % 8 == 0,
        }))
    }
}

impl Old {
    fn key(&self) -> MessageKey {
        let message = &self.message;
        key_of(&message.author.handle.text, &message.nonce, message.origin)
    }

    /// The same message, with its nonce, or recognised by its id only.
    fn again(&self, number: usize) -> ImportStep {
        let mut message = self.message.clone();
        if number.is_multiple_of(2) {
            message.nonce = format!("derived-{number}");
            message.origin = message.id.map(|id| Origin { id, at: self.at });
        }
        ImportStep::Message(Box::new(message))
    }
}

/// A message that was posted, as an archive has it.
fn as_imported(post: &Post, by: &str, id: i64, at: Timestamp) -> ImportedMessage {
    let nonce = post.nonce().map(str::to_owned);
    ImportedMessage {
        room: Arc::new(RoomInfo {
            slug: post.room.clone(),
            name: "A room".into(),
            topic: String::new(),
            kind: RoomKind::Open,
            archived: false,
            announcements: false,
            auto_join: false,
            room_mentions: false,
            pins: Vec::new(),
        }),
        made_by: None,
        author: Arc::new(NewAccount::new(by, by)),
        origin: nonce.is_none().then_some(Origin { id, at }),
        nonce: nonce.unwrap_or_else(|| format!("derived-{id}")),
        id: Some(id),
        body: post.body.as_str().to_owned(),
        mentions: post.mentions.clone(),
        is_reply: false,
        reply_to: None,
        is_in_thread: false,
        thread: None,
        also_in_room: false,
    }
}

fn key_of(author: &str, nonce: &str, origin: Option<Origin>) -> MessageKey {
    MessageKey {
        author: author.to_owned(),
        nonce: nonce.to_owned(),
        origin,
    }
}

fn account(who: usize) -> Arc<NewAccount> {
    let handle = HANDLES[who % HANDLES.len()];
    Arc::new(NewAccount::new(&format!("{handle}{}", who % 3), handle))
}
