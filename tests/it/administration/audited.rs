//! Of each kind of change it is decided whether the audit log has it. Each of those that it has leaves one row in its
//! transaction.

use crate::support::chat::Chat;
use backscroll::model::{
    account::NewAccount,
    change::{Action, Registration, SecretHash, SignIn, SignInKind, WayIn},
    credential::{CredentialAction, OtherCredential},
    grant::Grant,
    ids::{MessageId, UserId},
    invite::{InviteId, NewInvite},
    password::PasswordHash,
    role::{Door, Role},
    room::{FoldedRoomName, NewRoom, RoomKind, RoomName, RoomRole, RoomUpdate, Topic},
    server::ServerName,
    slug::Slug,
    time::Timestamp,
};
use std::collections::BTreeSet;
use strum::VariantNames as _;

/// Changes that the audit log does not have: what people do in their own name, what belongs to another change that it
/// has, and what the server does by itself.
const UNRECORDED: [&str; 35] = [
    "Found",
    "BeginEra",
    "JoinServer",
    "AdmitProxied",
    "SignOut",
    "RenameUser",
    "UpdateProfile",
    "SetBlock",
    "ReportMessage",
    "EraseMessages",
    "EraseReactions",
    "EraseRooms",
    "OpenDirectRoom",
    "MarkRead",
    "MarkUnread",
    "MarkAllRead",
    "SetFavourite",
    "SetPin",
    "SetSaved",
    "MarkInboxRead",
    "SetNotify",
    "File",
    "MarkThreadRead",
    "FollowThread",
    "PostMessage",
    "EditMessage",
    "AddReaction",
    "RemoveReaction",
    "PostCustom",
    "Import",
    "Credential",
    "Credential.EndOtherSessions",
    "Credential.NoteUses",
    "Credential.DeleteExpired",
    "Credential.OfOther",
];

/// Changes whose rows other tests look at.
const TESTED_ELSEWHERE: [&str; 11] = [
    "Credential.AddPasskey",
    "Credential.RemovePasskey",
    "Credential.SetPassword",
    "Credential.CreateToken",
    "Credential.CreateLink",
    "Credential.LinkIdentity",
    "Credential.UnlinkIdentity",
    "MergeUser",
    "DecideReport",
    "Credential.SignIn",
    "Credential.NoteRefused",
];

fn secret(number: u8) -> SecretHash {
    Box::new([number; 32])
}

fn later() -> Timestamp {
    Timestamp::parse("2027-11-22T05:41:03Z").expect("a time")
}

fn of_bob(change: OtherCredential) -> Action {
    let handle = "bob".into();
    Action::Credential(CredentialAction::OfOther { handle, change })
}

fn registration(handle: &str, number: u8) -> Registration {
    Registration {
        account: NewAccount {
            role: Role::Admin,
            ..NewAccount::new(handle, handle)
        },
        way_in: WayIn::Password(PasswordHash::new("hash".into())),
        sign_in: SignIn {
            secret_hash: secret(number),
            kind: SignInKind::Token,
            label: None,
        },
    }
}

fn update(update: RoomUpdate) -> Action {
    let room = "plans".into();
    Action::UpdateRoom { room, update }
}

