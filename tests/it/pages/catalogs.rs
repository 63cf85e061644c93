//! The message catalogs: complete in every language, without messages that nothing uses.
//!
//! A message that a script or a style sheet uses and a catalog does not have already fails the build; so does one
//! that Rust or a template uses and `locales/en.ftl` does not have.

use backscroll::web::problem::codes;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// The placeholders of each message of a catalog.
type Messages = BTreeMap<String, BTreeSet<String>>;

fn catalogs() -> BTreeMap<PathBuf, Messages> {
    let paths = files(Path::new("locales"));
    paths
        .into_iter()
        .map(|path| {
            let messages = messages(&text(&path));
            (path, messages)
        })
        .collect()
}

fn messages(source: &str) -> Messages {
    let mut messages = Messages::new();
    let mut id = String::new();
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        if let Some((name, _)) = line.split_once(" =").filter(|_| !line.starts_with(' ')) {
            name.clone_into(&mut id);
            let former = messages.insert(id.clone(), BTreeSet::new());
            assert_eq!(former, None, "{id} is defined twice");
        }
        for rest in line.split('$').skip(1) {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '-');
            let name = rest[..end.unwrap_or(rest.len())].to_owned();
            messages.entry(id.clone()).or_default().insert(name);
        }
    }
    messages
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder can be read");
    let paths = entries.map(|entry| entry.expect("it can be read").path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).expect("it is text")
}

#[test]
fn every_language_has_the_same_messages_with_the_same_placeholders() {
    let catalogs = catalogs();
    let english = &catalogs[Path::new("locales/en.ftl")];
    assert!(english.len() > 100);
    for (path, messages) in &catalogs {
        let missing: Vec<_> = english
            .keys()
            .filter(|id| !messages.contains_key(*id))
            .collect();
        assert!(missing.is_empty(), "{} lacks {missing:?}", path.display());
        let unknown: Vec<_> = messages
            .keys()
            .filter(|id| !english.contains_key(*id))
            .collect();
        assert!(
            unknown.is_empty(),
            "{} alone has {unknown:?}",
            path.display()
        );
        for (id, placeholders) in messages {
            // A language without plurals need not ask for the number, and never knows more than English.
            let known = &english[id];
            let is_same = placeholders == known || known.difference(placeholders).eq(["count"]);
            assert!(is_same, "{}: {id} has {placeholders:?}", path.display());
        }
    }
}

#[test]
fn every_error_has_a_message_in_every_language() {
    for (path, messages) in catalogs() {
        let codes = codes().into_iter();
        let missing: Vec<_> = codes
            .filter(|code| !messages.contains_key(&format!("error-{code}")))
            .collect();
        assert!(missing.is_empty(), "{} lacks {missing:?}", path.display());
    }
}

#[test]
fn every_message_is_used() {
    let sources: String = ["src", "templates", "static/js", "static/css"]
        .iter()
        .flat_map(|folder| files(Path::new(folder)))
        .map(|path| text(&path))
        .collect();
    let catalogs = catalogs();
    let unused = catalogs[Path::new("locales/en.ftl")].keys().filter(|id| {
        let function = format!(".{}(", id.replace('-', "_"));
        let uses = [function, format!("t(\"{id}\""), format!("var(--text-{id})")];
        let is_error = |id: &str| codes().iter().any(|code| id == format!("error-{code}"));
        !is_error(id) && !uses.iter().any(|used| sources.contains(used))
    });
    assert_eq!(unused.collect::<Vec<_>>(), Vec::<&String>::new());
}

#[test]
fn scripts_write_out_the_names_of_their_messages() {
    for path in files(Path::new("static/js")) {
        if path.ends_with("locale.js") {
            continue;
        }
        for line in text(&path).lines() {
            for (start, _) in line.match_indices("t(") {
                let before = line[..start].chars().next_back();
                let is_call = !before.is_some_and(|c| c.is_alphanumeric() || "._$#".contains(c));
                let is_literal = line[start..].starts_with("t(\"");
                assert!(!is_call || is_literal, "{}: {line}", path.display());
            }
        }
    }
}
