//! Prepares what the program embeds: assets in the encodings in which they are served.
//!
//! Cargo runs this again when one of the folders that are read here, or embedded by a macro, has changed.

mod assets;

use std::{env, error::Error, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    for folder in ["build", "migrations", "static", "templates"] {
        println!("cargo:rerun-if-changed={folder}");
    }
    let out = env::var("OUT_DIR")?;
    let mut files = assets::read(Path::new("static"))?;
    files.push(assets::emoji());
    assets::write(&files, &Path::new(&out).join("assets"))?;
    Ok(())
}
