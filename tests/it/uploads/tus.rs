//! The protocol of uploads: tus 1.0.

use super::client::{TEXT, append, begin, post_files, tus, upload};
use crate::support::{answer::Answer, chat::Chat, until::until};
use reqwest::Method;
use serde_json::json;
use std::fs;

#[tokio::test]
async fn an_upload_arrives_in_pieces_whose_offsets_are_told() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let support = ann.request(Method::OPTIONS, "/files");
    let support = Answer::to(support).await.expect(204);
    assert_eq!(support.header("tus-version"), "1.0.0");
    assert!(support.header("tus-extension").contains("creation"));
    assert_eq!(support.header("tus-max-size"), "104857600");
    let begun = begin(&ann, "tenor.txt", TEXT.len()).await.expect(201);
    assert_eq!(begun.header("upload-offset"), "0");
    assert!(begun.header("upload-expires").ends_with("GMT"));
    let path = begun.header("location").to_owned();
    for (offset, piece) in [(0, &TEXT[..5]), (5, &TEXT[5..6]), (6, &TEXT[6..])] {
        let state = Answer::to(tus(&ann, Method::HEAD, &path)).await.expect(200);
        assert_eq!(state.header("upload-offset"), offset.to_string());
        assert_eq!(state.header("upload-length"), TEXT.len().to_string());
        assert_eq!(state.header("cache-control"), "no-store");
        let appended = append(&ann, &path, offset, piece).await.expect(204);
        let after = (offset + piece.len()).to_string();
        assert_eq!(appended.header("upload-offset"), after);
        assert_eq!(appended.header("tus-resumable"), "1.0.0");
    }
    let state = Answer::to(tus(&ann, Method::HEAD, &path)).await.expect(200);
    assert_eq!(state.header("upload-offset"), TEXT.len().to_string());
}

#[tokio::test]
async fn an_upload_may_begin_with_its_first_piece() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let request = tus(&ann, Method::POST, "/files")
        .header("upload-length", TEXT.len())
        .header("content-type", "application/offset+octet-stream")
        .body(TEXT);
    let begun = Answer::to(request).await.expect(201);
    assert_eq!(begun.header("upload-offset"), TEXT.len().to_string());
    let id = begun.header("location").rsplit('/').next().unwrap();
    let message = post_files(&ann, "general", "", &[id]).await;
    assert_eq!(message["attachments"][0]["name"], "file");
}

#[tokio::test]
async fn odd_requests_are_refused_with_a_code_and_change_nothing() {
    let chat = Chat::start_with(|config| config.files.max_upload = 1 << 20).await;
    let ann = chat.join("ann").await;
    let path = begin(&ann, "a.txt", 10).await.header("location").to_owned();
    let code = |answer: Answer| {
        answer.json()["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    let untold = ann
        .request(Method::POST, "/files")
        .header("upload-length", 1);
    let untold = Answer::to(untold).await.expect(412);
    assert_eq!(untold.header("tus-version"), "1.0.0");
    assert_eq!(code(untold), "unsupported-version");
    assert_eq!(
        code(append(&ann, &path, 3, b"x").await.expect(409)),
        "offset-conflict"
    );
    let late = append(&ann, &path, 0, b"more than ten bytes").await;
    assert_eq!(code(late.expect(413)), "upload-too-large");
    let whole = Answer::to(tus(&ann, Method::HEAD, &path)).await;
    assert_eq!(whole.header("upload-offset"), "10");
    let json = tus(&ann, Method::PATCH, &path).header("upload-offset", 10);
    let json = Answer::to(json.json(&json!({}))).await;
    assert_eq!(code(json.expect(415)), "unsupported-type");
    let large = begin(&ann, "a.txt", (1 << 20) + 1).await;
    assert_eq!(code(large.expect(413)), "upload-too-large");
    for length in ["-1", "x", "1e3", "99999999999999999999999", ""] {
        let request = tus(&ann, Method::POST, "/files").header("upload-length", length);
        assert_eq!(Answer::to(request).await.status, 422, "{length}");
    }
    let nothing = tus(&ann, Method::POST, "/files");
    assert_eq!(code(Answer::to(nothing).await.expect(422)), "required");
}

#[tokio::test]
async fn an_upload_is_nobody_elses() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let path = begin(&ann, "a.txt", 10).await.header("location").to_owned();
    let missing = "/files/AAAAAAAAAAAAAAAAAAAAAA";
    for path in [path.as_str(), missing] {
        assert_eq!(Answer::to(tus(&bob, Method::HEAD, path)).await.status, 404);
        append(&bob, path, 0, b"x").await.expect(404);
        Answer::to(tus(&bob, Method::DELETE, path))
            .await
            .expect(404);
        append(&chat.visitor(), path, 0, b"x").await.expect(401);
    }
    let id = upload(&ann, "mine.txt", TEXT).await;
    for stolen in [id.as_str(), "AAAAAAAAAAAAAAAAAAAAAA", "../../etc/passwd"] {
        let post = json!({ "body": "look", "attachments": [stolen] });
        let refused = bob.try_post("general", post).await.expect(422);
        assert_eq!(refused.json()["code"], "upload-gone");
    }
}

#[tokio::test]
async fn a_cancelled_upload_is_gone_with_its_bytes() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let path = begin(&ann, "a.txt", 10).await.header("location").to_owned();
    append(&ann, &path, 0, b"half").await.expect(204);
    let parts = chat.file().with_file_name("chat.db-files").join("parts");
    assert_eq!(fs::read_dir(&parts).unwrap().count(), 1);
    Answer::to(tus(&ann, Method::DELETE, &path))
        .await
        .expect(204);
    assert_eq!(Answer::to(tus(&ann, Method::HEAD, &path)).await.status, 404);
    assert_eq!(fs::read_dir(&parts).unwrap().count(), 0);
}

