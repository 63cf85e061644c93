//! The viewer's passkeys, and signing in by one.

use super::{
    passwords::confirm_owner,
    server::find_server,
    sign_in::{SignInClient, SignedInAs, note_refused, sign_in_by},
};
use crate::{
    app::{App, now, random_bytes},
    auth::{
        ceremonies::{Asker, Ceremony},
        passkeys::{RelyingParty, SignInAnswer, UserKey},
        secret::Secret,
        viewer::Viewer,
    },
    chat::passkeys::refused,
    error::{Denial, Error, Result, parse_field},
    model::{
        change::Action,
        credential::{CredentialAction, Proof},
        ids::UserId,
        passkey::Passkey,
        sign_in::SignInMethod,
        user::DisplayName,
    },
    store::passkeys,
};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// The name of a passkey if neither its owner nor the browser gives one.
const NAME: &str = "Passkey";

/// A challenge, with the options for the browser's function.
#[derive(Debug)]
pub struct Challenge {
    /// The secret by which its answer is sent.
    pub ceremony: Secret,
    /// The options for `navigator.credentials`.
    pub options: Value,
    /// The secret by which the browser is recognised when it answers.
    pub device: Option<Secret>,
}

/// The answer to a challenge, as the browser sends it.
#[derive(Debug)]
pub struct ChallengeAnswer {
    /// The secret of the challenge.
    pub ceremony: String,
    /// What `navigator.credentials` has returned, as JSON.
    pub credential: Value,
}

/// Returns the server for authenticators, or an error that says why it has no passkeys.
fn offered(party: Option<&RelyingParty>) -> Result<&RelyingParty> {
    party.ok_or(Error::Forbidden(Denial::NoPasskeys))
}

/// Returns the viewer's passkeys, the latest first.
pub async fn list_passkeys(app: &App, viewer: &Viewer) -> Result<Vec<Passkey>> {
    let Some(user) = viewer.user_id() else {
        return Ok(Vec::new());
    };
    let mut connection = app.readers().acquire().await?;
    passkeys::list_passkeys(&mut connection, user).await
}

/// Begins to register a passkey of the viewer, who confirms it by the password if there is one.
pub async fn begin_registration(
    app: &App,
    viewer: &Viewer,
    (client, party): (&SignInClient, Option<&RelyingParty>),
    password: Option<String>,
) -> Result<Challenge> {
    let party = offered(party)?;
    let user = viewer.signed_in()?;
    let known = list_passkeys(app, viewer).await?;
    confirm_owner(app, viewer, client, ("password", password)).await?;
    let known = known.into_iter().map(|passkey| passkey.credential_id);
    let server = find_server(app).await?.name;
    let person = (user_key(app, user.id), &*user.handle, &*user.name);
    let (options, state) = party.begin_registration(&server, person, known.collect())?;
    let asker = Asker::Account(user.id, viewer.secret_hash.clone());
    let ceremony = add_ceremony(app, client, asker, Ceremony::Registration(state));
    Ok(Challenge {
        ceremony,
        options,
        device: None,
    })
}

/// Registers a passkey of the viewer by the answer to a challenge, and returns it.
pub async fn register(
    app: &App,
    viewer: &Viewer,
    (client, party): (&SignInClient, Option<&RelyingParty>),
    name: Option<&str>,
    answer: ChallengeAnswer,
) -> Result<Passkey> {
    let party = offered(party)?;
    let user = viewer.signed_in()?.id;
    let name = name.or(client.label.as_deref()).unwrap_or(NAME);
    let name = parse_field("name", DisplayName::parse(name))?.into_string();
    let asker = Asker::Account(user, viewer.secret_hash.clone());
    let ceremony = app.ceremonies.take(&answer.ceremony, &asker, now());
    let Some(Ceremony::Registration(state)) = ceremony else {
        return Err(refused());
    };
    let made = party.finish_registration(&state, answer.credential)?;
    let (id, credential) = made.ok_or_else(refused)?;
    let action = CredentialAction::AddPasskey {
        id: id.clone(),
        name,
        credential,
    };
    app.submit_from(viewer.requester()?, Action::Credential(action))
        .await?;
    let mut passkeys = list_passkeys(app, viewer).await?.into_iter();
    let added = passkeys.find(|passkey| passkey.credential_id == id);
    added.ok_or(Error::NotFound)
}

