//! Pictures.

use super::client::{post_files, upload, url_of};
use crate::support::{answer::Answer, chat::Chat, person::Person};
use image::{DynamicImage, ImageFormat};
use reqwest::Method;
use serde_json::Value;
use std::io::Cursor;

/// The coordinates of a place, as texts in metadata have them.
const PLACE: &[u8] = b"52.5200N-13.4050E";

fn encoded(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let written = DynamicImage::new_luma8(width, height).write_to(&mut bytes, format);
    written.expect("a picture is encoded");
    bytes.into_inner()
}

async fn posted(person: &Person, name: &str, bytes: &[u8]) -> Value {
    let file = upload(person, name, bytes).await;
    post_files(person, "general", "", &[&file]).await
}

#[tokio::test]
async fn a_picture_has_a_size_and_a_preview_and_no_place() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let plain = encoded(1200, 300, ImageFormat::Jpeg);
    // A quarter turn, and the place behind it.
    let exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let length = u16::try_from(exif.len() + PLACE.len() + 2).expect("a short segment");
    let segment = [&[0xff, 0xe1], &length.to_be_bytes()[..], exif, PLACE].concat();
    let bytes = [
        &plain[..2],
        &segment,
        &plain[2..],
        b"<script>appended</script>",
    ]
    .concat();
    let message = posted(&ann, "beach.jpg", &bytes).await;
    let file = &message["attachments"][0];
    assert_eq!([&file["width"], &file["height"]], [300, 1200]);
    assert_eq!(file["type"], "image/jpeg");
    let stored = chat.visitor().get(&url_of(&message)).await.expect(200);
    assert_eq!(stored.header("content-type"), "image/jpeg");
    assert_eq!(stored.header("content-disposition"), "inline");
    let size = file["size"].as_u64().expect("a size");
    assert_eq!(stored.header("content-length"), size.to_string());
    assert!(size < bytes.len() as u64);
    assert!(!stored.text.contains("52.5200N") && !stored.text.contains("appended"));
    let preview = file["preview"].as_str().expect("a preview");
    let preview = ann.get(preview).await.expect(200);
    assert_eq!(preview.header("content-type"), "image/jpeg");
    let row = ann
        .see(&format!("/api/v1/rooms/general/messages/{}", message["id"]))
        .await;
    assert_eq!(row["attachments"], message["attachments"]);
}

#[tokio::test]
async fn bombs_and_broken_pictures_are_downloads_like_any_other() {
    let chat = Chat::start().await;
    let ann = chat.join("ann").await;
    let bomb = encoded(10_000, 10_000, ImageFormat::Png);
    let mut broken = encoded(50, 50, ImageFormat::Png);
    broken.truncate(60);
    for (name, bytes) in [("bomb.png", bomb), ("broken.png", broken)] {
        let message = posted(&ann, name, &bytes).await;
        let file = &message["attachments"][0];
        assert!(
            file.get("width").is_none() && file.get("preview").is_none(),
            "{file}"
        );
        let stored = ann.get(&url_of(&message)).await.expect(200);
        assert_eq!(stored.header("content-type"), "application/octet-stream");
        let preview = ann.get(&format!("{}?preview", url_of(&message))).await;
        preview.expect(404);
    }
}

#[tokio::test]
async fn the_picture_of_a_person_is_a_small_square_for_those_who_see_the_person() {
    let chat = Chat::start().await;
    let (ann, bob) = (chat.join("ann").await, chat.join("bob").await);
    let put = |bytes: Vec<u8>| {
        let request = ann.request(Method::PUT, "/api/v1/me/picture");
        Answer::to(request.header("content-type", "image/png").body(bytes))
    };
    let code = put(b"<svg/>".to_vec()).await.expect(422).json()["code"].clone();
    assert_eq!(code, "not-a-picture");
    put(encoded(640, 300, ImageFormat::Png)).await.expect(204);
    let profile = bob.see("/api/v1/users/ann").await;
    let address = profile["picture"].as_str().expect("an address");
    let picture = bob.request(Method::GET, address).send().await;
    let picture = picture.expect("an answer").bytes().await;
    let picture = image::load_from_memory(&picture.expect("its bytes"));
    let picture = picture.expect("a picture");
    assert_eq!((picture.width(), picture.height()), (192, 192));
    chat.visitor().get(address).await.expect(401);
    let removed = ann.send(Method::DELETE, "/api/v1/me/picture", Value::Null);
    removed.await.expect(204);
    bob.get(address).await.expect(404);
}
