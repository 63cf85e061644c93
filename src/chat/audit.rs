//! The audit log: which changes are recorded, and what is said of them. An entry is written in the transaction of its
//! change, and contains neither secrets nor texts.
//!
//! What somebody signs in with is recorded also if they change it themselves, since a thief does the same: a password, a
//! passkey, a linked identity, a token or a link for another device. Sign-ins are recorded one by one, since their number
//! is limited. Refused ones are recorded together, as `auth/failures.rs` has counted them.

use super::applied::Applied;
use crate::{
    error::Result,
    model::{
        audit::NewAuditEntry,
        change::{Action, Change, Outcome},
        credential::{CredentialAction, OtherCredential},
        ids::{MessageId, UserId},
        sign_in::{RefusedSignIns, SignInMethod},
        time::Timestamp,
    },
    store::{audit, db::Connection, reports, users},
};
use serde_json::{Value, json};

/// What is recorded of a change.
struct Record<'a> {
    action: &'static str,
    subject: Subject<'a>,
    room: Option<&'a str>,
    message: Option<MessageId>,
    details: Option<Value>,
    /// Whether it is recorded also if the actor does it to themselves.
    is_own_recorded: bool,
}

/// The person that something is done to.
enum Subject<'a> {
    Nobody,
    Handle(&'a str),
    AuthorOf(MessageId),
    /// The account that the change has signed in, which is also the actor.
    SignedIn,
    AuthorOfReported(i64),
}

impl<'a> Record<'a> {
    /// Returns the record of a decision about a person.
    fn about(action: &'static str, handle: &'a str) -> Self {
        Self {
            action,
            subject: Subject::Handle(handle),
            room: None,
            message: None,
            details: None,
            is_own_recorded: true,
        }
    }

    /// Returns the record of a decision about the server.
    fn about_server(action: &'static str, details: Option<Value>) -> Self {
        Self {
            subject: Subject::Nobody,
            details,
            ..Self::about(action, "")
        }
    }

    /// Returns the record of a sign-in.
    fn of_sign_in(method: SignInMethod) -> Self {
        Self::of_newcomer("sign-in", Some(json!({ "method": method })))
    }

    /// Returns the record of what signs somebody in.
    fn of_newcomer(action: &'static str, details: Option<Value>) -> Self {
        Self {
            subject: Subject::SignedIn,
            ..Self::about_server(action, details)
        }
    }

    /// Returns the record of a decision about a room.
    fn of_room(action: &'static str, room: &'a str) -> Self {
        Self {
            is_own_recorded: true,
            ..Self::about_other(action, room, Subject::Nobody)
        }
    }

    /// Returns the record of what is done to another person in a room.
    fn about_other(action: &'static str, room: &'a str, subject: Subject<'a>) -> Self {
        Self {
            action,
            subject,
            room: Some(room),
            message: None,
            details: None,
            is_own_recorded: false,
        }
    }
}

