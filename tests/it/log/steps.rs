//! Random changes of every kind, about what is there when they are made.

use super::{
    credential_steps::{credential, identity_of},
    door_steps::Doors,
    import_steps::{Archive, Numbers, import},
    room_steps::{change_of_room, new_room},
    user_steps::change_of_user,
};
use backscroll::auth::identity::identity;
use backscroll::model::{
    account::{FoldedName, NewAccount},
    change::{
        Action, CHANGE_VERSION, Change, ChangeId, Outcome, Post, Principal, SignIn, SignInKind,
    },
    emoji::Emoji,
    event::CustomEventName,
    identity::PROXY,
    ids::{EventId, MessageId, UserId},
    message::{Body, Nonce},
    role::Role,
    room::{NotifyLevel, RoomKind},
    time::Timestamp,
    user::User,
};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::value::to_raw_value;

pub(super) const EMOJI: [&str; 2] = ["👍", "🎉"];
pub(super) const HANDLES: [&str; 4] = ["ann", "bob", "cara", "Ann"];
pub(super) const ROOMS: [&str; 4] = ["club", "plans", "club", "general"];

/// One for each kind of [`Action`] that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Found,
    BeginEra,
    JoinServer,
    AdmitProxied,
    SignOut,
    Credential,
    RenameUser,
    UpdateProfile,
    UpdateUser,
    BanUser,
    DeleteUser,
    EraseMessages,
    CreateRoom,
    UpdateRoom,
    DeleteRoom,
    EraseRooms,
    OpenDirectRoom,
    JoinRoom,
    LeaveRoom,
    MarkRead,
    MarkUnread,
    MarkAllRead,
    MarkInboxRead,
    SetFavourite,
    SetPin,
    SetSaved,
    SetNotify,
    MarkThreadRead,
    FollowThread,
    PostMessage,
    EditMessage,
    DeleteMessage,
    AddReaction,
    RemoveReaction,
    PostCustom,
    OfferSetup,
    SetUp,
    UpdateServer,
    CreateInvite,
    RevokeInvite,
    RedeemInvite,
}

/// What is posted often stands here often.
const KINDS: [Kind; 60] = {
    use Kind::{
        AddReaction, AdmitProxied, BanUser, BeginEra, CreateInvite, CreateRoom, Credential,
        DeleteMessage, DeleteRoom, DeleteUser, EditMessage, EraseMessages, EraseRooms,
        FollowThread, Found, JoinRoom, JoinServer, LeaveRoom, MarkAllRead, MarkInboxRead, MarkRead,
        MarkThreadRead, MarkUnread, OfferSetup, OpenDirectRoom, PostCustom, PostMessage,
        RedeemInvite, RemoveReaction, RenameUser, RevokeInvite, SetFavourite, SetNotify, SetPin,
        SetSaved, SetUp, SignOut, UpdateProfile, UpdateRoom, UpdateServer, UpdateUser,
    };
    [
        Found,
        BeginEra,
        JoinServer,
        JoinServer,
        AdmitProxied,
        SignOut,
        Credential,
        Credential,
        RenameUser,
        UpdateProfile,
        UpdateUser,
        UpdateUser,
        BanUser,
        DeleteUser,
        EraseMessages,
        CreateRoom,
        CreateRoom,
        UpdateRoom,
        UpdateRoom,
        UpdateRoom,
        DeleteRoom,
        EraseRooms,
        OpenDirectRoom,
        OpenDirectRoom,
        JoinRoom,
        JoinRoom,
        LeaveRoom,
        MarkRead,
        MarkUnread,
        MarkAllRead,
        MarkInboxRead,
        SetFavourite,
        SetPin,
        SetPin,
        SetSaved,
        SetNotify,
        MarkThreadRead,
        FollowThread,
        PostMessage,
        PostMessage,
        PostMessage,
        PostMessage,
        PostMessage,
        PostMessage,
        EditMessage,
        EditMessage,
        DeleteMessage,
        AddReaction,
        AddReaction,
        RemoveReaction,
        PostCustom,
        OfferSetup,
        SetUp,
        UpdateServer,
        CreateInvite,
        CreateInvite,
        RevokeInvite,
        RedeemInvite,
        RedeemInvite,
        RedeemInvite,
    ]
};

/// A change of any kind.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Request(Request),
    Import(Numbers),
}

/// Any changes, of which posts of one person and steps of an import often follow each other.
pub(super) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let request = request().prop_map(|request| vec![Step::Request(request)]);
    let import = import().prop_map(|steps| steps.into_iter().map(Step::Import).collect());
    let any = prop_oneof![20 => request, 3 => plain_posts(), 1 => import];
    vec(any, 40..120).prop_map(|steps| steps.concat())
}