#[tokio::test]
async fn an_upload_continues_after_a_restart() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let path = begin(&ann, "a.txt", TEXT.len()).await;
    let path = path.header("location").to_owned();
    append(&ann, &path, 0, &TEXT[..7]).await.expect(204);
    chat.restart().await;
    let ann = chat.known("ann", ann.token());
    let state = Answer::to(tus(&ann, Method::HEAD, &path)).await;
    assert_eq!(state.header("upload-offset"), "7");
    append(&ann, &path, 7, &TEXT[7..]).await.expect(204);
    let id = path.rsplit('/').next().unwrap();
    let message = post_files(&ann, "general", "", &[id]).await;
    assert_eq!(message["attachments"][0]["size"], TEXT.len());
}

#[tokio::test]
async fn quotas_hold_for_a_file_a_person_and_the_server() {
    const MIB: usize = 1 << 20;
    let chat = Chat::start_with(|config| {
        config.files.max_files_per_person = 2 << 20;
        config.files.max_files = 3 << 20;
    })
    .await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    begin(&ann, "a", 2 * MIB - 10).await.expect(201);
    let refused = begin(&ann, "b", 11).await.expect(413).json();
    assert_eq!(refused["code"], "files-full");
    begin(&bob, "b", MIB).await.expect(201);
    let refused = begin(&bob, "c", 11).await.expect(507).json();
    assert_eq!(refused["code"], "server-files-full");
    assert!(refused["request_id"].is_string());
}

#[tokio::test]
async fn uploads_that_nobody_posts_are_deleted_after_a_day() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let path = begin(&ann, "a.txt", 10).await.header("location").to_owned();
    append(&ann, &path, 0, b"half").await.expect(204);
    upload(&ann, "whole.txt", TEXT).await;
    let posted = upload(&ann, "posted.txt", b"posted").await;
    post_files(&ann, "general", "", &[&posted]).await;
    let folder = chat.file().with_file_name("chat.db-files");
    let past = "update files set created_at = '2020-01-01T00:00:00.000Z'";
    sqlx::query(past)
        .execute(&mut chat.outside().await)
        .await
        .unwrap();
    assert_eq!(Answer::to(tus(&ann, Method::HEAD, &path)).await.status, 404);
    // The folder is cleared at the start, too.
    chat.restart().await;
    let is_cleared = || {
        let parts = fs::read_dir(folder.join("parts")).unwrap().count();
        parts == 0 && contents_in(&folder) == 1
    };
    until("the folder is cleared", is_cleared).await;
    let count =
        "select (select count(*) from files), (select bytes from file_usage where user_id = 0)";
    let counted: (i64, i64) = sqlx::query_as(count)
        .fetch_one(&mut chat.outside().await)
        .await
        .unwrap();
    assert_eq!(counted, (1, 6));
}

/// Returns the number of contents in the folder of files.
pub(super) fn contents_in(folder: &std::path::Path) -> usize {
    let folders = fs::read_dir(folder).into_iter().flatten().flatten();
    let folders = folders.filter(|entry| entry.file_name() != "parts");
    folders
        .map(|entry| fs::read_dir(entry.path()).into_iter().flatten().count())
        .sum()
}

#[tokio::test]
async fn begun_uploads_are_limited_by_rate() {
    let chat = Chat::start_with(|config| {
        config.rates = backscroll::config::rates::Rates {
            others: vec!["uploads=2,1/h".parse().unwrap()],
            ..Default::default()
        };
    })
    .await;
    let ann = chat.join("ann").await;
    for status in [201, 201, 429] {
        begin(&ann, "a", 1).await.expect(status);
    }
}

#[tokio::test]
async fn what_a_crash_has_left_in_the_folder_is_removed_at_the_start() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let posted = upload(&ann, "posted.txt", TEXT).await;
    post_files(&ann, "general", "", &[&posted]).await;
    let pending = begin(&ann, "a.txt", 10).await.header("location").to_owned();
    append(&ann, &pending, 0, b"half").await.expect(204);
    chat.stop().await;
    let folder = chat.file().with_file_name("chat.db-files");
    let strays = ["00/0000", "parts/AAAAAAAAAAAAAAAAAAAAAA", "parts/x.placing"];
    fs::create_dir_all(folder.join("00")).expect("a folder");
    for stray in strays {
        fs::write(folder.join(stray), "stray").expect("a file");
    }
    let hour = std::time::Duration::from_hours(2);
    for entry in fs::read_dir(&folder).expect("the folder").flatten() {
        for file in fs::read_dir(entry.path()).expect("a folder").flatten() {
            let file = fs::File::options().append(true).open(file.path());
            let file = file.expect("a file");
            let at = file.metadata().expect("it is there").modified();
            file.set_modified(at.expect("a time") - hour)
                .expect("it is ours");
        }
    }
    chat.go_on().await;
    let is_there = |stray: &&str| folder.join(stray).exists();
    until("strays are gone", || !strays.iter().any(is_there)).await;
    assert_eq!(contents_in(&folder), 1);
    let ann = chat.known("ann", ann.token());
    let state = Answer::to(tus(&ann, Method::HEAD, &pending)).await;
    assert_eq!(state.header("upload-offset"), "4");
}
