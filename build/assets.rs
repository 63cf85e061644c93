//! Compresses the files below `static/`, and the generated ones, at build time.
//!
//! The result is a tree with one folder per content coding: `identity/`, `br/` and `gzip/`.

use brotli::enc::BrotliEncoderParams;
use flate2::{Compression, write::GzEncoder};
use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

/// Smallest size in bytes at which files are compressed. Smaller ones fit into one packet anyway.
const COMPRESSED_MIN: usize = 1024;

/// A file to be embedded.
pub(crate) struct Asset {
    /// Path below `/assets/{fingerprint}/`.
    pub(crate) path: String,
    /// The uncompressed content.
    pub(crate) content: Vec<u8>,
}

/// Reads all files below `root`.
pub(crate) fn read(root: &Path) -> io::Result<Vec<Asset>> {
    let mut assets = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(name) = path.strip_prefix(root) {
                assets.push(Asset {
                    path: name.to_string_lossy().replace('\\', "/"),
                    content: fs::read(&path)?,
                });
            }
        }
    }
    Ok(assets)
}

/// Returns a list of all emoji that have a name, as `[["👍","+1 thumbsup"],…]` in Unicode order.
pub(crate) fn emoji() -> Asset {
    let named: Vec<String> = emojis::iter()
        .filter(|emoji| emoji.shortcode().is_some())
        .map(|emoji| {
            let names: Vec<&str> = emoji.shortcodes().collect();
            // Neither an emoji nor its names contain characters that JSON would escape.
            format!("[\"{emoji}\",\"{}\"]", names.join(" "))
        })
        .collect();
    Asset {
        path: "emoji.json".into(),
        content: format!("[{}]", named.join(",")).into_bytes(),
    }
}

/// Writes all assets below `root`, in each coding that makes them smaller.
pub(crate) fn write(assets: &[Asset], root: &Path) -> io::Result<()> {
    if root.exists() {
        fs::remove_dir_all(root)?;
    }
    for Asset { path, content } in assets {
        write_file(&root.join("identity").join(path), content)?;
        if content.len() < COMPRESSED_MIN {
            continue;
        }
        for (coding, encoded) in [("br", brotli(content)?), ("gzip", gzip(content)?)] {
            if encoded.len() < content.len() {
                write_file(&root.join(coding).join(path), &encoded)?;
            }
        }
    }
    Ok(())
}

fn write_file(path: &Path, content: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, content)
}

fn brotli(mut content: &[u8]) -> io::Result<Vec<u8>> {
    let best = BrotliEncoderParams {
        quality: 11,
        ..BrotliEncoderParams::default()
    };
    let mut encoded = Vec::new();
    brotli::BrotliCompress(&mut content, &mut encoded, &best)?;
    Ok(encoded)
}

fn gzip(content: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    encoder.finish()
}