/// Posts by one person into one room, which mention nobody and answer nothing: most of them need only the cache.
fn plain_posts() -> impl Strategy<Value = Vec<Step>> {
    const NUMBERS: [usize; 3] = [4, 8, 12];
    request().prop_map(|first| {
        let posts = NUMBERS.map(|number| Request {
            kind: Kind::PostMessage,
            number,
            ..first.clone()
        });
        posts.map(Step::Request).to_vec()
    })
}

/// The numbers choose among what is there when the change is made.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) kind: Kind,
    pub(super) who: usize,
    pub(super) room: usize,
    pub(super) which: usize,
    pub(super) number: usize,
}

fn request() -> impl Strategy<Value = Request> {
    let number = 0..60_usize;
    let numbers = (number.clone(), number.clone(), number.clone(), number);
    (select(KINDS.as_slice()), numbers).prop_map(|(kind, (who, room, which, number))| Request {
        kind,
        who,
        room,
        which,
        number,
    })
}

/// What changes can be about.
pub(super) struct Known {
    pub(super) users: Vec<User>,
    pub(super) rooms: Vec<String>,
    pub(super) messages: Vec<(String, MessageId)>,
    pub(super) archive: Archive,
    pub(super) doors: Doors,
}

impl Known {
    /// Somebody, nobody, or somebody who is not there.
    fn actor(&self, who: usize) -> Option<UserId> {
        match who {
            0 => None,
            1 => Some(UserId(9_999)),
            _ => Some(self.users.get(who % self.users.len().max(1))?.id),
        }
    }

    fn room(&self, room: usize) -> String {
        let known = self.rooms.get(room % (self.rooms.len() + 1));
        known.cloned().unwrap_or_else(|| "nowhere".into())
    }

    fn message(&self, which: usize) -> (String, MessageId) {
        let known = self.messages.get(which % (self.messages.len() + 1));
        known.cloned().unwrap_or(("general".into(), MessageId(1)))
    }

    pub(super) fn note(&mut self, change: &Change, outcome: &Outcome) {
        let by = self
            .users
            .iter()
            .find(|user| Some(user.id) == change.by.user());
        let by = by.map(|user| user.handle.as_str());
        self.archive.note(change, by, outcome);
        self.doors.note(change);
        match (outcome, &*change.action) {
            (Outcome::User(user), _) => self.users.push(user.clone()),
            (Outcome::Room { slug }, _) => self.rooms.push(slug.clone()),
            (Outcome::Message { id, is_new: true }, Action::PostMessage(post)) => {
                self.messages.push((post.room.clone(), *id));
            }
            _ => {}
        }
    }

    pub(super) fn change(&self, step: &Step, count: u64) -> Change {
        let (at, by, action) = match step {
            Step::Request(request) => self.requested(request, count),
            Step::Import(numbers) => {
                let (at, step) = self.archive.step(numbers, count);
                (at, Principal::Server, Action::Import(step))
            }
        };
        Change {
            v: CHANGE_VERSION,
            id: ChangeId { run: 1, count },
            at,
            by,
            from: None,
            action: Box::new(action),
        }
    }

    fn requested(&self, request: &Request, count: u64) -> (Timestamp, Principal, Action) {
        let (month, second) = (1 + request.number % 12, request.number);
        let at = format!("2026-{month:02}-22T05:41:{second:02}.123Z");
        let at = Timestamp::parse(&at).expect("a time");
        let is_nobodys = Doors::may_be_nobodys(request.kind) && !request.who.is_multiple_of(4);
        let is_servers = matches!(
            request.kind,
            Kind::EraseRooms | Kind::Found | Kind::BeginEra
        );
        let by = if is_nobodys || is_servers {
            Principal::Server
        } else {
            self.actor(request.who).into()
        };
        (at, by, self.action(request, count))
    }