/// Returns what is recorded of an action; `None` for what people do in their own name. A new action is decided on here.
#[expect(clippy::too_many_lines, reason = "one arm for each kind of change")]
fn record_of(action: &Action) -> Option<Record<'_>> {
    match action {
        Action::UpdateServer { name, door } => {
            let set = [
                name.as_ref().map(|name| ("name".to_owned(), json!(name))),
                door.map(|door| ("door".to_owned(), json!(door))),
            ];
            let details = set.into_iter().flatten().collect();
            Some(Record::about_server("server.update", Some(details)))
        }
        Action::SetUp { name, door, .. } => {
            let details = json!({ "name": name, "door": door });
            Some(Record::of_newcomer("server.setup", Some(details)))
        }
        Action::CreateInvite(invite) => {
            let details = json!({ "role": invite.role, "uses": invite.uses });
            Some(Record {
                room: invite.room.as_deref(),
                ..Record::about_server("invite.create", Some(details))
            })
        }
        Action::RevokeInvite { .. } => Some(Record::about_server("invite.revoke", None)),
        // A start of the server makes another kind of link, of which nobody decides.
        Action::OfferSetup { is_kept, .. } => {
            is_kept.then(|| Record::about_server("server.setup-link", None))
        }
        Action::AddUser { account } => {
            let handle = account.handle.text.as_str();
            let details = json!({ "role": account.role });
            Some(Record {
                details: Some(details),
                ..Record::about("user.add", handle)
            })
        }
        Action::Credential(CredentialAction::OfOther { handle, change }) => {
            Some(Record::about(name_of(change), handle))
        }
        Action::Credential(CredentialAction::SetPassword { .. }) => {
            Some(Record::about_server("own.password", None))
        }
        Action::Credential(CredentialAction::CreateToken { grant, .. }) => {
            let details = json!({ "scopes": grant.scopes });
            Some(Record::about_server("own.token", Some(details)))
        }
        Action::Credential(CredentialAction::CreateLink { .. }) => {
            Some(Record::about_server("own.device-link", None))
        }
        Action::Credential(CredentialAction::AddPasskey { .. }) => {
            Some(Record::about_server("own.passkey-add", None))
        }
        Action::Credential(CredentialAction::RemovePasskey { .. }) => {
            Some(Record::about_server("own.passkey-remove", None))
        }
        Action::Credential(CredentialAction::LinkIdentity { .. }) => {
            Some(Record::about_server("own.identity-add", None))
        }
        Action::Credential(CredentialAction::UnlinkIdentity { .. }) => {
            Some(Record::about_server("own.identity-remove", None))
        }
        Action::RedeemInvite { .. } => Some(Record::of_newcomer("invite.redeem", None)),
        Action::Credential(CredentialAction::SignIn { proof, .. }) => {
            Some(Record::of_sign_in(proof.method()))
        }
        Action::Credential(CredentialAction::ResetPassword { .. }) => {
            Some(Record::of_sign_in(SignInMethod::PasswordLink))
        }
        Action::UpdateUser {
            handle,
            role,
            disabled,
        } => {
            let set = [
                role.map(|role| ("role".to_owned(), json!(role))),
                disabled.map(|disabled| ("disabled".to_owned(), json!(disabled))),
            ];
            Some(Record {
                details: Some(set.into_iter().flatten().collect()),
                ..Record::about("user.update", handle)
            })
        }
        Action::BanUser {
            handle,
            hide_messages,
        } => Some(Record {
            details: Some(json!({ "hide_messages": hide_messages })),
            ..Record::about("user.ban", handle)
        }),
        Action::DeleteUser { handle, .. } => Some(Record::about("user.delete", handle)),
        Action::MergeUser { from, into, .. } => Some(Record {
            details: Some(json!({ "into": into })),
            ..Record::about("user.merge", from)
        }),
        Action::DecideReport { report, decision } => Some(Record {
            subject: Subject::AuthorOfReported(*report),
            details: Some(json!({ "report": report, "decision": decision })),
            ..Record::about_server("report.decide", None)
        }),
        Action::UpdateRoom { room, update } => {
            // The entry tells that a name or topic was changed, and not to which one: rows contain no texts.
            let texts = [
                ("name", update.name.is_some()),
                ("topic", update.topic.is_some()),
            ];
            let texts = texts.into_iter().filter(|(_, is_set)| *is_set);
            let texts: Vec<&str> = texts.map(|(name, _)| name).collect();
            let texts = (!texts.is_empty()).then(|| ("changed".to_owned(), json!(texts)));
            let is_set = [
                texts,
                update.kind.map(|kind| ("kind".to_owned(), json!(kind))),
                flag("archived", update.archived),
                flag("announcements", update.announcements),
                flag("auto_join", update.auto_join),
                flag("room_mentions", update.room_mentions),
            ];
            let details: Value = is_set.into_iter().flatten().collect();
            Some(Record {
                details: Some(details),
                ..Record::of_room("room.update", room)
            })
        }
        Action::CreateRoom { room, .. } => Some(Record {
            details: Some(json!({ "kind": room.kind })),
            ..Record::about_server("room.create", None)
        }),
        Action::DeleteRoom { room } => Some(Record::of_room("room.delete", room)),
        Action::JoinRoom {
            room,
            handle,
            role: Some(role),
        } => Some(Record {
            details: Some(json!({ "role": role })),
            is_own_recorded: true,
            ..Record::about_other("member.role", room, Subject::Handle(handle))
        }),
        Action::JoinRoom { room, handle, .. } => {
            let subject = Subject::Handle(handle);
            Some(Record::about_other("member.add", room, subject))
        }
        Action::LeaveRoom { room, handle } => {
            let subject = Subject::Handle(handle);
            Some(Record::about_other("member.remove", room, subject))
        }
        Action::DeleteMessage { room, message } => Some(Record {
            message: Some(*message),
            ..Record::about_other("message.delete", room, Subject::AuthorOf(*message))
        }),
        Action::Found { .. }
        | Action::BeginEra { .. }
        | Action::JoinServer { .. }
        | Action::AdmitProxied { .. }
        | Action::SignOut { .. }
        // What ends a way in by its owner's will, and what the server does by itself.
        | Action::Credential(
            CredentialAction::EndOtherSessions { .. }
            | CredentialAction::NoteUses { .. }
            | CredentialAction::NoteRefused { .. }
            | CredentialAction::DeleteExpired { .. },
        )
        | Action::RenameUser { .. }
        | Action::UpdateProfile { .. }
        | Action::SetBlock { .. }
        // Part of a ban, or of the deletion of an account.
        | Action::EraseMessages { .. }
        | Action::EraseReactions { .. }
        | Action::EraseRooms
        | Action::OpenDirectRoom { .. }
        | Action::MarkRead { .. }
        | Action::MarkUnread { .. }
        | Action::SetFavourite { .. }
        | Action::SetPin { .. }
        | Action::SetSaved { .. }
        | Action::MarkAllRead { .. }
        | Action::MarkInboxRead { .. }
        | Action::SetNotify { .. }
        | Action::File(_)
        | Action::MarkThreadRead { .. }
        | Action::FollowThread { .. }
        | Action::PostMessage(_)
        | Action::EditMessage { .. }
        | Action::ReportMessage { .. }
        | Action::AddReaction { .. }
        | Action::RemoveReaction { .. }
        | Action::PostCustom { .. }
        | Action::Import(_) => None,
    }
}

