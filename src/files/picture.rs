//! Decodes pictures, and makes smaller ones of them.

use fast_image_resize::Resizer;
use image::{
    DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder as _, ImageError, ImageFormat,
    ImageReader, Limits,
    codecs::{jpeg::JpegEncoder, png::PngEncoder},
};
use std::{io::Cursor, panic::catch_unwind};

/// Maximum number of pixels of a picture that is decoded.
const PIXELS_MAX: u64 = 50_000_000;
/// Maximum size in bytes of a picture that is decoded.
pub(super) const BYTES_MAX: u64 = 64 << 20;
/// Maximum memory in bytes that decoding takes: four bytes for each pixel, and what decoders need besides.
const MEMORY_MAX: u64 = 256 << 20;
/// The box of a preview in pixels: twice that of a picture in the history, for dense screens.
const PREVIEW: (u32, u32) = (960, 720);
/// Width and height of the picture of a person in pixels.
const PORTRAIT: u32 = 192;
/// Quality of JPEG from 1 to 100.
const QUALITY: u8 = 84;

/// A picture that was decoded.
#[derive(Debug)]
pub(super) struct Picture {
    /// Its width and height, as it is shown.
    pub(super) dimensions: (u32, u32),
    /// A smaller picture of it.
    pub(super) preview: Encoded,
}

/// An encoded picture.
#[derive(Debug)]
pub(super) struct Encoded {
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
    /// Its media type.
    pub(super) media_type: &'static str,
    /// Its width and height.
    pub(super) dimensions: (u32, u32),
}

/// A decoded picture, the right way up.
struct Decoded {
    pixels: DynamicImage,
    /// The colour profile.
    profile: Option<Vec<u8>>,
    /// Whether it was stored without losses.
    is_exact: bool,
}

/// Decodes a picture and makes its preview. Returns `None` if it is damaged or too large.
pub(super) fn read(media_type: &str, bytes: &[u8]) -> Option<Picture> {
    let picture = decode(media_type, bytes)?;
    let (width, height) = (picture.pixels.width(), picture.pixels.height());
    let preview = picture.fit(PREVIEW)?.encode()?;
    Some(Picture {
        dimensions: (width, height),
        preview,
    })
}

/// Returns a square picture of the middle of a picture; `None` if it is damaged or too large.
pub(super) fn portrait(media_type: &str, bytes: &[u8]) -> Option<Encoded> {
    let mut picture = decode(media_type, bytes)?;
    let (width, height) = (picture.pixels.width(), picture.pixels.height());
    let side = width.min(height);
    let (x, y) = ((width - side) / 2, (height - side) / 2);
    picture.pixels = picture.pixels.crop_imm(x, y, side, side);
    picture.fit((PORTRAIT, PORTRAIT))?.encode()
}

/// Decodes a picture within the limits. A decoder that panics has found a damaged picture.
fn decode(media_type: &str, bytes: &[u8]) -> Option<Decoded> {
    let format = ImageFormat::from_mime_type(media_type)?;
    let decoded = catch_unwind(|| decode_as(format, bytes)).ok()?;
    decoded
        .inspect_err(|error| tracing::debug!(%error, "a picture cannot be decoded"))
        .ok()?
}

fn decode_as(format: ImageFormat, bytes: &[u8]) -> Result<Option<Decoded>, ImageError> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS_MAX || decoder.total_bytes() > MEMORY_MAX {
        return Ok(None);
    }
    let orientation = decoder.orientation()?;
    // The profile of a picture in the colours of print is not that of its decoded form.
    let is_print = decoder.original_color_type() == ExtendedColorType::Cmyk8;
    let profile = decoder.icc_profile()?.filter(|_| !is_print);
    let pixels = DynamicImage::from_decoder(decoder)?;
    let mut pixels = if pixels.color().has_alpha() {
        DynamicImage::ImageRgba8(pixels.into_rgba8())
    } else {
        DynamicImage::ImageRgb8(pixels.into_rgb8())
    };
    pixels.apply_orientation(orientation);
    let is_exact = matches!(format, ImageFormat::Png | ImageFormat::Gif);
    Ok(Some(Decoded {
        pixels,
        profile,
        is_exact,
    }))
}

