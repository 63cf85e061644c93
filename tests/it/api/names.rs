//! What somebody is called, and that it may change.

use crate::support::{chat::Chat, person::Person, stream::Stream};
use reqwest::Method;
use serde_json::{Value, json};

async fn authors(person: &Person, room: &str) -> Vec<Value> {
    let history = person.history(room, "").await;
    let messages = history["messages"].as_array().expect("messages").iter();
    messages
        .map(|message| message["author"]["name"].clone())
        .collect()
}

#[tokio::test]
async fn a_new_name_is_at_once_beside_everything_that_one_wrote() {
    let mut chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let start = ann.head().await;
    let id = ann.post("general", "one").await;
    bob.react("general", id, "👍").await.expect(200);
    bob.post("general", "two").await;
    let before = ann.history("general", "").await;
    let mut live = bob.stream("include=html").await;
    let me = ann.rename(" Ann <Lee> ").await.expect(200).json();
    assert_eq!(
        (&me["handle"], &me["name"], &me["rooms"]),
        (&json!("ann"), &json!("Ann <Lee>"), &json!(["general"]))
    );
    let told = live.events_to(ann.head().await).await;
    let told = told.last().expect("an event").json();
    let by = json!({ "handle": "ann", "name": "Ann <Lee>" });
    let user = json!({ "handle": "ann", "name": "Ann <Lee>", "role": "member" });
    assert_eq!(
        (&told["user"], &told["by"], &told["room"]),
        (&user, &by, &Value::Null)
    );
    for round in ["from memory", "from the file"] {
        assert_eq!(authors(&bob, "general").await, ["Ann <Lee>", "bob"]);
        assert_eq!(ann.see("/api/v1/me").await["name"], "Ann <Lee>");
        for query in ["", "&include=html"] {
            let query = format!("after={start}{query}");
            let mut everything: Stream = bob.stream(&query).await;
            let mut room = bob.stream_of("general", &query).await;
            for stream in [&mut everything, &mut room] {
                for event in stream.replay().await.0 {
                    let data = event.json();
                    let message = &data["message"]["author"];
                    for named in [&data["by"], message] {
                        if named["handle"] == "ann" {
                            assert_eq!(*named, by, "{round}: {data}");
                        }
                    }
                    if let Some(html) = data["message"]["html"].as_str() {
                        assert!(!html.contains(">ann<"), "{round}: {html}");
                    }
                }
            }
        }
        chat.restart().await;
    }
    assert_ne!(before["head"], ann.history("general", "").await["head"]);
    ann.post("general", "three").await;
    ann.post("general", "four").await;
    assert_eq!(
        authors(&bob, "general").await,
        ["Ann <Lee>", "bob", "Ann <Lee>", "Ann <Lee>"]
    );
}

#[tokio::test]
async fn a_rename_is_one_event_for_everybody_who_may_see_the_person() {
    let chat = Chat::start().await;
    let (ann, bob, cid) = (
        chat.join("ann").await,
        chat.join("bob").await,
        chat.join("cid").await,
    );
    for person in [&ann, &bob, &cid] {
        person.remove("general", "me").await.expect(204);
    }
    let secret = bob.create_room("Secret", "closed").await;
    bob.add(&secret, "ann").await.expect(204);
    for name in ["One", "Two"] {
        let room = bob.create_room(name, "open").await;
        if name == "One" {
            cid.post(&room, "hello").await;
        }
    }
    let start = bob.head().await;
    let mut live = bob.stream_of(&secret, "").await;
    ann.rename("Anna").await.expect(200);
    let told = live.event().await.json();
    let user = json!({ "handle": "ann", "name": "Anna", "role": "member" });
    assert_eq!(told["user"], user);
    // Ann is in a closed room only, of which Cid is no member.
    assert_eq!(renames(&bob, start).await, ["ann"]);
    assert_eq!(renames(&cid, start).await, Vec::<String>::new());
    // Cid is in an open room, so everybody may see him, in whichever room they are.
    cid.rename("Cidney").await.expect(200);
    assert_eq!(live.event().await.json()["user"]["name"], "Cidney");
    assert_eq!(renames(&bob, start).await, ["ann", "cid"]);
    assert_eq!(renames(&cid, start).await, ["cid"]);
}