/// Removes one of the viewer's passkeys.
pub async fn remove_passkey(app: &App, viewer: &Viewer, id: &str) -> Result<()> {
    let mut passkeys = list_passkeys(app, viewer).await?.into_iter();
    let passkey = passkeys.find(|passkey| passkey.id() == id);
    let id = passkey.ok_or(Error::NotFound)?.credential_id;
    let action = CredentialAction::RemovePasskey { id };
    app.submit_from(viewer.requester()?, Action::Credential(action))
        .await?;
    Ok(())
}

/// Begins to sign in by a passkey. Only the browser that has asked can answer; it is recognised by a cookie.
pub fn begin_sign_in(
    app: &App,
    client: &SignInClient,
    party: Option<&RelyingParty>,
) -> Result<Challenge> {
    let (options, state) = offered(party)?.begin_sign_in()?;
    let device = client.device.clone();
    let device = device.unwrap_or_else(|| Secret::new(random_bytes()));
    let asker = Asker::Browser(device.hash());
    let ceremony = add_ceremony(app, client, asker, Ceremony::SignIn(state));
    Ok(Challenge {
        ceremony,
        options,
        device: Some(device),
    })
}

fn add_ceremony(app: &App, client: &SignInClient, asker: Asker, ceremony: Ceremony) -> Secret {
    let id = Secret::new(random_bytes());
    let asker = (asker, client.client.network());
    app.ceremonies.add(&id, asker, now(), ceremony);
    id
}

/// Signs in by the answer of a passkey. The error is the same for every way in which it is not accepted.
pub async fn sign_in_by_passkey(
    app: &App,
    client: &SignInClient,
    party: Option<&RelyingParty>,
    answer: ChallengeAnswer,
) -> Result<SignedInAs> {
    let party = offered(party)?;
    let device = client.device.as_ref().ok_or_else(refused)?;
    let asker = Asker::Browser(device.hash());
    let ceremony = app.ceremonies.take(&answer.ceremony, &asker, now());
    let answer = SignInAnswer::parse(answer.credential);
    let (Some(Ceremony::SignIn(state)), Some(answer)) = (ceremony, answer) else {
        return Err(refused());
    };
    let id = answer.credential_id();
    let mut connection = app.readers().acquire().await?;
    let found = passkeys::find_passkey(&mut connection, &id).await?;
    let user = found.as_ref().map(|(user, _)| *user);
    let device = client.known_device(&mut connection, user).await?;
    drop(connection);
    let key = Sha256::digest(&id).into();
    app.rates
        .check_sign_in(key, &client.client, device.as_ref())?;
    let owned = found.filter(|(user, _)| user_key(app, *user) == answer.user());
    let credential = match &owned {
        Some((_, seen)) => party.finish_sign_in(state, &answer, seen)?,
        None => None,
    };
    let signed_in = match (owned, credential) {
        (Some((_, seen)), Some(credential)) => {
            let proof = Proof::Passkey {
                id,
                seen,
                credential,
            };
            sign_in_by(app, client, proof).await
        }
        _ => Err(refused()),
    };
    if matches!(signed_in, Err(Error::Invalid { .. })) {
        note_refused(app, client, user, SignInMethod::Passkey);
    }
    signed_in
}

/// Returns the id by which authenticators know an account. It is the same on every machine that has the log.
fn user_key(app: &App, user: UserId) -> UserKey {
    let hash = Sha256::digest(format!("passkeys of {user} in {}", app.log.name));
    *hash.first_chunk().unwrap_or(&[0; 16])
}
