//! A change: what somebody asks the log to do, as plain data that can be stored and sent.
//!
//! A change holds no clock and no randomness: applied to the same state it gives the same rows, on any machine.
//! Its fields were checked for their form (lengths, characters) before it was made, and whatever depends on the
//! version of a library, such as a folded handle or the mentions in a text, is part of it. Whether it may happen
//! is decided when it is applied.

use super::{
    ids::{EventId, MessageId, RoomId, UserId},
    look_alike::{fold_handle, fold_name, foldings},
    room::{NotifyLevel, RoomInfo},
    time::Timestamp,
    user::{User, mention_key},
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// SHA-256 of a session's or a token's secret; the secret itself is stored nowhere.
pub type SecretHash = Vec<u8>;

/// The version of [`Change`] that this program writes. A change of a newer version is never applied.
pub const CHANGE_VERSION: u16 = 1;

/// One change of the database, in its envelope.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Change {
    /// The version of this form, [`CHANGE_VERSION`] when it was made.
    pub v: u16,
    /// Names the change: whoever submitted it is answered by this id.
    pub id: ChangeId,
    /// When it was asked for.
    pub at: Timestamp,
    /// Who asks for it; `None` where nobody is signed in yet, and for what the server does by itself.
    pub by: Option<UserId>,
    /// What shall happen.
    pub action: Action,
}

/// The name of one change: unique among all changes of all servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ChangeId {
    /// Random, one for each run of a server.
    pub run: u64,
    /// Counts the changes of that run.
    pub count: u64,
}

/// What shall happen.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub enum Action {
    /// Names a new log and makes what every log has: the server's own account and the first room.
    Found {
        log: String,
        server: NewAccount,
        room: RoomInfo,
    },
    /// Begins a new era of ids behind `used`, the last id that any copy of this log has used.
    BeginEra { used: i64 },
    /// Makes an account and signs it in.
    JoinServer {
        account: NewAccount,
        sign_in: Option<SignIn>,
    },
    /// Ends a session.
    SignOut { secret_hash: SecretHash },
    /// Changes the actor's name for display; the handle stays.
    RenameUser { name: FoldedName },
    /// Creates a room, of which the actor is the first member. A slug that was made from its name gets a number
    /// where it is taken; one that somebody chose is refused.
    CreateRoom {
        room: RoomInfo,
        is_slug_chosen: bool,
    },
    /// Changes the name or topic of a room; what is `None` stays.
    UpdateRoom {
        room: String,
        name: Option<String>,
        topic: Option<String>,
    },
    /// Makes somebody a member of a room.
    JoinRoom { room: String, handle: String },
    /// Ends somebody's membership of a room.
    LeaveRoom { room: String, handle: String },
    /// Moves the actor's read mark in a room; forward only.
    MarkRead { room: String, up_to: EventId },
    /// Sets which messages of a room the actor is notified about.
    SetNotify { room: String, level: NotifyLevel },
    /// Posts a message.
    PostMessage(Post),
    /// Replaces the text of a message.
    EditMessage {
        room: String,
        message: MessageId,
        body: String,
        mentions: Vec<String>,
    },
    /// Deletes the text of a message for good.
    DeleteMessage { room: String, message: MessageId },
    /// Adds a reaction of the actor to a message.
    AddReaction {
        room: String,
        message: MessageId,
        emoji: String,
    },
    /// Removes a reaction of the actor from a message.
    RemoveReaction {
        room: String,
        message: MessageId,
        emoji: String,
    },
    /// Posts a bot's own event.
    PostCustom {
        room: String,
        name: String,
        payload: Box<RawValue>,
        nonce: Option<String>,
    },
}

/// An account to be made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewAccount {
    /// The handle.
    pub handle: FoldedName,
    /// The handle as a mention of it is compared.
    pub mention_key: String,
    /// The name for display.
    pub name: FoldedName,
}

/// A handle or a name for display, with the forms in which it is compared with others.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FoldedName {
    /// As chosen.
    pub text: String,
    /// What it shares with all that look like it.
    pub folded: String,
    /// The foldings that nobody else's handle or name may have.
    pub look_alikes: Vec<String>,
}

impl FoldedName {
    /// Folds a handle.
    #[must_use]
    pub fn of_handle(handle: &str) -> Self {
        Self {
            text: handle.to_owned(),
            folded: fold_handle(handle),
            look_alikes: foldings(handle).into(),
        }
    }

    /// Folds a name for display.
    #[must_use]
    pub fn of_name(name: &str) -> Self {
        Self {
            folded: fold_name(name),
            ..Self::of_handle(name)
        }
    }
}

impl NewAccount {
    /// An account with this handle and name.
    #[must_use]
    pub fn new(handle: &str, name: &str) -> Self {
        Self {
            handle: FoldedName::of_handle(handle),
            mention_key: mention_key(handle),
            name: FoldedName::of_name(name),
        }
    }
}

/// A message to be posted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Post {
    /// Slug of its room.
    pub room: String,
    /// Its text.
    pub body: String,
    /// The keys of the handles that its text mentions. Nobody needs to have them.
    #[serde(default)]
    pub mentions: Vec<String>,
    /// The client's name for it: a second post with the same nonce is answered with the first message.
    pub nonce: Option<String>,
    /// The message that it answers.
    pub reply_to: Option<MessageId>,
}

/// The secret by which somebody will be known.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SignIn {
    /// Of the secret.
    pub secret_hash: SecretHash,
    /// How it is carried.
    pub kind: SignInKind,
}

/// How a secret is carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(rename_all = "lowercase")]
pub enum SignInKind {
    /// In a browser's cookie.
    Session,
    /// In an `Authorization` header.
    Token,
}

/// The result of an applied change.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub enum Outcome {
    /// Done, or already so; there is nothing to show.
    Done,
    /// The account that was made.
    User(User),
    /// The account as it is called from now on.
    Renamed(User),
    /// The address of the room that was made.
    Room { slug: String },
    /// The message that was made or changed; `is_new` is false where nothing had to be changed.
    Message { id: MessageId, is_new: bool },
    /// The custom event that was appended; `is_new` is false where its nonce was used before.
    Event { id: EventId, is_new: bool },
}

/// What a change moved that decides who may see what: caches forget it, and open streams look again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccessChange {
    /// The memberships of this user, or the names by which the user is known.
    User(UserId),
    /// The kind of this room.
    Room(RoomId),
    /// This session or token.
    Secret(SecretHash),
}