/// The handles of those whose names have changed, as a reader who comes back is told.
async fn renames(reader: &Person, after: i64) -> Vec<String> {
    let mut stream = reader.stream(&format!("after={after}")).await;
    if stream.outcome() == "live" {
        return Vec::new();
    }
    let told = stream.replay().await.0;
    let users = told
        .iter()
        .map(|event| event.json()["user"]["handle"].clone());
    users
        .filter_map(|handle| Some(handle.as_str()?.to_owned()))
        .collect()
}

#[tokio::test]
async fn the_same_name_again_changes_nothing() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    ann.post("general", "one").await;
    ann.rename("Anna").await.expect(200);
    let head = ann.head().await;
    let me = ann.rename("Anna").await.expect(200).json();
    assert_eq!((&me["name"], ann.head().await), (&json!("Anna"), head));
}

#[tokio::test]
async fn names_that_hide_something_are_refused_and_the_handle_stays() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let long = "x".repeat(81);
    for name in ["", "  ", "a\u{202e}b", "a\nb", "\u{200b}", &long] {
        let problem = ann.rename(name).await.problem(422);
        assert!(
            problem["errors"]["name"]["code"].is_string(),
            "{name:?}: {problem}"
        );
    }
    for change in [
        json!({ "name": 1 }),
        json!({ "name": "Anna", "handle": "anna" }),
    ] {
        let answer = ann.send(Method::PATCH, "/api/v1/me", change).await;
        answer.problem(422);
    }
    chat.visitor().rename("Anna").await.problem(401);
    let me = ann.see("/api/v1/me").await;
    assert_eq!((&me["handle"], &me["name"]), (&json!("ann"), &json!("ann")));
}

#[tokio::test]
async fn nobody_takes_a_name_that_looks_like_somebody_elses() {
    let mut chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    ann.rename("Ann Lee").await.expect(200);
    for round in ["as named here", "in a file of an earlier version"] {
        for name in [
            "Ann Lee",
            "ann  lee",
            "Аnn Lее",
            "ＡＮＮ\u{a0}ＬＥＥ",
            "Ann",
            "аnn",
            "Backscroll",
        ] {
            let refused = bob.rename(name).await;
            assert_eq!(refused.status, 409, "{round}: {name}");
            refused.fault(409, "name");
        }
        let join = |handle: &str, name: &str| {
            let join = json!({ "handle": handle, "name": name });
            let visitor = chat.visitor();
            async move { visitor.send(Method::POST, "/api/v1/join", join).await }
        };
        join("cara", "ANN LEE").await.fault(409, "name");
        join("cara", "bоb").await.fault(409, "name");
        chat.stop().await;
        let forget = "update users set name_folded = null";
        let forgotten = sqlx::query(forget).execute(&mut chat.outside().await).await;
        forgotten.expect("the file opens");
        chat.go_on().await;
    }
    ann.rename("ANN LEE").await.expect(200);
    bob.rename("Ann Leo").await.expect(200);
    bob.rename("Robert").await.expect(200);
    let robert = json!({ "handle": "Robert" });
    let handle = chat
        .visitor()
        .send(Method::POST, "/api/v1/join", robert)
        .await;
    handle.fault(409, "handle");
}

#[tokio::test]
async fn handles_of_every_script_join_and_are_kept_in_one_encoding() {
    let chat = Chat::start().await;
    for handle in ["विक्रम", "ಕನ್ನಡ", "தமிழ்", "സന്ധ്യ", "สมศักดิ์", "မြန်မာ"]
    {
        let person = chat.join(handle).await;
        let id = person.post("general", &format!("@{handle}!")).await;
        let row = person.history("general", "limit=1").await;
        assert_eq!(row["messages"][0]["author"]["handle"], handle);
        person.react("general", id, "👍").await.expect(200);
    }
    let join = json!({ "handle": "Jose\u{301}", "name": "Rene\u{301}e" });
    let joined = chat
        .visitor()
        .send(Method::POST, "/api/v1/join", join)
        .await;
    let joined = joined.expect(201).json();
    assert_eq!(
        (&joined["handle"], &joined["name"]),
        (&json!("José"), &json!("Renée"))
    );
    let zalgo = json!({ "handle": format!("z{}", "\u{35c}".repeat(9)) });
    let refused = chat
        .visitor()
        .send(Method::POST, "/api/v1/join", zalgo)
        .await;
    refused.fault(422, "handle");
}
