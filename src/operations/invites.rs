//! Invitations: making, listing, revoking and redeeming them.

use super::{
    new_names::{NamesElsewhere, create_account},
    people::{AccountDraft, finish_registration, parse_account},
    sign_in::{SignInClient, SignedInAs},
};
use crate::{
    app::{App, now, random_bytes},
    auth::{secret::Secret, viewer::Viewer},
    chat::policy::{Object, Verb, can, can_administer, may_invite_guests},
    error::{Error, Result, check_field, parse_field},
    fault::Fault,
    model::{
        account::NewAccount,
        change::{Action, Registration, Requester, WayIn},
        identity::ExternalIdentity,
        ids::UserId,
        invite::{Invite, InviteId, InvitedPerson, NewInvite, USES_MAX, parse_expiry},
        role::Role,
        time::Timestamp,
        user::{DisplayName, Person},
    },
    store::{invites, rooms},
};

use serde::{Deserialize, Serialize};

/// Greatest number of invitations in a list.
pub const INVITES_MAX: usize = 1000;
/// How long an invitation holds if nothing else is said.
const EXPIRY: &str = "7d";

/// An invitation to be made, before validation.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct InviteDraft {
    /// `admin`, `member` or `guest`.
    pub role: String,
    /// Slug of the room that the invited people become members of.
    pub room: Option<String>,
    /// Handle of the imported person whom the invited one is.
    pub person: Option<String>,
    /// How many people it is good for; 1 if absent.
    pub uses: Option<u64>,
    /// How long it holds, such as `7d`, which is the default.
    pub expires_in: Option<String>,
}

impl InviteDraft {
    /// Checks the fields of an invitation that is made at this time.
    pub fn parse(self, secret: &Secret, at: Timestamp) -> Result<NewInvite> {
        let role = parse_role(&self.role)?;
        // Who is a guest sees nothing without a room.
        let needs_room = role == Role::Guest && self.room.is_none();
        check_field("room", needs_room.then_some(Fault::Required))?;
        let max = if self.person.is_some() { 1 } else { USES_MAX };
        let uses = u32::try_from(self.uses.unwrap_or(1)).ok();
        let uses = uses.filter(|uses| (1..=max).contains(uses));
        let out_of_range = Fault::OutOfRange {
            min: 1,
            max: max.into(),
        };
        let expires_in = self.expires_in.as_deref().unwrap_or(EXPIRY);
        Ok(NewInvite {
            secret_hash: secret.hash(),
            role,
            room: self.room,
            person: self.person,
            uses: uses.ok_or_else(|| Error::invalid("uses", out_of_range))?,
            expires_at: parse_field("expires_in", parse_expiry(expires_in, at))?,
        })
    }
}

fn parse_role(text: &str) -> Result<Role> {
    let role = text.parse().ok().filter(|role| *role != Role::Bot);
    let known = &["admin", "member", "guest"];
    role.ok_or_else(|| Error::invalid("role", Fault::UnknownValue { known }))
}

/// Makes an invitation, and returns it with the secret of its link. Managers of a room invite guests into it; all other
/// invitations are made by admins and the operator.
pub async fn create_invite(
    app: &App,
    requester: Requester,
    draft: InviteDraft,
) -> Result<(Invite, Secret)> {
    let secret = Secret::new(random_bytes());
    let invite = draft.parse(&secret, now())?;
    app.submit_from(requester, Action::CreateInvite(invite))
        .await?;
    let invite = find_holding(app, &secret).await?;
    Ok((invite, secret))
}

/// Returns the invitations that can be redeemed, the latest first; with `room`, those into this room, which its managers
/// may see, too.
pub async fn list_invites(app: &App, viewer: &Viewer, room: Option<&str>) -> Result<Vec<Invite>> {
    let by = viewer.signed_in()?.id;
    let may_list = match room {
        Some(room) if !viewer.is_admin() => can_invite_guests(app, viewer, room).await?,
        _ => false,
    };
    if !may_list {
        can_administer(viewer.role())?;
    }
    let mut invites = read_invites(app, Some(by), room).await?;
    invites.retain(|invite| viewer.is_admin() || invite.is_for_guests());
    Ok(invites)
}

/// Returns all invitations that can be redeemed, for the operator.
pub async fn list_all_invites(app: &App) -> Result<Vec<Invite>> {
    read_invites(app, None, None).await
}

