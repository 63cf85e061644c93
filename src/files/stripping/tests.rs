use super::{exif, strip};
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, metadata::Orientation};
use std::io::Cursor;

/// A latitude that must not be found afterwards.
const SECRET: &[u8] = b"52.5200N-13.4050E";

fn picture(format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let picture = DynamicImage::new_rgb8(6, 4);
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// Exif data with an orientation of a quarter turn, and the secret behind it.
fn exif_with_secret() -> Vec<u8> {
    [&exif::with_orientation(6)[..], SECRET].concat()
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap();
    [&[0xff, marker], &length.to_be_bytes()[..], content].concat()
}

fn check(media_type: &str, bytes: &[u8], orientation: Orientation) {
    assert!(contains(bytes, SECRET), "{media_type}");
    let stripped = strip(media_type, bytes).unwrap();
    assert!(!contains(&stripped, SECRET), "{media_type}");
    let reader = ImageReader::new(Cursor::new(&stripped));
    let mut decoder = reader
        .with_guessed_format()
        .unwrap()
        .into_decoder()
        .unwrap();
    assert_eq!(decoder.orientation().unwrap(), orientation, "{media_type}");
    assert_eq!(decoder.dimensions(), (6, 4));
    DynamicImage::from_decoder(decoder).unwrap();
    assert_eq!(strip(media_type, &stripped).unwrap(), stripped);
    for length in 0..stripped.len() {
        // Whatever is cut is refused or repaired, and never a panic.
        let _ = strip(media_type, &stripped[..length]);
    }
}

#[test]
fn a_jpeg_loses_its_position_and_keeps_its_orientation() {
    let plain = picture(ImageFormat::Jpeg);
    let exif = segment(0xe1, &[b"Exif\0\0", &exif_with_secret()[..]].concat());
    let xmp = segment(0xe1, &[b"http://ns.adobe.com/xap/1.0/\0", SECRET].concat());
    let comment = segment(0xfe, SECRET);
    let parts = [&plain[..2], &exif, &xmp, &comment, &plain[2..], SECRET];
    check("image/jpeg", &parts.concat(), Orientation::Rotate90);
}

#[test]
fn a_png_loses_its_position_and_what_is_appended() {
    let plain = picture(ImageFormat::Png);
    let end = plain.len() - 12;
    let chunk = |kind: &[u8], content: &[u8]| {
        let length = u32::try_from(content.len()).unwrap();
        [&length.to_be_bytes()[..], kind, content, &[0; 4]].concat()
    };
    let text = chunk(b"tEXt", &[b"Location\0", SECRET].concat());
    let exif = chunk(b"eXIf", &exif_with_secret());
    let parts = [
        &plain[..33],
        &text,
        &exif,
        &plain[33..end],
        &plain[end..],
        SECRET,
    ];
    check("image/png", &parts.concat(), Orientation::NoTransforms);
}

#[test]
fn a_webp_loses_its_position_and_keeps_its_orientation() {
    let plain = picture(ImageFormat::WebP);
    let exif = exif_with_secret();
    let length = u32::try_from(exif.len()).unwrap().to_le_bytes();
    let extended = [b"VP8X\x0a\0\0\0\x08\0\0\0\x05\0\0\x03\0\0", &[][..]].concat();
    let padding = vec![0; exif.len() % 2];
    let chunks = [&extended, &plain[12..], b"EXIF", &length, &exif, &padding].concat();
    let size = u32::try_from(chunks.len() + 4).unwrap().to_le_bytes();
    let parts = [b"RIFF", &size[..], b"WEBP", &chunks];
    check("image/webp", &parts.concat(), Orientation::Rotate90);
}

#[test]
fn a_gif_loses_its_comments_and_what_is_appended() {
    let plain = picture(ImageFormat::Gif);
    let end = plain.len() - 1;
    let length = u8::try_from(SECRET.len()).unwrap();
    let comment = [&[0x21, 0xfe, length], SECRET, &[0]].concat();
    let parts = [&plain[..end], &comment, &plain[end..], SECRET];
    check("image/gif", &parts.concat(), Orientation::NoTransforms);
}

#[test]
fn what_is_no_picture_is_not_stripped() {
    for media_type in ["image/jpeg", "image/png", "image/webp", "image/gif"] {
        assert_eq!(strip(media_type, b"<svg onload=alert(1)>"), None);
        assert_eq!(strip(media_type, b""), None);
    }
    assert_eq!(strip("image/svg+xml", b"<svg/>"), None);
}
