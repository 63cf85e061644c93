//! What a file is, as its first bytes tell. Names and what clients say are not believed.

/// Number of bytes that are looked at.
pub const LOOKED_AT: usize = 8192;
/// The type of what is not known.
pub const UNKNOWN: &str = "application/octet-stream";

/// The types of pictures that are shown, once they were decoded.
const PICTURES: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];
/// The types that browsers play, and what the recogniser calls them.
const MEDIA: [(&str, &str); 10] = [
    ("audio/mpeg", "audio/mpeg"),
    ("audio/ogg", "audio/ogg"),
    ("audio/m4a", "audio/mp4"),
    ("audio/aac", "audio/aac"),
    ("audio/x-wav", "audio/wav"),
    ("audio/x-flac", "audio/flac"),
    ("video/mp4", "video/mp4"),
    ("video/x-m4v", "video/mp4"),
    ("video/webm", "video/webm"),
    ("video/ogg", "video/ogg"),
];

/// Returns the media type of a file that begins with these bytes.
#[must_use]
pub fn sniff(start: &[u8]) -> &'static str {
    let found = infer::get(start).map(|kind| kind.mime_type());
    let media = MEDIA.iter().find(|(name, _)| found == Some(name));
    match (media, found) {
        (Some((_, media_type)), _) => media_type,
        // Of markup and scripts no type is told, since nothing is to be made of it but a file.
        (None, Some(found)) if !found.starts_with("text/") => found,
        _ if is_text(start) => "text/plain",
        _ => UNKNOWN,
    }
}

/// Returns whether a file is a picture of a kind that can be shown.
#[must_use]
pub fn is_picture(media_type: &str) -> bool {
    PICTURES.contains(&media_type)
}

/// Returns whether browsers play a file.
#[must_use]
pub fn is_media(media_type: &str) -> bool {
    MEDIA.iter().any(|(_, known)| *known == media_type)
}

/// Returns whether these bytes, which may end within a character, are text.
fn is_text(start: &[u8]) -> bool {
    let is_utf8 = match str::from_utf8(start) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none() && start.len() == LOOKED_AT,
    };
    let is_plain = |byte: &u8| *byte >= b' ' || b"\t\n\r\x0c".contains(byte);
    is_utf8 && start.iter().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_what_the_bytes_say() {
        for (bytes, media_type) in [
            (&b"\x89PNG\r\n\x1a\n"[..], "image/png"),
            (b"\xff\xd8\xff\xe0", "image/jpeg"),
            (b"%PDF-1.7", "application/pdf"),
            (b"ID3\x04", "audio/mpeg"),
            (b"hello", "text/plain"),
            (b"<!DOCTYPE html><script>alert(1)</script>", "text/plain"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "text/plain"),
            (b"#!/bin/sh\n", "text/plain"),
            (b"\x00\x01\x02", UNKNOWN),
            (b"caf\xe9", UNKNOWN),
        ] {
            assert_eq!(sniff(bytes), media_type, "{bytes:?}");
        }
        assert!(!is_picture("image/svg+xml") && !is_media("text/html"));
    }
}
