//! Prepares the embedded files: compressed assets, and message catalogs in all languages.
//!
//! Cargo runs this script again when a folder that is read here, or embedded by a macro, has changed.

mod assets;
mod catalog;

use std::{env, error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    for folder in ["build", "locales", "migrations", "static", "templates"] {
        println!("cargo:rerun-if-changed={folder}");
    }
    let out = env::var("OUT_DIR")?;
    let out = Path::new(&out);
    let mut files = assets::read(Path::new("static"))?;
    files.push(assets::emoji());
    let catalogs = catalog::read(Path::new("locales"))?;
    let in_scripts = catalog::used(&files, ".js", "t(\"", '"');
    let in_style_sheets = catalog::used(&files, ".css", "var(--text-", ')');
    for catalog in &catalogs {
        files.push(catalog.script(&in_scripts)?);
        files.push(catalog.error_script());
        files.push(catalog.style_sheet(&in_style_sheets)?);
    }
    assets::write(&files, &out.join("assets"))?;
    fs::write(out.join("messages.rs"), catalog::rust(&catalogs)?)?;
    Ok(())
}
