//! The server's side of registering a passkey and of signing in by one (WebAuthn level 3, section 7).
//!
//! Passkeys are discoverable: the authenticator finds the one for this server by itself, and nobody types a name.
//! The user is always verified, by a PIN or a finger, so that a passkey is as good as a password and a device.

use crate::{
    error::{Error, Result},
    model::passkey::{CREDENTIAL_ID_MAX, Credential, CredentialId},
};
use serde_json::{Value, json};
use std::time::Duration;
use url::Url;
use webauthn_rs::prelude::{
    CreationChallengeResponse, DiscoverableAuthentication, Passkey, PasskeyRegistration,
    PublicKeyCredential, RegisterPublicKeyCredential, Uuid, Webauthn, WebauthnBuilder,
};

/// How long an answer is awaited.
pub const CEREMONY_VALID: Duration = Duration::from_mins(5);

/// The opaque id by which authenticators know an account. It says nothing of the person.
pub type UserKey = [u8; 16];

/// The server as authenticators know it: by a name to which all its passkeys are bound.
#[derive(Clone, Debug)]
pub struct RelyingParty {
    /// A name, not an IP address.
    id: String,
    /// The only origin whose pages may ask for passkeys.
    origin: Url,
}

impl RelyingParty {
    /// Returns the server with this public address; `None` if browsers offer no passkeys there. They do so in secure
    /// contexts only, and not for IP addresses.
    #[must_use]
    pub fn of_public(address: &Url) -> Option<Self> {
        let id = address.domain()?.to_owned();
        let origin = Url::parse(&address.origin().ascii_serialization()).ok()?;
        (address.scheme() == "https" || is_local(&id)).then_some(Self { id, origin })
    }

    /// Returns the server that was reached at this address; `None` unless it is `localhost`. Other names could be those
    /// of any server.
    #[must_use]
    pub fn of_request(origin: &str) -> Option<Self> {
        let address = Url::parse(origin).ok()?;
        let party = Self::of_public(&address)?;
        is_local(&party.id).then_some(party)
    }

    /// Returns the origin whose pages may ask for passkeys.
    #[must_use]
    pub fn origin(&self) -> String {
        self.origin.origin().ascii_serialization()
    }

    /// Begins to register a passkey of an account. Returns the options for `navigator.credentials.create()`.
    pub fn begin_registration(
        &self,
        server: &str,
        (key, handle, name): (UserKey, &str, &str),
        known: Vec<CredentialId>,
    ) -> Result<(Value, PasskeyRegistration)> {
        let known = known.into_iter().map(<[u8]>::into_vec).collect();
        let (challenge, state) = self
            .webauthn(server)?
            .start_passkey_registration(Uuid::from_bytes(key), handle, name, Some(known))
            .map_err(|_| UNUSABLE)?;
        Ok((creation_options(challenge)?, state))
    }

    /// Returns the id and the credential of a new passkey; `None` if the answer of the authenticator is not valid.
    pub fn finish_registration(
        &self,
        state: &PasskeyRegistration,
        answer: Value,
    ) -> Result<Option<(CredentialId, Credential)>> {
        let Ok(answer) = serde_json::from_value::<RegisterPublicKeyCredential>(answer) else {
            return Ok(None);
        };
        let webauthn = self.webauthn("")?;
        let Ok(passkey) = webauthn.finish_passkey_registration(&answer, state) else {
            return Ok(None);
        };
        let id: &[u8] = passkey.cred_id();
        if id.len() > CREDENTIAL_ID_MAX {
            return Ok(None);
        }
        Ok(Some((id.into(), write(&passkey)?)))
    }

    /// Begins to sign in by a passkey. Returns the options for `navigator.credentials.get()`.
    pub fn begin_sign_in(&self) -> Result<(Value, DiscoverableAuthentication)> {
        let begun = self.webauthn("")?.start_discoverable_authentication();
        let (challenge, state) = begun.map_err(|_| UNUSABLE)?;
        let options = serde_json::to_value(challenge.public_key).map_err(|_| UNUSABLE)?;
        Ok((options, state))
    }

