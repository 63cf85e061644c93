//! What one person can have how much of.

use crate::support::{chat::Chat, person::Person};
use backscroll::model::{
    change::{Action, SignIn, SignInKind},
    credential::{CredentialAction, Proof, SESSIONS_MAX, TOKENS_MAX},
    invite::OPEN_INVITES_MAX,
    time::Timestamp,
};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use std::iter::repeat_n;

/// Sends more requests at once than may succeed, and returns the body of a refusal.
async fn exceed(by: &Person, path: &str, body: Value, max: u32) -> Value {
    let max = usize::try_from(max).expect("a small number");
    let requests = repeat_n(body, max + 5).map(|body| by.send(Method::POST, path, body));
    let answers = join_all(requests).await;
    let refused: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status != 201)
        .collect();
    assert_eq!(refused.len(), 5);
    refused[0].clone().problem(422)
}

#[tokio::test]
async fn a_person_has_so_many_tokens_and_open_invitations_also_if_all_are_made_at_once() {
    let chat = Chat::start().await;
    let ann = chat.set_up("ann", "open").await;
    let tokens = "/api/v1/me/tokens";
    let token = json!({ "name": "a bot", "scopes": ["read"] });
    let refused = exceed(&ann, tokens, token.clone(), TOKENS_MAX).await;
    assert_eq!(refused["errors"]["name"]["code"], "too-many");
    let invites = "/api/v1/invites";
    let invite = json!({ "role": "member" });
    let refused = exceed(&ann, invites, invite.clone(), OPEN_INVITES_MAX).await;
    assert_eq!(refused["errors"]["role"]["code"], "too-many");
    // One less of them makes room for another one.
    for (path, list, body) in [(tokens, "tokens", token), (invites, "invites", invite)] {
        let id = ann.see(path).await[list][0]["id"].clone();
        let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        let one = format!("{path}/{id}");
        let ended = ann.send(Method::DELETE, &one, Value::Null).await;
        ended.expect(204);
        ann.send(Method::POST, path, body.clone()).await.expect(201);
        ann.send(Method::POST, path, body).await.expect(422);
    }
}

#[tokio::test]
async fn signing_in_beyond_the_limit_ends_the_sessions_that_were_not_used_for_the_longest_time() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let named = json!({ "name": "a bot", "scopes": ["read"] });
    ann.send(Method::POST, "/api/v1/me/tokens", named)
        .await
        .expect(201);
    chat.stop().await;
    let user = chat.user_id("ann").await;
    let valid = Timestamp::parse("2030-01-01T00:00:00.000Z").expect("a time");
    // In the past, and so before the token that joining has made was used.
    for n in 0..=SESSIONS_MAX {
        let mut hash = vec![0; 32].into_boxed_slice();
        hash[..4].copy_from_slice(&n.to_be_bytes());
        let link = CredentialAction::CreateLink {
            secret_hash: hash.clone(),
            expires_at: valid,
        };
        chat.apply(Some(user), vec![Action::Credential(link)]).await;
        let sign_in = CredentialAction::SignIn {
            proof: Proof::Link {
                secret_hash: hash.clone(),
            },
            sign_in: SignIn {
                secret_hash: hash,
                kind: SignInKind::Session,
                label: None,
            },
            device: None,
        };
        chat.apply(None, vec![Action::Credential(sign_in)]).await;
    }
    chat.go_on().await;
    let sessions = ann.see("/api/v1/me/sessions").await;
    let sessions = sessions["sessions"].as_array().expect("a list").len();
    assert_eq!(
        sessions,
        usize::try_from(SESSIONS_MAX).expect("a small number")
    );
    let tokens = ann.see("/api/v1/me/tokens").await;
    assert_eq!(tokens["tokens"].as_array().expect("a list").len(), 1);
}
