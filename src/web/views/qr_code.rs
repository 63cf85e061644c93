//! QR codes as SVG.

use qrcode::{Color, QrCode};
use std::fmt::Write as _;

/// Width of the empty margin in modules (ISO/IEC 18004, section 9.1).
const MARGIN: usize = 4;

/// Returns a QR code with this text as an SVG element; `None` if the text is too long.
#[must_use]
pub fn qr_code(text: &str) -> Option<String> {
    let code = QrCode::new(text).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (index, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let (x, y) = (index % width + MARGIN, index / width + MARGIN);
            // Writing to a `String` cannot fail.
            let _ = write!(path, "M{x} {y}h1v1h-1z");
        }
    }
    let size = width + 2 * MARGIN;
    Some(format!(
        r#"<svg class="qr-code" viewBox="0 0 {size} {size}" aria-hidden="true"><path d="{path}"/></svg>"#
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_begins_with_the_finder_pattern() {
        let svg = qr_code("https://chat.example/device/backscroll_x").unwrap();
        let first: Vec<String> = (4..11).map(|x| format!("M{x} 4h1v1h-1z")).collect();
        let first = first.concat();
        assert!(svg.contains(&format!(r#"<path d="{first}M"#)), "{svg}");
        assert!(
            !svg.contains("M11 4h"),
            "a light line surrounds the pattern"
        );
        assert_eq!(qr_code(&"x".repeat(5000)), None);
    }
}