impl Decoded {
    /// Returns the picture, made smaller if it is larger than a box.
    fn fit(self, (width, height): (u32, u32)) -> Option<Self> {
        let (from_width, from_height) = (self.pixels.width(), self.pixels.height());
        if from_width <= width && from_height <= height {
            return Some(self);
        }
        let scale = f64::from(width) / f64::from(from_width);
        let scale = scale.min(f64::from(height) / f64::from(from_height));
        let scaled = |length: u32| {
            // A side of a box, at most.
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a positive number that is at most the side of a box"
            )]
            let scaled = (f64::from(length) * scale).round() as u32;
            scaled.max(1)
        };
        let (to_width, to_height) = (scaled(from_width), scaled(from_height));
        let mut pixels = DynamicImage::new(to_width, to_height, self.pixels.color());
        Resizer::new()
            .resize(&self.pixels, &mut pixels, None)
            .ok()?;
        Some(Self {
            pixels,
            is_exact: false,
            ..self
        })
    }

    /// Encodes the picture: without losses if it is transparent, or has the pixels of a drawing or a screenshot.
    fn encode(self) -> Option<Encoded> {
        let dimensions = (self.pixels.width(), self.pixels.height());
        let is_png = self.is_exact || self.pixels.color().has_alpha();
        let mut bytes = Vec::new();
        let pixels = self.pixels.as_bytes();
        let color = self.pixels.color().into();
        let (width, height) = dimensions;
        let written = if is_png {
            let mut encoder = PngEncoder::new(&mut bytes);
            add_profile(&mut encoder, self.profile);
            encoder.write_image(pixels, width, height, color)
        } else {
            let mut encoder = JpegEncoder::new_with_quality(&mut bytes, QUALITY);
            add_profile(&mut encoder, self.profile);
            encoder.write_image(pixels, width, height, color)
        };
        written.ok()?;
        Some(Encoded {
            bytes,
            media_type: if is_png { "image/png" } else { "image/jpeg" },
            dimensions,
        })
    }
}

/// Adds a colour profile. Without it, colours are a little off.
fn add_profile(encoder: &mut impl image::ImageEncoder, profile: Option<Vec<u8>>) {
    if let Some(profile) = profile {
        let _ = encoder.set_icc_profile(profile);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let picture = DynamicImage::new_luma8(width, height);
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn a_preview_fits_into_its_box() {
        let large = encoded(3000, 1000, ImageFormat::Jpeg);
        let picture = read("image/jpeg", &large).unwrap();
        assert_eq!(picture.dimensions, (3000, 1000));
        assert_eq!(picture.preview.dimensions, (960, 320));
        assert_eq!(picture.preview.media_type, "image/jpeg");
        let small = read("image/png", &encoded(20, 10, ImageFormat::Png)).unwrap();
        assert_eq!(small.preview.dimensions, (20, 10));
        assert_eq!(small.preview.media_type, "image/png");
    }

    #[test]
    fn a_portrait_is_a_square_of_the_middle() {
        let made = portrait("image/png", &encoded(800, 300, ImageFormat::Png)).unwrap();
        assert_eq!(made.dimensions, (PORTRAIT, PORTRAIT));
    }

    #[test]
    fn a_picture_with_too_many_pixels_is_not_decoded() {
        // 100 megapixels in half a megabyte.
        let bomb = encoded(10_000, 10_000, ImageFormat::Png);
        assert!(bomb.len() < 1_000_000, "{}", bomb.len());
        assert!(read("image/png", &bomb).is_none());
        let mut lying = encoded(20, 10, ImageFormat::Png);
        lying[16..24].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
        assert!(read("image/png", &lying).is_none());
    }

    #[test]
    fn what_is_no_picture_is_none() {
        for bytes in [&b"\x89PNG\r\n\x1a\n"[..], b"", b"<svg/>", b"GIF89a"] {
            for media_type in ["image/png", "image/jpeg", "image/gif", "image/webp"] {
                assert!(read(media_type, bytes).is_none());
            }
        }
    }
}
