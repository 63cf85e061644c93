//! Files in backups, and after the program was killed.

use super::{
    client::{TEXT, post_files, upload, url_of},
    tus::contents_in,
};
use crate::support::{
    chat::Chat,
    person::id_of,
    program::{Running, command, run},
};
use reqwest::Client;
use serde_json::{Value, json};
use std::fs;

#[tokio::test]
async fn a_backup_has_the_files_and_check_compares_each_with_its_hash() {
    let mut chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let file = upload(&ann, "tenor.txt", TEXT).await;
    let message = post_files(&ann, "general", "kept", &[&file]).await;
    let db = chat.file();
    let (copy, folder) = (
        db.with_file_name("copy.db"),
        db.with_file_name("chat.db-files"),
    );
    let names = [&db, &copy].map(|path| path.to_str().expect("UTF-8").to_owned());
    let [db, copy] = names.each_ref().map(String::as_str);
    let bare = upload(&ann, "bass.txt", b"hold").await;
    post_files(&ann, "general", "", &[&bare]).await;
    let exported = run(["export", "--db", db]).ok();
    let names: Vec<&str> = exported
        .lines()
        .filter(|line| line.contains("bass.txt"))
        .collect();
    assert_eq!(names.len(), 1, "{exported}");
    let archive = chat.file().with_file_name("archive.ndjson");
    fs::write(&archive, &exported).expect("a file");
    let other = chat.file().with_file_name("other.db");
    let imported = [archive.as_os_str(), "--db".as_ref(), other.as_os_str()];
    run(["import".as_ref()].into_iter().chain(imported)).ok();
    let told = run(["backup", copy, "--db", db]).ok();
    assert!(told.contains("2 files"), "{told}");
    run(["check", "--db", copy]).ok();
    ann.delete("general", id_of(&message)).await.expect(200);
    chat.stop().await;
    fs::remove_dir_all(&folder).expect("the folder is there");
    run(["restore", copy, "--db", db]).ok();
    chat.go_on().await;
    let ann = chat.known("ann", ann.token());
    let restored = ann.get(&url_of(&message)).await.expect(200);
    assert_eq!(restored.text.as_bytes(), TEXT);
    let copied = fs::read_dir(format!("{copy}-files")).expect("the files of the backup");
    let copied = copied.flatten().next().expect("a folder").path();
    let copied = fs::read_dir(copied).expect("a folder").flatten().next();
    let copied = copied.expect("a content").path();
    for fault in ["damaged", "missing"] {
        if fault == "missing" {
            fs::remove_file(&copied).expect("it is there");
        } else {
            fs::write(&copied, "other bytes").expect("it is writable");
        }
        let checked = run(["check", "--db", copy]);
        assert_eq!(checked.code, 3, "{checked:?}");
        assert!(checked.stdout.contains(fault), "{checked:?}");
    }
}

#[tokio::test]
async fn what_is_acknowledged_of_an_upload_and_of_a_post_survives_kill_9() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let db = directory.path().join("chat.db");
    let start = || {
        let db = db.to_str().expect("UTF-8");
        let serve = [
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--door",
            "open",
            "--db",
            db,
        ];
        Running::listening(&mut command(serve))
    };
    let http = Client::builder().no_proxy().build().expect("a client");
    let (server, address) = start();
    let joined = http.post(format!("http://{address}/api/v1/join"));
    let joined = joined.json(&json!({ "handle": "ann" })).send().await;
    let joined: Value = joined.expect("an answer").json().await.expect("JSON");
    let token = joined["token"].as_str().expect("a token").to_owned();
    let begun = http.post(format!("http://{address}/files"));
    let begun = begun.bearer_auth(&token).header("tus-resumable", "1.0.0");
    let begun = begun.header("upload-length", TEXT.len());
    let begun = begun.header("content-type", "application/offset+octet-stream");
    let begun = begun.body(&TEXT[..9]).send().await.expect("an answer");
    assert_eq!(begun.status(), 201);
    let path = begun.headers()["location"]
        .to_str()
        .expect("ASCII")
        .to_owned();
    drop(server); // which kills it
    let (server, address) = start();
    let state = http
        .head(format!("http://{address}{path}"))
        .bearer_auth(&token);
    let state = state.send().await.expect("an answer");
    assert_eq!(state.headers()["upload-offset"], "9");
    let rest = http
        .patch(format!("http://{address}{path}"))
        .bearer_auth(&token);
    let rest = rest
        .header("tus-resumable", "1.0.0")
        .header("upload-offset", 9);
    let rest = rest.header("content-type", "application/offset+octet-stream");
    let rest = rest.body(&TEXT[9..]).send().await.expect("an answer");
    assert_eq!(rest.status(), 204);
    let id = path.rsplit('/').next().expect("an id");
    let post = http.post(format!("http://{address}/api/v1/rooms/general/messages"));
    let post = post
        .bearer_auth(&token)
        .json(&json!({ "attachments": [id] }));
    let post = post.send().await.expect("an answer");
    assert_eq!(post.status(), 201);
    let message: Value = post.json().await.expect("JSON");
    drop(server);
    let (_server, address) = start();
    let file = http.get(format!("http://{address}{}", url_of(&message)));
    let file = file.bearer_auth(&token).send().await.expect("an answer");
    assert_eq!(file.bytes().await.expect("its bytes"), TEXT);
    assert_eq!(contents_in(&directory.path().join("chat.db-files")), 1);
}
