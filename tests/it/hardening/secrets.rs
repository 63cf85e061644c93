//! No copy of the file signs anybody in, whatever tables and columns it has.

use crate::support::{
    answer::Answer,
    browser::Browser,
    chat::{Chat, PASSWORD},
    person::Person,
};
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::Row as _;
use std::{collections::BTreeSet, fmt::Write as _, fs};

/// Columns with a name that suggests a secret, and columns of bytes, and why they let nobody in.
const KNOWN: [(&str, &str); 27] = [
    ("contents.hash", "SHA-256 of a file"),
    ("contents.preview_hash", "SHA-256 of a file"),
    ("files.hash", "SHA-256 of a file"),
    ("devices.secret_hash", "SHA-256 of 256 random bits"),
    (
        "identities.key_hash",
        "SHA-256 of what a provider or proxy says; nobody can send it",
    ),
    ("identities.linked_at", "a time"),
    ("invites.secret_hash", "SHA-256 of 256 random bits"),
    (
        "messages.nonce",
        "chosen by clients, and told to all readers",
    ),
    (
        "meta.key",
        "a name; the secret of the set-up link is stored as SHA-256",
    ),
    ("nonces.author_id", "an id"),
    ("nonces.id", "an id"),
    ("nonces.nonce", "chosen by clients"),
    ("passkeys.created_at", "a time"),
    ("passkeys.credential", "the public key, and flags"),
    ("passkeys.credential_id", "chosen by authenticators, public"),
    ("passkeys.last_used_at", "a time"),
    ("passkeys.name", "chosen by the owner"),
    ("passkeys.user_id", "an id"),
    ("passwords.changed_at", "a time"),
    ("passwords.hash", "argon2id"),
    ("passwords.user_id", "an id"),
    ("sessions.secret_hash", "SHA-256 of 256 random bits"),
    ("sign_in_links.expires_at", "a time"),
    ("sign_in_links.secret_hash", "SHA-256 of 256 random bits"),
    ("sign_in_links.sets_password", "what the link is for"),
    ("sign_in_links.user_id", "an id"),
    ("users.mention_key", "the folded handle"),
];
/// Parts of names of columns and tables that may hold something secret.
const SUGGESTIVE: [&str; 11] = [
    "secret",
    "hash",
    "token",
    "password",
    "key",
    "link",
    "credential",
    "challenge",
    "code",
    "nonce",
    "state",
];

async fn suggestive_columns(chat: &Chat) -> BTreeSet<String> {
    let columns = "select t.name || '.' || c.name, lower(c.type) from sqlite_schema t, pragma_table_info(t.name) c
        where t.type = 'table' and t.name not like 'sqlite%' and t.name not like '\\_sqlx%' escape '\\'";
    let columns = sqlx::query(columns)
        .fetch_all(&mut chat.outside().await)
        .await;
    let columns = columns.expect("columns").into_iter().filter_map(|row| {
        let (name, kind): (String, String) = (row.get(0), row.get(1));
        let suggests = SUGGESTIVE.iter().any(|part| name.contains(part));
        (suggests || kind == "blob").then_some(name)
    });
    columns.collect()
}

#[tokio::test]
async fn every_column_that_may_hold_a_secret_is_known() {
    let chat = Chat::start().await;
    let known: BTreeSet<String> = KNOWN
        .iter()
        .map(|(column, _)| (*column).to_owned())
        .collect();
    let found = suggestive_columns(&chat).await;
    let unknown: Vec<_> = found.difference(&known).collect();
    assert!(
        unknown.is_empty(),
        "say why these let nobody in: {unknown:?}"
    );
    let gone: Vec<_> = known.difference(&found).collect();
    assert!(gone.is_empty(), "{gone:?}");
}

/// The secrets in an answer: in its body, its cookies and its location.
fn secrets_of(answer: &Answer) -> Vec<String> {
    let headers = answer
        .headers
        .iter()
        .map(|(_, value)| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let texts = headers.chain([answer.text.clone()]);
    let found = texts.flat_map(|text| {
        let found = text
            .match_indices("backscroll_")
            .filter_map(|(at, prefix)| {
                let random = text[at + prefix.len()..].get(..43)?;
                let is_encoded = |b: u8| b.is_ascii_alphanumeric() || b"-_".contains(&b);
                random.bytes().all(is_encoded).then(|| random.to_owned())
            });
        found.collect::<Vec<_>>()
    });
    found.collect()
}

/// Everything that gives somebody a secret, by the API and by pages.
async fn give_out(chat: &Chat, owner: &Person) -> Vec<Answer> {
    let post = async |path: &str, body: Value| owner.send(Method::POST, path, body).await;
    let member = json!({ "role": "member", "uses": 9 });
    let invite = post("/api/v1/invites", member).await.expect(201);
    let secret = invite.json()["token"].as_str().expect("a token").to_owned();
    let account = json!({ "handle": "bob", "password": PASSWORD });
    let visitor = chat.visitor();
    let redeem = format!("/api/v1/invites/{secret}/redeem");
    let redeemed = visitor
        .send(Method::POST, &redeem, account)
        .await
        .expect(201);
    let signed = json!({ "handle": "bob", "password": PASSWORD });
    let signed = visitor.send(Method::POST, "/api/v1/sign-in", signed).await;
    let token = post("/api/v1/me/tokens", json!({ "name": "bot" }))
        .await
        .expect(201);
    let link = post("/api/v1/me/device-link", Value::Null)
        .await
        .expect(201);
    let browser = Browser::new(chat);
    let fields = [("handle", "bob"), ("password", PASSWORD)];
    let page = browser.submit("/sign-in", &fields).await.expect(303);
    let of_page = [("token_name", "bot"), ("scopes", "read")];
    let token_page = browser.submit("/account/tokens", &of_page).await;
    let link_page = browser.submit("/account/device", &[]).await;
    vec![
        invite, redeemed, signed, token, link, page, token_page, link_page,
    ]
}

#[tokio::test]
async fn no_secret_that_was_given_out_is_in_the_file_in_any_form() {
    let mut chat = Chat::start().await;
    let owner = chat.set_up("ann", "open").await;
    let mut secrets = vec![owner.token().trim_start_matches("backscroll_").to_owned()];
    secrets.extend(chat.setup_token().rsplit('_').next().map(str::to_owned));
    let answers = give_out(&chat, &owner).await;
    for answer in &answers {
        let found = secrets_of(answer);
        assert!(!found.is_empty(), "{}: {}", answer.status, answer.text);
        secrets.extend(found);
    }
    secrets.push(PASSWORD.to_owned());
    chat.stop().await;
    let file = fs::read(chat.file()).expect("the file is there");
    assert!(memchr::memmem::find(&file, b"$argon2id$").is_some());
    for secret in &secrets {
        use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
        let raw = URL_SAFE_NO_PAD.decode(secret).unwrap_or_default();
        let hex = raw.iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        for form in [secret.as_bytes(), &raw, hex.as_bytes()] {
            let is_there = form.len() > 8 && memchr::memmem::find(&file, form).is_some();
            assert!(!is_there, "{secret}");
        }
    }
    assert!(secrets.len() > 9, "{}", secrets.len());
}