fn flag(name: &str, flag: Option<bool>) -> Option<(String, Value)> {
    flag.map(|flag| (name.to_owned(), json!(flag)))
}

/// Returns the name of the record of a decision about how somebody signs in.
fn name_of(change: &OtherCredential) -> &'static str {
    match change {
        OtherCredential::Link { .. } => "user.sign-in-link",
        OtherCredential::EndSessions => "user.end-sessions",
        OtherCredential::Password { .. } => "user.password",
        OtherCredential::Token { .. } => "token.create",
        OtherCredential::Revoke { .. } => "token.revoke",
    }
}

/// Returns whether a change had an effect, as opposed to one that was applied before.
fn has_effect(applied: &Applied) -> bool {
    match applied.outcome {
        Outcome::Message { is_new, .. } => is_new,
        _ => applied.is_recorded,
    }
}

/// What will be recorded of a change if it has an effect, as it was found before the change: afterwards the person may
/// have another handle.
pub(super) struct Pending<'a> {
    record: Record<'a>,
    subject: Option<UserId>,
}

/// Prepares the record of a change; `None` if nothing is recorded of it.
pub(super) async fn prepare<'a>(
    tx: &mut Connection,
    change: &'a Change,
) -> Result<Option<Pending<'a>>> {
    let Some(record) = record_of(&change.action) else {
        return Ok(None);
    };
    let subject = find_subject(tx, &record.subject).await?;
    let is_own = subject.is_some() && subject == change.by.user();
    let pending = Pending { record, subject };
    Ok(Some(pending).filter(|pending| pending.record.is_own_recorded || !is_own))
}

/// Records a change that was applied.
pub(super) async fn record(
    tx: &mut Connection,
    change: &Change,
    pending: Pending<'_>,
    applied: &Applied,
) -> Result<()> {
    let Pending { record, subject } = pending;
    if !has_effect(applied) {
        return Ok(());
    }
    // What the change has signed in or created could not be found before.
    let newcomer = match (&record.subject, &applied.outcome) {
        (Subject::SignedIn, Outcome::User(user) | Outcome::UserChanged(user)) => Some(user.id),
        _ => None,
    };
    let created = match (&record.subject, &applied.outcome) {
        (Subject::Handle(_), Outcome::User(user)) => Some(user.id),
        _ => None,
    };
    let subject = subject.or(newcomer).or(created);
    let room = match &applied.outcome {
        Outcome::Room { slug } => Some(slug.as_str()),
        _ => record.room,
    };
    let entry = NewAuditEntry {
        at: change.at,
        actor: change.by.user().or(newcomer),
        address: change.from,
        action: record.action,
        subject,
        room,
        message: record.message,
        details: record.details,
    };
    audit::insert_entry(tx, &entry).await
}

/// Records attempts to sign in that were refused. Their actor is not known.
pub(super) async fn record_refused(
    tx: &mut Connection,
    at: Timestamp,
    refused: &[RefusedSignIns],
) -> Result<()> {
    for refused in refused {
        let details = json!({ "method": refused.method, "count": refused.count });
        let entry = NewAuditEntry {
            at,
            actor: None,
            address: Some(refused.address),
            action: "sign-in.refused",
            subject: Some(refused.user),
            room: None,
            message: None,
            details: Some(details),
        };
        audit::insert_entry(tx, &entry).await?;
    }
    Ok(())
}

async fn find_subject(tx: &mut Connection, subject: &Subject<'_>) -> Result<Option<UserId>> {
    match subject {
        Subject::Nobody | Subject::SignedIn => Ok(None),
        Subject::Handle(handle) => Ok(users::find_user(tx, handle).await?.map(|user| user.id)),
        Subject::AuthorOfReported(report) => reports::find_reported(tx, *report).await,
        Subject::AuthorOf(message) => audit::find_author(tx, *message).await,
    }
}
