//! Changes: requests to the log, as plain data that can be stored and sent.
//!
//! A change is deterministic: applied to the same state it gives the same rows on any machine. The form of its fields
//! (lengths, characters) was checked before it was made, which their types state. Values that depend on the version of a library, such as a
//! folded handle or the mentions in a text, are part of it. Permissions are checked when it is applied.

use super::{
    account::{FoldedName, NewAccount},
    credential::CredentialAction,
    emoji::Emoji,
    event::CustomEventName,
    file::{Collected, FileAction, FileId},
    identity::ExternalIdentity,
    ids::{EventId, MessageId, RoomId, UserId},
    import::{ImportStep, Imported},
    invite::{InviteId, NewInvite},
    message::{Body, Nonce},
    password::PasswordHash,
    profile::{About, TimeZone},
    report::{ReportDecision, ReportReason},
    role::{Door, Role},
    room::{NewDirectRoom, NewRoom, NotifyLevel, RoomRole, RoomUpdate},
    server::ServerName,
    time::Timestamp,
    user::User,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::net::IpAddr;
use strum::{IntoStaticStr, VariantNames};

pub use super::sign_in::{SecretHash, SignIn, SignInKind};

/// The version of [`Change`] that this program writes. Changes of newer versions are refused.
pub const CHANGE_VERSION: u16 = 1;

/// One change of the database, with its metadata.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Change {
    /// The version of the format: [`CHANGE_VERSION`] when the change was made.
    pub v: u16,
    /// Identifies the change, for sending its answer to the requester.
    pub id: ChangeId,
    /// The time of the request, or the original time of what is imported.
    pub at: Timestamp,
    /// Who requests the change.
    pub by: Principal,
    /// The address of the requester's client; `None` for changes by the server itself, and in changes of earlier
    /// versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<IpAddr>,
    /// The requested action. Boxed, since changes are moved from queue to queue, and few actions are as small as a post.
    pub action: Box<Action>,
}

/// By whose authority a change is requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Principal {
    /// Somebody who is not signed in.
    Anonymous,
    /// An account.
    User(UserId),
    /// The operator, who has access to the file and acts by commands.
    Operator,
    /// The server itself.
    Server,
}

impl Principal {
    /// Returns the account; `None` if it is none.
    #[must_use]
    pub fn user(self) -> Option<UserId> {
        match self {
            Self::User(user) => Some(user),
            Self::Anonymous | Self::Operator | Self::Server => None,
        }
    }

    /// Returns whether this is the operator or the server itself, who may do what no account may.
    #[must_use]
    pub fn operates(self) -> bool {
        match self {
            Self::Operator | Self::Server => true,
            Self::Anonymous | Self::User(_) => false,
        }
    }
}

impl From<UserId> for Principal {
    fn from(user: UserId) -> Self {
        Self::User(user)
    }
}

/// Without an account, it is somebody who is not signed in.
impl From<Option<UserId>> for Principal {
    fn from(user: Option<UserId>) -> Self {
        user.map_or(Self::Anonymous, Self::User)
    }
}

/// Who requests a change, and from where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requester {
    /// Who it is.
    pub by: Principal,
    /// The address of the client; `None` for commands.
    pub address: Option<IpAddr>,
}

impl Requester {
    /// The operator, who has access to the file of the database.
    pub const OPERATOR: Self = Self {
        by: Principal::Operator,
        address: None,
    };
}

/// Identifies a change, uniquely among all changes of all servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ChangeId {
    /// A random number per run of a server.
    pub run: u64,
    /// The number of the change in that run.
    pub count: u64,
}