    fn action(&self, step: &Request, count: u64) -> Action {
        let Request { which, number, .. } = *step;
        let handle = HANDLES[which % HANDLES.len()].to_owned();
        match step.kind {
            Kind::Found => found("another-log"),
            Kind::BeginEra => Action::BeginEra {
                used: i64::try_from(number).expect("a small number"),
            },
            Kind::JoinServer => Action::JoinServer {
                account: NewAccount {
                    role: [Role::Member, Role::Admin, Role::Guest][number / 3 % 3],
                    ..NewAccount::new(&format!("{handle}{}", number % 3), &handle)
                },
                sign_in: (number % 2 == 0).then(|| SignIn {
                    secret_hash: secret_hash(count),
                    kind: SignInKind::Token,
                    label: None,
                }),
                identity: number.is_multiple_of(5).then(|| identity_of(count)),
            },
            Kind::AdmitProxied => Action::AdmitProxied {
                account: NewAccount::new(&handle, &handle),
                identity: identity(PROXY, &handle, None),
            },
            Kind::SignOut => Action::SignOut {
                secret_hash: secret_hash(number as u64),
            },
            Kind::Credential => {
                let user = self.actor(step.who).unwrap_or(UserId(0));
                let (secret, known) = (secret_hash(count), secret_hash(number as u64));
                Action::Credential(credential(which, user, secret, known))
            }
            Kind::RenameUser => Action::RenameUser {
                name: FoldedName::of_name(&handle),
            },
            Kind::UpdateProfile
            | Kind::UpdateUser
            | Kind::BanUser
            | Kind::DeleteUser
            | Kind::EraseMessages => {
                let handle = format!("{handle}{}", number % 3);
                change_of_user(step, handle, self.message(which).1)
            }
            Kind::MarkRead => Action::MarkRead {
                room: self.room(step.room),
                up_to: EventId(self.message(which).1.0),
            },
            Kind::MarkUnread => Action::MarkUnread {
                room: self.room(step.room),
                up_to: EventId(self.message(which).1.0),
            },
            Kind::MarkAllRead => Action::MarkAllRead {
                up_to: EventId(self.message(which).1.0),
            },
            Kind::SetFavourite => Action::SetFavourite {
                room: self.room(step.room),
                favourite: number.is_multiple_of(2),
            },
            Kind::SetPin => Action::SetPin {
                room: self.message(which).0,
                message: self.message(which).1,
                pinned: !number.is_multiple_of(3),
            },
            Kind::SetSaved => Action::SetSaved {
                room: self.message(which).0,
                message: self.message(which).1,
                saved: !number.is_multiple_of(3),
            },
            Kind::MarkInboxRead => Action::MarkInboxRead {
                up_to: EventId(self.message(which).1.0),
            },
            Kind::SetNotify => Action::SetNotify {
                room: self.room(step.room),
                level: NotifyLevel::ALL[number % 3],
            },
            Kind::EraseRooms => Action::EraseRooms,
            Kind::CreateRoom
            | Kind::UpdateRoom
            | Kind::DeleteRoom
            | Kind::OpenDirectRoom
            | Kind::JoinRoom
            | Kind::LeaveRoom => change_of_room(step, self.room(step.room), &handle),
            Kind::PostMessage | Kind::PostCustom => self.post(step),
            kind if Doors::may_be_nobodys(kind) => {
                self.doors.action(kind, self.room(step.room), number, count)
            }
            _ => self.change_of_message(step),
        }
    }

    fn post(&self, step: &Request) -> Action {
        let (room, number) = (self.room(step.room), step.number);
        let nonce = (number % 4 == 0)
            .then(|| Nonce::parse(format!("nonce-{}", number % 3)).expect("valid"));
        if step.kind == Kind::PostCustom {
            return Action::PostCustom {
                room,
                name: CustomEventName::parse("ci.build".into()).expect("valid"),
                payload: to_raw_value(&number).expect("numbers are JSON"),
                nonce,
            };
        }
        Action::PostMessage(Post {
            room,
            body: Body::parse(format!("text {}", number % 5)).expect("valid"),
            mentions: mentions(number),
            nonce,
            reply_to: (number % 5 == 0).then(|| self.message(step.which).1),
            attachments: Vec::new(),
            thread: (number % 3 == 0).then(|| self.message(step.number).1),
            also_in_room: number % 6 == 0,
        })
    }

    fn change_of_message(&self, step: &Request) -> Action {
        let (room, message) = self.message(step.which);
        let emoji = Emoji::parse_stored(EMOJI[step.number % EMOJI.len()]).expect("valid");
        match step.kind {
            Kind::EditMessage => Action::EditMessage {
                room,
                message,
                body: Body::parse(format!("edited {}", step.number % 3)).expect("valid"),
                mentions: mentions(step.number),
            },
            Kind::DeleteMessage => Action::DeleteMessage { room, message },
            Kind::FollowThread => Action::FollowThread {
                room,
                message,
                follows: !step.number.is_multiple_of(3),
            },
            Kind::MarkThreadRead => Action::MarkThreadRead {
                room,
                message,
                up_to: EventId(message.0 + 5),
            },
            Kind::AddReaction => Action::AddReaction {
                room,
                message,
                emoji,
            },
            _ => Action::RemoveReaction {
                room,
                message,
                emoji,
            },
        }
    }
}

pub(super) fn mentions(number: usize) -> Vec<String> {
    let mentioned = HANDLES[..3].iter().take(number % 4);
    mentioned.map(|handle| format!("{handle}0")).collect()
}

/// Of the secret that the change of this number may have brought.
pub(super) fn secret_hash(number: u64) -> Box<[u8]> {
    number.to_le_bytes().repeat(4).into()
}

pub(super) fn found(log: &str) -> Action {
    Action::Found {
        log: log.into(),
        server: NewAccount::new("backscroll", "Backscroll"),
        room: new_room("general", RoomKind::Open),
    }
}