    /// Returns the credential of a passkey as it is after a sign-in; `None` if the answer of the authenticator is not
    /// valid. A sign counter that has not risen is that of a copy, unless the authenticator does not count.
    pub fn finish_sign_in(
        &self,
        state: DiscoverableAuthentication,
        answer: &SignInAnswer,
        credential: &Credential,
    ) -> Result<Option<Credential>> {
        let passkey = serde_json::from_str::<Passkey>(credential.as_str());
        let mut passkey = passkey.map_err(|_| UNREADABLE)?;
        let webauthn = self.webauthn("")?;
        let checked =
            webauthn.finish_discoverable_authentication_v2(&answer.answer, state, &passkey);
        let Ok(result) = checked else {
            return Ok(None);
        };
        passkey.update_credential(&result);
        write(&passkey).map(Some)
    }

    fn webauthn(&self, server: &str) -> Result<Webauthn> {
        WebauthnBuilder::new(&self.id, &self.origin)
            .map(|builder| builder.rp_name(server).timeout(CEREMONY_VALID))
            .and_then(WebauthnBuilder::build)
            .map_err(|_| UNUSABLE)
    }
}

const UNUSABLE: Error = Error::Internal("the address of the server is not one for passkeys");
const UNREADABLE: Error = Error::Internal("the credential of a passkey cannot be read");

fn is_local(name: &str) -> bool {
    name == "localhost" || name.ends_with(".localhost")
}

fn write(passkey: &Passkey) -> Result<Credential> {
    let json = serde_json::to_string(passkey).map_err(|_| UNREADABLE)?;
    Ok(Credential::new(json))
}

/// Asks for a passkey that the authenticator finds by itself, which the library leaves to the authenticator.
fn creation_options(challenge: CreationChallengeResponse) -> Result<Value> {
    let mut options = serde_json::to_value(challenge.public_key).map_err(|_| UNUSABLE)?;
    options["authenticatorSelection"] = json!({
        "residentKey": "required",
        "requireResidentKey": true,
        "userVerification": "required",
    });
    Ok(options)
}

/// The answer of an authenticator to a request to sign in, which was not checked yet.
#[derive(Debug)]
pub struct SignInAnswer {
    answer: PublicKeyCredential,
    user: UserKey,
}

impl SignInAnswer {
    /// Parses an answer; `None` if it does not have the form of one, or names no account.
    #[must_use]
    pub fn parse(answer: Value) -> Option<Self> {
        let answer: PublicKeyCredential = serde_json::from_value(answer).ok()?;
        let user = answer.get_user_unique_id()?.try_into().ok()?;
        Some(Self { answer, user })
    }

    /// Returns the id of the credential.
    #[must_use]
    pub fn credential_id(&self) -> CredentialId {
        self.answer.get_credential_id().into()
    }

    /// Returns the account that the authenticator believes it signs in.
    #[must_use]
    pub fn user(&self) -> UserKey {
        self.user
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(address: &str) -> Option<String> {
        let party = RelyingParty::of_public(&address.parse().unwrap());
        party.map(|party| party.id)
    }

    #[test]
    fn passkeys_are_bound_to_a_name_that_is_reached_by_tls_or_on_this_machine() {
        assert_eq!(public("https://chat.example/"), Some("chat.example".into()));
        assert_eq!(
            public("https://chat.example:8443/"),
            Some("chat.example".into())
        );
        assert_eq!(public("http://localhost:3000/"), Some("localhost".into()));
        for address in [
            "http://chat.example/",
            "https://192.0.2.1/",
            "https://[::1]/",
        ] {
            assert_eq!(public(address), None, "{address}");
        }
    }

    #[test]
    fn without_a_public_address_only_localhost_has_passkeys() {
        let of = |origin| RelyingParty::of_request(origin).map(|party| party.origin());
        for origin in ["http://localhost:3000", "http://chat.localhost:3000"] {
            assert_eq!(of(origin).as_deref(), Some(origin));
        }
        for origin in [
            "https://chat.example",
            "http://127.0.0.1:3000",
            "http://[::1]:3000",
            "http://backscroll:3000",
            "http://notlocalhost",
            "nonsense",
        ] {
            assert_eq!(of(origin), None, "{origin}");
        }
    }
}
