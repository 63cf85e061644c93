//! What may be asked of the log, as plain data: who, when, what.
//!
//! A change holds no clock and no randomness: applied to the same state it gives the same result, on any
//! machine. What it names was checked for form before (lengths, characters); whether it may happen is
//! decided when it is applied.

use super::{
    ids::{EventId, MessageId, UserId},
    room::{NotifyLevel, RoomInfo},
    time::Timestamp,
    user::User,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// SHA-256 of a session's or a token's secret; the secret itself is stored nowhere.
pub type SecretHash = Vec<u8>;

/// One change of the database.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Change {
    /// When it was asked for.
    pub at: Timestamp,
    /// What shall happen.
    pub action: Action,
}

/// What shall happen, and who wants it. Only what appends an event is seen by anybody.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub enum Action {
    /// Makes an account and signs it in.
    JoinServer {
        handle: String,
        name: String,
        sign_in: Option<SignIn>,
    },
    /// Ends a session.
    SignOut { secret_hash: SecretHash },
    /// Gives oneself another name for display; the handle stays.
    RenameUser { by: UserId, name: String },
    /// Makes a room, of which its maker is the first member.
    CreateRoom { by: UserId, room: RoomInfo },
    /// Gives a room another name or topic; what is `None` stays.
    UpdateRoom {
        by: UserId,
        room: String,
        name: Option<String>,
        topic: Option<String>,
    },
    /// Makes somebody a member.
    JoinRoom {
        by: UserId,
        room: String,
        handle: String,
    },
    /// Ends a membership.
    LeaveRoom {
        by: UserId,
        room: String,
        handle: String,
    },
    /// Moves a read mark, forward only.
    MarkRead {
        by: UserId,
        room: String,
        up_to: EventId,
    },
    /// Sets what somebody wants to be told of in a room.
    SetNotify {
        by: UserId,
        room: String,
        level: NotifyLevel,
    },
    /// Posts a message.
    PostMessage(Post),
    /// Gives a message another text.
    EditMessage {
        by: UserId,
        room: String,
        message: MessageId,
        body: String,
    },
    /// Takes a message's text away for good.
    DeleteMessage {
        by: UserId,
        room: String,
        message: MessageId,
    },
    /// Puts an emoji under a message.
    AddReaction {
        by: UserId,
        room: String,
        message: MessageId,
        emoji: String,
    },
    /// Takes it away again.
    RemoveReaction {
        by: UserId,
        room: String,
        message: MessageId,
        emoji: String,
    },
    /// Writes something that nobody sees, to find out whether the disk takes it again.
    TryDisk,
    /// Posts a bot's own event.
    PostCustom {
        by: UserId,
        room: String,
        kind: String,
        payload: Box<RawValue>,
        nonce: Option<String>,
    },
}

/// A message to be posted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Post {
    /// Its author.
    pub by: UserId,
    /// Slug of its room.
    pub room: String,
    /// Its text.
    pub body: String,
    /// The client's name for it.
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

/// What an applied change came to.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub enum Outcome {
    /// Done, or already so; nothing to show for it.
    Done,
    /// An account was made, or is so already.
    User(User),
    /// Somebody has another name for display from now on.
    Renamed(User),
    /// This message was made or changed; `is_new` is false where it was so already.
    Message { id: MessageId, is_new: bool },
    /// This custom event was appended; `is_new` is false where its nonce was known.
    Event { id: EventId, is_new: bool },
}

/// What a change moved that decides who may see what: open streams must look again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccessChange {
    /// Memberships of this user, or what they are called.
    User(UserId),
    /// This session or token.
    Secret(SecretHash),
}