/// Changes in an order in which each has an effect, and the names of their rows.
#[expect(clippy::too_many_lines, reason = "one entry for each kind of change")]
fn recorded(message: MessageId) -> Vec<(Action, &'static str)> {
    let name = |name| FoldedRoomName::new(RoomName::parse(name).expect("a name"));
    let topic = |topic| Topic::parse(topic).expect("a topic");
    let invite = |number| NewInvite {
        secret_hash: secret(number),
        role: Role::Member,
        room: None,
        person: None,
        uses: 1,
        expires_at: later(),
    };
    let join = |role| Action::JoinRoom {
        room: "plans".into(),
        handle: "bob".into(),
        role,
    };
    let (room, handle) = (String::from("plans"), String::from("bob"));
    vec![
        (
            Action::OfferSetup {
                secret_hash: secret(1),
                is_kept: true,
            },
            "server.setup-link",
        ),
        (
            Action::SetUp {
                secret_hash: secret(1),
                name: ServerName::parse("Choir").expect("a name"),
                door: None,
                owner: registration("owner", 2),
            },
            "server.setup",
        ),
        (
            Action::UpdateServer {
                name: None,
                door: Some(Door::Invite),
            },
            "server.update",
        ),
        (
            Action::AddUser {
                account: NewAccount::new("cleo", "Cleo"),
            },
            "user.add",
        ),
        (Action::CreateInvite(invite(3)), "invite.create"),
        (
            Action::RevokeInvite {
                invite: InviteId::of(&secret(3)),
            },
            "invite.revoke",
        ),
        (Action::CreateInvite(invite(4)), "invite.create"),
        (
            Action::RedeemInvite {
                secret_hash: secret(4),
                registration: Some(registration("dora", 5)),
            },
            "invite.redeem",
        ),
        (
            Action::CreateRoom {
                room: NewRoom {
                    slug: Slug::of_name("plans"),
                    name: name("Plans"),
                    topic: topic(""),
                    kind: RoomKind::Open,
                    auto_join: false,
                },
                is_slug_chosen: true,
            },
            "room.create",
        ),
        (
            update(RoomUpdate {
                name: Some(name("Our plans")),
                ..RoomUpdate::default()
            }),
            "room.update",
        ),
        (
            update(RoomUpdate {
                topic: Some(topic("Tea")),
                ..RoomUpdate::default()
            }),
            "room.update",
        ),
        (
            update(RoomUpdate {
                auto_join: Some(true),
                ..RoomUpdate::default()
            }),
            "room.update",
        ),
        (
            update(RoomUpdate {
                announcements: Some(true),
                ..RoomUpdate::default()
            }),
            "room.update",
        ),
        (
            update(RoomUpdate {
                archived: Some(true),
                ..RoomUpdate::default()
            }),
            "room.update",
        ),
        (
            update(RoomUpdate {
                archived: Some(false),
                ..RoomUpdate::default()
            }),
            "room.update",
        ),
        (join(None), "member.add"),
        (join(Some(RoomRole::Manager)), "member.role"),
        (
            Action::LeaveRoom {
                room: room.clone(),
                handle: handle.clone(),
            },
            "member.remove",
        ),
        (
            Action::DeleteMessage {
                room: "general".into(),
                message,
            },
            "message.delete",
        ),
        (Action::DeleteRoom { room }, "room.delete"),
        (
            of_bob(OtherCredential::Link {
                secret_hash: secret(6),
                expires_at: later(),
            }),
            "user.sign-in-link",
        ),
        (
            Action::Credential(CredentialAction::ResetPassword {
                link: secret(6),
                new: PasswordHash::new("hash".into()),
                sign_in: registration("bob", 8).sign_in,
                ends_others: false,
                device: None,
            }),
            "sign-in",
        ),
        (
            of_bob(OtherCredential::Password {
                new: PasswordHash::new("hash".into()),
            }),
            "user.password",
        ),
        (
            of_bob(OtherCredential::Token {
                secret_hash: secret(7),
                name: "nightly".into(),
                grant: Grant::default(),
                expires_at: None,
            }),
            "token.create",
        ),
        (
            of_bob(OtherCredential::Revoke {
                secret_hash: secret(7),
            }),
            "token.revoke",
        ),
        (of_bob(OtherCredential::EndSessions), "user.end-sessions"),
        (
            Action::UpdateUser {
                handle: handle.clone(),
                role: Some(Role::Guest),
                disabled: None,
            },
            "user.update",
        ),
        (
            Action::BanUser {
                handle: handle.clone(),
                hide_messages: true,
            },
            "user.ban",
        ),
        (
            Action::DeleteUser {
                handle,
                only_silent: false,
            },
            "user.delete",
        ),
    ]
}

/// Returns the name of the kind of a change.
fn kind_of(action: &Action) -> String {
    let name: &str = action.into();
    match action {
        Action::Credential(CredentialAction::OfOther { change, .. }) => {
            let change: &str = change.into();
            format!("{name}.OfOther.{change}")
        }
        Action::Credential(action) => {
            let action: &str = action.into();
            format!("{name}.{action}")
        }
        _ => name.to_owned(),
    }
}

#[tokio::test]
async fn of_each_kind_of_change_it_is_decided_whether_it_is_recorded() {
    let below = |kind: &str, names: &[&str]| {
        let names = names.iter().map(|name| format!("{kind}.{name}"));
        names.collect::<Vec<_>>()
    };
    let plain = Action::VARIANTS.iter().map(|name| (*name).to_owned());
    let kinds: BTreeSet<String> = plain
        .chain(below("Credential", CredentialAction::VARIANTS))
        .chain(below("Credential.OfOther", OtherCredential::VARIANTS))
        .collect();
    let recorded = recorded(MessageId(1)).into_iter();
    let recorded = recorded.map(|(action, _)| kind_of(&action));
    let unrecorded = UNRECORDED
        .iter()
        .chain(&TESTED_ELSEWHERE)
        .map(|name| (*name).to_owned());
    let decided: BTreeSet<String> = recorded.chain(unrecorded).collect();
    assert_eq!(kinds, decided);
}

#[tokio::test]
async fn each_recorded_change_leaves_one_row_and_its_repetition_none() {
    let mut chat = Chat::start().await;
    let bob = chat.join("bob").await;
    let message = MessageId(bob.post("general", "hello").await);
    chat.stop().await;
    let mut file = chat.outside().await;
    for (action, expected) in recorded(message) {
        let newest = "select action from audit order by id desc";
        let before: Vec<String> = sqlx::query_scalar(newest)
            .fetch_all(&mut file)
            .await
            .expect("rows");
        let is_repeatable = matches!(
            action,
            Action::UpdateServer { .. }
                | Action::UpdateRoom { .. }
                | Action::JoinRoom { .. }
                | Action::LeaveRoom { .. }
                | Action::UpdateUser { .. }
                | Action::DeleteMessage { .. }
        );
        // The operator deletes no single messages.
        let owner = "select id from users where handle = 'owner'";
        let owner: Option<UserId> = sqlx::query_scalar(owner)
            .fetch_optional(&mut file)
            .await
            .expect("a row");
        let by = owner.filter(|_| matches!(action, Action::DeleteMessage { .. }));
        let times = if is_repeatable { 2 } else { 1 };
        chat.apply(by, vec![action.clone(); times]).await;
        let after: Vec<String> = sqlx::query_scalar(newest)
            .fetch_all(&mut file)
            .await
            .expect("rows");
        assert_eq!(after.len(), before.len() + 1, "{action:?}");
        assert_eq!(after[0], expected, "{action:?}");
    }
}
