//! Random changes by which people come in: setting the server up, its door, and invitations.

use super::credential_steps::identity_of;
use super::steps::{HANDLES, Kind, secret_hash};
use backscroll::model::{
    account::NewAccount,
    change::{Action, Change, Registration, SecretHash, SignIn, SignInKind, WayIn},
    invite::{InviteId, NewInvite},
    password::PasswordHash,
    role::{Door, Role},
    server::ServerName,
    time::Timestamp,
};

/// The secrets of links that were made.
#[derive(Default)]
pub(super) struct Doors {
    setup: Option<SecretHash>,
    invites: Vec<SecretHash>,
}

impl Doors {
    /// Returns whether a change of this kind may come from the server itself, a command, or somebody without an account.
    pub(super) fn may_be_nobodys(kind: Kind) -> bool {
        matches!(
            kind,
            Kind::OfferSetup
                | Kind::SetUp
                | Kind::UpdateServer
                | Kind::CreateInvite
                | Kind::RevokeInvite
                | Kind::RedeemInvite
        )
    }

    pub(super) fn note(&mut self, change: &Change) {
        match &*change.action {
            Action::OfferSetup { secret_hash, .. } => self.setup = Some(secret_hash.clone()),
            Action::CreateInvite(invite) => self.invites.push(invite.secret_hash.clone()),
            _ => {}
        }
    }

    pub(super) fn action(&self, kind: Kind, room: String, number: usize, count: u64) -> Action {
        let handle = format!("{}{}", HANDLES[number % HANDLES.len()], number % 3);
        let name = ServerName::parse(&format!("Server {}", number % 3)).expect("valid");
        let door = [Door::Open, Door::Invite][number % 2];
        match kind {
            Kind::OfferSetup => Action::OfferSetup {
                secret_hash: secret_hash(count),
                is_kept: number.is_multiple_of(3),
            },
            Kind::SetUp => Action::SetUp {
                secret_hash: self.setup.clone().unwrap_or_else(|| secret_hash(0)),
                name,
                door: number.is_multiple_of(3).then_some(door),
                owner: registration(&handle, count),
            },
            Kind::UpdateServer => Action::UpdateServer {
                name: number.is_multiple_of(2).then_some(name),
                door: number.is_multiple_of(3).then_some(door),
            },
            Kind::CreateInvite => Action::CreateInvite(NewInvite {
                secret_hash: secret_hash(count),
                role: [Role::Member, Role::Guest, Role::Admin][number % 3],
                room: number.is_multiple_of(2).then_some(room),
                person: number.is_multiple_of(5).then_some(handle),
                uses: 1 + u32::from(number.is_multiple_of(2)),
                expires_at: Timestamp::parse("2026-10-01T00:00:00Z").expect("a time"),
            }),
            Kind::RevokeInvite => Action::RevokeInvite {
                invite: InviteId::of(&self.invite(number)),
            },
            _ => Action::RedeemInvite {
                secret_hash: self.invite(number),
                registration: (!number.is_multiple_of(4)).then(|| registration(&handle, count)),
            },
        }
    }

    fn invite(&self, number: usize) -> SecretHash {
        let invite = self.invites.get(number % (self.invites.len() + 1));
        invite.cloned().unwrap_or_else(|| secret_hash(0))
    }
}

fn registration(handle: &str, count: u64) -> Registration {
    Registration {
        account: NewAccount::new(handle, handle),
        way_in: if count.is_multiple_of(3) {
            WayIn::Identity(identity_of(count))
        } else {
            WayIn::Password(PasswordHash::new(format!("hash {count}")))
        },
        sign_in: SignIn {
            secret_hash: secret_hash(count),
            kind: SignInKind::Session,
            label: None,
        },
    }
}
