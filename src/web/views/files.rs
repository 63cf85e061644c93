//! How files are shown.

use crate::{
    files::kind::{is_media, is_picture},
    model::file::Attachment,
};

/// The box of a picture in the history in pixels.
const BOX: (u32, u32) = (480, 360);

/// How a file of a message is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// As a picture of this width and height. Its place is reserved before it is loaded.
    Picture(u32, u32),
    /// With a player for sound.
    Audio,
    /// With a player for video.
    Video,
    /// By its name.
    Card,
}

/// Returns how a file is shown.
#[must_use]
pub fn shown(file: &Attachment) -> Shown {
    match (file.width, file.height) {
        (Some(width), Some(height)) if file.has_preview && is_picture(&file.media_type) => {
            let (width, height) = fit(width, height);
            Shown::Picture(width, height)
        }
        _ if !is_media(&file.media_type) => Shown::Card,
        _ if file.media_type.starts_with("video/") => Shown::Video,
        _ => Shown::Audio,
    }
}

/// Returns the size of a picture that is made smaller to fit into its box.
fn fit(width: u32, height: u32) -> (u32, u32) {
    let (box_width, box_height) = (u64::from(BOX.0), u64::from(BOX.1));
    let (width, height) = (u64::from(width.max(1)), u64::from(height.max(1)));
    let is_wide = width * box_height > height * box_width;
    let (scale, of) = if is_wide {
        (box_width, width)
    } else {
        (box_height, height)
    };
    let scaled = |length: u64| u32::try_from((length * scale.min(of) / of).max(1)).unwrap_or(1);
    (scaled(width), scaled(height))
}

/// Returns a size, as in `1.2 MB`.
#[must_use]
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["B", "kB", "MB", "GB"];
    let mut unit = 0;
    let mut tenths = bytes.saturating_mul(10);
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths = (tenths + 500) / 1000;
        unit += 1;
    }
    let (whole, tenth) = (tenths / 10, tenths % 10);
    let unit = UNITS[unit];
    // Of sizes that are larger, no tenths are shown.
    if whole < 10 && tenth > 0 {
        format!("{whole}.{tenth} {unit}")
    } else {
        format!("{whole} {unit}")
    }
}

/// Returns the extension of a name in capitals, as in `PDF`; empty if there is none.
#[must_use]
pub fn extension(name: &str) -> String {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    if (1..=5).contains(&extension.len()) && extension.bytes().all(|b| b.is_ascii_alphanumeric()) {
        extension.to_ascii_uppercase()
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_fits_into_its_box_and_is_not_made_larger() {
        for (picture, shown) in [
            ((100, 50), (100, 50)),
            ((4000, 3000), (480, 360)),
            ((9600, 100), (480, 5)),
            ((100, 7200), (5, 360)),
            ((1, 50_000), (1, 360)),
        ] {
            assert_eq!(fit(picture.0, picture.1), shown, "{picture:?}");
        }
    }

    #[test]
    fn a_size_has_two_digits_or_more() {
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1 kB"),
            (1234, "1.2 kB"),
            (524_288, "524 kB"),
            (104_857_600, "104 MB"),
            (2_500_000_000, "2.5 GB"),
        ] {
            assert_eq!(size(bytes), text);
        }
        assert_eq!(extension("report.pdf"), "PDF");
        assert_eq!(extension("Makefile") + &extension("a.long name"), "");
    }
}