async fn read_invites(app: &App, by: Option<UserId>, room: Option<&str>) -> Result<Vec<Invite>> {
    let limit = i64::try_from(INVITES_MAX).unwrap_or(i64::MAX);
    let mut connection = app.readers().acquire().await?;
    invites::list_holding(&mut connection, by, room, now(), limit).await
}

/// Returns whether the viewer may invite guests into a room.
pub async fn can_invite_guests(app: &App, viewer: &Viewer, room: &str) -> Result<bool> {
    let mut connection = app.readers().acquire().await?;
    let room = rooms::find_access(&mut connection, viewer.user_id(), room).await?;
    let room = room.ok_or(Error::NotFound)?;
    can(viewer.identity(), Verb::See, Object::Room(&room))?;
    let identity = viewer.identity();
    Ok(identity.is_some_and(|actor| may_invite_guests(actor, &room)))
}

/// Revokes an invitation.
pub async fn revoke_invite(app: &App, requester: Requester, id: InviteId) -> Result<()> {
    app.submit_from(requester, Action::RevokeInvite { invite: id })
        .await?;
    Ok(())
}

/// Returns the invitation of a link, with its secret. The error is the same for every way in which it does not hold.
pub async fn find_invite(app: &App, token: &str) -> Result<(Invite, Secret)> {
    let secret = Secret::parse(token).ok_or(Error::NotFound)?;
    let invite = find_holding(app, &secret).await?;
    Ok((invite, secret))
}

async fn find_holding(app: &App, secret: &Secret) -> Result<Invite> {
    let mut connection = app.readers().acquire().await?;
    let invite = invites::find_holding(&mut connection, &secret.hash(), now()).await?;
    invite.ok_or(Error::NotFound)
}

/// Redeems an invitation that was found: creates an account, and returns it with the secret that authenticates it. An
/// imported person keeps their handle.
pub async fn redeem_invite(
    app: &App,
    client: &SignInClient,
    invite: &Invite,
    secret: &Secret,
    draft: AccountDraft<'_>,
) -> Result<SignedInAs> {
    let account = match &invite.person {
        Some(invited) => {
            let Person { handle, name } = &invited.person;
            let is_other = !draft.handle.is_empty() && draft.handle != handle;
            check_field("handle", is_other.then_some(Fault::CannotChange))?;
            let chosen = parse_field("name", draft.name.map(DisplayName::parse).transpose())?;
            let name = chosen.map_or_else(|| name.clone(), DisplayName::into_string);
            NewAccount::new(handle, &name)
        }
        None => parse_account(draft.handle, draft.name)?,
    };
    let (registration, session) = finish_registration(app, client, account, draft.password).await?;
    let action = Action::RedeemInvite {
        secret_hash: secret.hash(),
        registration: Some(registration),
    };
    let user = app
        .submit_from(client.requester(), action)
        .await?
        .into_user()?;
    Ok(SignedInAs::new(user, session))
}

/// Redeems an invitation that was found, like [`redeem_invite`], for a person whom an OpenID provider has signed in, and
/// who is called here as there, or as imported.
pub(super) async fn redeem_by_identity(
    app: &App,
    client: &SignInClient,
    (invite, secret): (&Invite, &Secret),
    names: &NamesElsewhere,
    identity: ExternalIdentity,
) -> Result<SignedInAs> {
    app.rates.check_join(&client.client)?;
    let session = Secret::new(random_bytes());
    let action = |account| Action::RedeemInvite {
        secret_hash: secret.hash(),
        registration: Some(Registration {
            account,
            way_in: WayIn::Identity(identity.clone()),
            sign_in: client.sign_in(&session),
        }),
    };
    let user = match &invite.person {
        Some(InvitedPerson { person, .. }) => {
            let account = NewAccount::new(&person.handle, &person.name);
            let answer = app.submit_from(client.requester(), action(account));
            answer.await?.into_user()?
        }
        None => create_account(app, client.requester(), names, action).await?,
    };
    Ok(SignedInAs::new(user, session))
}

/// Redeems an invitation into a room for the viewer, who has an account.
pub async fn accept_invite(app: &App, viewer: &Viewer, secret: &Secret) -> Result<()> {
    app.rates.check_membership(viewer.signed_in()?)?;
    let action = Action::RedeemInvite {
        secret_hash: secret.hash(),
        registration: None,
    };
    app.submit_from(viewer.requester()?, action).await?;
    Ok(())
}