/// The action of a change.
#[derive(Clone, Debug, Serialize, Deserialize, IntoStaticStr, VariantNames)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub enum Action {
    /// Names a new log, and creates the server's own account and the first room.
    Found {
        log: String,
        server: NewAccount,
        room: NewRoom,
    },
    /// Begins a new era of ids after `used`, the last id that any copy of this log has used.
    BeginEra { used: i64 },
    /// Sets the secret of the set-up link, which replaces an earlier one. With `is_kept`, a start of the server does not
    /// replace it.
    OfferSetup {
        secret_hash: SecretHash,
        is_kept: bool,
    },
    /// Sets the server up by its set-up link: creates the first admin, and names the server.
    SetUp {
        secret_hash: SecretHash,
        name: ServerName,
        door: Option<Door>,
        owner: Registration,
    },
    /// Sets the name of the server, and who may come in. `None` leaves a value unchanged.
    UpdateServer {
        name: Option<ServerName>,
        door: Option<Door>,
    },
    /// Creates an account and signs it in. Its owner signs in again by `identity`, if there is one.
    JoinServer {
        account: NewAccount,
        sign_in: Option<SignIn>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        identity: Option<ExternalIdentity>,
    },
    /// Finds or creates the account of a person whom a trusted proxy has signed in.
    AdmitProxied {
        account: NewAccount,
        identity: ExternalIdentity,
    },
    /// Creates an account that nobody is signed in to. Only the operator does this.
    AddUser { account: NewAccount },
    /// Makes an invitation.
    CreateInvite(NewInvite),
    /// Revokes an invitation.
    RevokeInvite { invite: InviteId },
    /// Redeems an invitation: by a new account, or for the actor.
    RedeemInvite {
        secret_hash: SecretHash,
        registration: Option<Registration>,
    },
    /// Ends a session.
    SignOut { secret_hash: SecretHash },
    /// Changes what people sign in with.
    Credential(CredentialAction),
    /// Changes the actor's display name. The handle does not change.
    RenameUser { name: FoldedName },
    /// Sets the role of a user, and whether the account is disabled. `None` leaves a value unchanged.
    UpdateUser {
        handle: String,
        role: Option<Role>,
        disabled: Option<bool>,
    },
    /// Disables an account and ends its sessions for good. Its messages are deleted by [`Action::EraseMessages`].
    BanUser { handle: String, hide_messages: bool },
    /// Deletes some messages of a user after the message `after`.
    EraseMessages {
        handle: String,
        after: Option<MessageId>,
    },
    /// Removes some reactions of an account that a flood has made. Only the operator does this.
    EraseReactions { handle: String },
    /// Deletes an account; with `only_silent`, only if it has written nothing and is in no closed room.
    DeleteUser { handle: String, only_silent: bool },
    /// Sets what the actor says of themselves. `None` leaves a value unchanged.
    UpdateProfile {
        about: Option<About>,
        time_zone: Option<TimeZone>,
        #[serde(default)]
        hides_presence: Option<bool>,
        #[serde(default)]
        hides_reading: Option<bool>,
    },
    /// Blocks a person for the actor, or ends that.
    SetBlock { handle: String, blocked: bool },
    /// Moves some of what an imported person has written to an account, or else merges the two. Reactions to messages up
    /// to `after` were moved by earlier changes.
    MergeUser {
        from: String,
        into: String,
        after: Option<MessageId>,
    },
    /// Creates a room with the actor as its first member and manager. If the slug is taken, a number is appended to a
    /// slug derived from the name, and a slug chosen by the user is refused.
    CreateRoom { room: NewRoom, is_slug_chosen: bool },
    /// Changes the properties of a room.
    UpdateRoom { room: String, update: RoomUpdate },
    /// Deletes a room. Its messages are erased by [`Action::EraseRooms`].
    DeleteRoom { room: String },
    /// Erases a bounded number of the messages and custom events of deleted rooms.
    EraseRooms,
    /// Finds or creates the direct room of the actor and these users.
    OpenDirectRoom { room: NewDirectRoom },
    /// Adds a user to a room, or sets the role of a member. `None` adds a member, and leaves the role of one unchanged.
    JoinRoom {
        room: String,
        handle: String,
        #[serde(default)]
        role: Option<RoomRole>,
    },
    /// Removes a user from a room.
    LeaveRoom { room: String, handle: String },
    /// Moves the actor's read mark in a room forward.
    MarkRead { room: String, up_to: EventId },
    /// Moves the actor's read mark in a room backward: what follows `up_to` is unread.
    MarkUnread { room: String, up_to: EventId },
    /// Moves the actor's read marks in all rooms forward.
    MarkAllRead { up_to: EventId },
    /// Marks the items of the actor's inbox as read.
    MarkInboxRead { up_to: EventId },
    /// Sets which messages of a room the actor is notified about.
    SetNotify { room: String, level: NotifyLevel },
    /// Makes a room one of the actor's favourites, or ends that.
    SetFavourite { room: String, favourite: bool },
    /// Pins a message of a room, or unpins it.
    SetPin {
        room: String,
        message: MessageId,
        pinned: bool,
    },
    /// Saves a message for the actor, or ends that.
    SetSaved {
        room: String,
        message: MessageId,
        saved: bool,
    },
    /// Changes uploads.
    File(FileAction),
    /// Moves the actor's read mark in the thread of a message forward.
    MarkThreadRead {
        room: String,
        message: MessageId,
        up_to: EventId,
    },
    /// Follows the thread of a message, or ends that.
    FollowThread {
        room: String,
        message: MessageId,
        follows: bool,
    },
    /// Posts a message.
    PostMessage(Post),
    /// Replaces the text of a message.
    EditMessage {
        room: String,
        message: MessageId,
        body: Body,
        mentions: Vec<String>,
    },
    /// Deletes the text of a message permanently.
    DeleteMessage { room: String, message: MessageId },
    /// Reports a message.
    ReportMessage {
        room: String,
        message: MessageId,
        reason: ReportReason,
        /// The id of the report, made at random: it does not tell how many others there are. In changes of earlier
        /// versions the next number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<i64>,
    },
    /// Decides about all reports of the message of a report.
    DecideReport {
        report: i64,
        decision: ReportDecision,
    },
    /// Adds a reaction of the actor to a message.
    AddReaction {
        room: String,
        message: MessageId,
        emoji: Emoji,
    },
    /// Removes a reaction of the actor from a message.
    RemoveReaction {
        room: String,
        message: MessageId,
        emoji: Emoji,
    },
    /// Posts a custom event of a bot.
    PostCustom {
        room: String,
        name: CustomEventName,
        payload: Box<RawValue>,
        nonce: Option<Nonce>,
    },
    /// Takes one step of an import.
    Import(ImportStep),
}

