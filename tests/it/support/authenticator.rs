//! An authenticator together with its browser (WebAuthn level 3). Everything that it signs can be set to something else.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// The bits of the flags (section 6.1).
const PRESENT: u8 = 0x01;
pub(crate) const VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;

/// A passkey on a device.
pub(crate) struct Authenticator {
    key: EcdsaKeyPair,
    /// The id of the credential.
    pub(crate) id: Vec<u8>,
    /// What the server has called the account.
    pub(crate) user: Vec<u8>,
    /// The origin of the page.
    pub(crate) origin: String,
    /// The server that the passkey is for.
    pub(crate) party: String,
    /// Counts sign-ins; 0 stays 0.
    pub(crate) counter: u32,
    pub(crate) flags: u8,
}

impl Authenticator {
    /// Creates a passkey for these options, and returns it with the browser's answer.
    pub(crate) fn create(origin: &str, options: &Value) -> (Self, Value) {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("a new key");
        let key = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).expect("the key");
        let id = Sha256::digest(key.public_key().as_ref()).to_vec();
        let made = Self {
            key,
            id,
            user: decode(&options["user"]["id"]),
            origin: origin.to_owned(),
            party: text(&options["rp"]["id"]).to_owned(),
            counter: 0,
            flags: PRESENT | VERIFIED,
        };
        let data = made.data(ATTESTED, &made.attested());
        let length = u8::try_from(data.len()).expect("it is short");
        // CBOR: {"fmt": "none", "attStmt": {}, "authData": data}
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(length);
        object.extend(data);
        let client_data = made.client_data("webauthn.create", options);
        let response = json!({
            "attestationObject": encode(&object),
            "clientDataJSON": encode(client_data.as_bytes()),
            "transports": ["internal", "something new"],
        });
        let answer = made.answer(&response);
        (made, answer)
    }

    /// Signs in with these options, and returns the browser's answer.
    pub(crate) fn get(&mut self, options: &Value) -> Value {
        self.counter += u32::from(self.counter > 0);
        let data = self.data(0, &[]);
        let client_data = self.client_data("webauthn.get", options);
        let signed = [&data[..], &Sha256::digest(&client_data)].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed);
        let response = json!({
            "authenticatorData": encode(&data),
            "clientDataJSON": encode(client_data.as_bytes()),
            "signature": encode(signature.expect("a signature").as_ref()),
            "userHandle": encode(&self.user),
        });
        self.answer(&response)
    }

    fn answer(&self, response: &Value) -> Value {
        let id = encode(&self.id);
        json!({
            "id": id, "rawId": id, "type": "public-key", "authenticatorAttachment": "platform",
            "response": response, "clientExtensionResults": { "credProps": { "rk": true } },
        })
    }

    fn client_data(&self, kind: &str, options: &Value) -> String {
        let challenge = &options["challenge"];
        json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false })
            .to_string()
    }

    /// Returns the authenticator data (section 6.1).
    fn data(&self, flags: u8, rest: &[u8]) -> Vec<u8> {
        let mut data = Sha256::digest(&self.party).to_vec();
        data.push(self.flags | flags);
        data.extend(self.counter.to_be_bytes());
        data.extend(rest);
        data
    }

    /// Returns the id and the public key of the credential (section 6.5.1).
    fn attested(&self) -> Vec<u8> {
        let mut attested = vec![0; 16];
        attested.extend(
            u16::try_from(self.id.len())
                .expect("it is short")
                .to_be_bytes(),
        );
        attested.extend(&self.id);
        let point = &self.key.public_key().as_ref()[1..];
        // CBOR: {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}
        attested.extend(b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20");
        attested.extend(&point[..32]);
        attested.extend(b"\x22\x58\x20");
        attested.extend(&point[32..]);
        attested
    }
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(value: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text(value)).expect("Base64")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
