//! Dependencies point one way.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// The parts of the crate from the lowest to the highest. Each may know those before it, besides itself.
const LAYERS: [&[&str]; 14] = [
    &["error", "config"],
    &["model"],
    &["store"],
    &["markdown"],
    &["cache"],
    &["chat"],
    &["event_log"],
    &["auth"],
    &["app"],
    &["operations"],
    &["web"],
    &["net"],
    &["server", "run", "Server"],
    &["cli"],
];

#[test]
fn every_part_knows_only_those_below_it() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut offenders = Vec::new();
    for file in rust_files(&src) {
        let part = part_of(&src, &file);
        if part == "lib" || part == "main" {
            continue;
        }
        let height = |name: &str| LAYERS.iter().position(|layer| layer.contains(&name));
        let own =
            height(&part).unwrap_or_else(|| panic!("say where {part} stands among the layers"));
        let text = fs::read_to_string(&file).expect("sources are text");
        for known in parts_known(&text) {
            if known != part && height(&known).is_none_or(|layer| layer >= own) {
                offenders.push(format!(
                    "{} knows {known}",
                    file.strip_prefix(&src).expect("it lies there").display()
                ));
            }
        }
    }
    assert!(offenders.is_empty(), "{offenders:#?}");
}

#[test]
fn only_the_store_speaks_sql() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let speakers = rust_files(&src).into_iter().filter(|file| {
        let text = fs::read_to_string(file).expect("sources are text");
        ["sqlx::query(", "sqlx::query_as(", "sqlx::query_scalar("]
            .iter()
            .any(|call| text.contains(call))
    });
    let parts: BTreeSet<String> = speakers.map(|file| part_of(&src, &file)).collect();
    assert_eq!(parts.into_iter().collect::<Vec<_>>(), ["store"]);
}

fn rust_files(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).expect("sources are there");
    let paths = entries.map(|entry| entry.expect("it can be read").path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                rust_files(&path)
            } else {
                vec![path]
            }
        })
        .filter(|path| path.extension().is_some_and(|end| end == "rs"))
        .collect()
}

/// The first step of its path: `store` for `store/db.rs`, `app` for `app.rs`.
fn part_of(src: &Path, file: &Path) -> String {
    let path = file.strip_prefix(src).expect("it lies there");
    let first = path
        .iter()
        .next()
        .expect("a path has steps")
        .to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

/// What follows `crate::` (or, in `main.rs`, the name of the crate), braces opened.
fn parts_known(text: &str) -> BTreeSet<String> {
    let code: String = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| [line, "\n"])
        .collect();
    let mut known = BTreeSet::new();
    for rest in code
        .split("crate::")
        .skip(1)
        .chain(code.split("backscroll::").skip(1))
    {
        match rest.strip_prefix('{') {
            Some(group) => known.extend(heads_of_group(group)),
            None => known.extend(Some(head(rest))),
        }
    }
    known.remove("");
    known
}

fn heads_of_group(group: &str) -> Vec<String> {
    let mut depth = 0;
    let mut heads = vec![String::new()];
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => heads.push(String::new()),
            c if depth == 0 => heads.last_mut().expect("there is one").push(c),
            _ => {}
        }
    }
    heads.iter().map(|path| head(path.trim())).collect()
}

fn head(path: &str) -> String {
    path.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}