/// A message to be posted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Post {
    /// Slug of its room.
    pub room: String,
    /// Its text.
    pub body: Body,
    /// The mention keys of the handles in the text. Accounts with these handles need not exist.
    #[serde(default)]
    pub mentions: Vec<String>,
    /// The nonce given by the client. A second post with the same nonce returns the first message.
    pub nonce: Option<Nonce>,
    /// The message that it replies to.
    pub reply_to: Option<MessageId>,
    /// Complete uploads of the author, which become the files of the message.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<FileId>,
    /// A message of the thread that it belongs to: the root, or a reply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<MessageId>,
    /// Whether a reply in a thread is shown in the room, too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub also_in_room: bool,
}

impl Post {
    /// Returns whether the history of the room shows the message.
    #[must_use]
    pub fn is_in_room(&self) -> bool {
        self.thread.is_none() || self.also_in_room
    }

    /// Returns the nonce as text.
    #[must_use]
    pub fn nonce(&self) -> Option<&str> {
        self.nonce.as_ref().map(Nonce::as_str)
    }
}

/// A new account with the ways to sign in to it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Registration {
    /// The account.
    pub account: NewAccount,
    /// What its owner signs in with again.
    #[serde(flatten)]
    pub way_in: WayIn,
    /// The session or token that it begins with.
    pub sign_in: SignIn,
}

/// What the owner of a new account signs in with.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WayIn {
    /// A password, which has this hash.
    Password(PasswordHash),
    /// An OpenID provider.
    Identity(ExternalIdentity),
}

/// The result of an applied change.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub enum Outcome {
    /// The change was applied, or had been applied before. There is nothing to return.
    Done,
    /// The account that was created.
    User(User),
    /// The account with its new name or role.
    UserChanged(User),
    /// The slug of the room that was created.
    Room { slug: String },
    /// The message that was created or changed; `is_new` is false if nothing was changed.
    Message { id: MessageId, is_new: bool },
    /// The custom event that was appended; `is_new` is false if its nonce was used before.
    Event { id: EventId, is_new: bool },
    /// The account was deleted; its names are other ones now.
    UserDeleted,
    /// The message after which further ones of its author may be left to delete; `None` if none are left.
    ErasedUpTo(Option<MessageId>),
    /// Some messages, or reactions to messages up to `after`, have another author, and there are more.
    Merging { after: Option<MessageId> },
    /// What a step of an import has added.
    Imported(Imported),
    /// Whether there is more to erase.
    Erased { has_more: bool },
    /// What was deleted of uploads and contents.
    Collected(Collected),
}

/// A change of permissions: cached values are invalidated, and open streams check their permissions again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccessChange {
    /// The name of the server has changed, or who may come in.
    Server,
    /// The memberships, the role or the names of this user have changed, or the account was disabled.
    User(UserId),
    /// This user has blocked somebody, or ended that.
    Blocks(UserId),
    /// The kind of this room, or who may post into it, has changed, or the room was deleted.
    Room(RoomId),
    /// This session or token was revoked.
    Secret(SecretHash),
}
