//! Dependencies point one way.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// The parts of the crate from the lowest to the highest. Each may know those before it, besides itself.
const LAYERS: [&[&str]; 19] = [
    &["fault"],
    &["error"],
    &["model"],
    &["config"],
    &["store"],
    &["files"],
    &["markdown"],
    &["cache"],
    &["chat"],
    &["event_log"],
    &["auth"],
    &["limits"],
    &["app"],
    &["operations"],
    &["operator"],
    &["web"],
    &["net"],
    &["server", "run", "Server", "SetupOffer"],
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

/// Handlers and what is above them ask operations, so that pages and the API apply the same rules. Commands work with
/// files that no server has open.
#[test]
fn no_handler_knows_the_store() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut offenders = Vec::new();
    for file in rust_files(&src) {
        let text = fs::read_to_string(&file).expect("sources are text");
        let is_handler = ["web", "net"].contains(&part_of(&src, &file).as_str());
        if is_handler && parts_known(&text).contains("store") {
            offenders.push(file);
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

#[test]
fn no_files_know_each_other_in_a_circle() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut texts = BTreeMap::new();
    for file in rust_files(&src) {
        let text = fs::read_to_string(&file).expect("sources are text");
        texts.insert(module_of(&src, &file), code_of(&text));
    }
    let known: BTreeMap<&Module, BTreeSet<&Module>> = texts
        .iter()
        .map(|(module, text)| {
            let paths = paths_used(module, text);
            let owners = paths.iter().filter_map(|path| owner_of(path, &texts));
            (module, owners.filter(|owner| *owner != module).collect())
        })
        .collect();
    assert!(known.values().map(BTreeSet::len).sum::<usize>() > 500);
    let circle = known
        .keys()
        .filter(|module| reaches(&known, module, module));
    let circle: Vec<String> = circle.map(|module| module.join("/")).collect();
    assert!(circle.is_empty(), "{circle:#?}");
}

/// Addresses are relative to the `<base>` of the page, so that the server can be reached below a path. A fragment or query
/// alone would lead to the first page.
#[test]
fn no_page_or_script_names_an_address_from_the_root() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let names = ["href", "action", "formaction", "src", "data-news"];
    let in_pages = names.map(|name| ["/", "#", "?"].map(|start| format!(" {name}=\"{start}")));
    let in_pages = in_pages.concat();
    let mut offenders = Vec::new();
    let mut find = |folder: &str, end: &str, is_at_fault: &dyn Fn(&str) -> bool| {
        for file in files(&root.join(folder), end) {
            let text = fs::read_to_string(&file).expect("sources are text");
            let lines = text.lines().filter(|line| is_at_fault(line));
            offenders.extend(lines.map(|line| format!("{}: {line}", file.display())));
        }
    };
    find("templates", "html", &|line| {
        in_pages.iter().any(|start| line.contains(start))
    });
    find("static/js", "js", &|line| {
        let strings = line.split(['"', '\'', '`']).skip(1);
        let mut paths = strings.filter_map(|text| text.strip_prefix('/'));
        paths.any(|rest| rest.starts_with(|first: char| first.is_ascii_lowercase()))
    });
    find("src", "rs", &|line| line.contains(".path(\"/"));
    assert!(offenders.is_empty(), "{offenders:#?}");
}

/// `["store", "db"]` for `store/db.rs`, `["store"]` for `store/mod.rs`.
type Module = Vec<String>;

fn module_of(src: &Path, file: &Path) -> Module {
    let path = file.strip_prefix(src).expect("it lies there");
    let steps = path.with_extension("");
    let steps = steps.iter().map(|step| step.to_string_lossy().into_owned());
    steps.filter(|step| step != "mod").collect()
}

/// The paths after `crate::` and `super::`, in full.
fn paths_used(module: &[String], text: &str) -> Vec<Module> {
    let mut paths = Vec::new();
    for statement in text.split(';') {
        let words = statement.trim_start().trim_start_matches("pub ");
        let words = words.trim_start_matches("pub(super) ");
        if let Some(tree) = words.strip_prefix("use ") {
            open_braces(Vec::new(), tree.trim(), &mut paths);
        } else {
            let is_path = |c: char| !(c.is_alphanumeric() || c == '_' || c == ':');
            let inline = statement.split(is_path).map(|path| path.split("::"));
            paths.extend(inline.map(|steps| steps.map(str::to_owned).collect()));
        }
    }
    let full = paths.into_iter().filter_map(|path: Module| {
        let up = path.iter().take_while(|step| *step == "super").count();
        match path.first()?.as_str() {
            "crate" => Some(path[1..].to_vec()),
            "super" => Some([&module[..module.len().checked_sub(up)?], &path[up..]].concat()),
            _ => None,
        }
    });
    full.collect()
}

/// Every path of a tree like `a::{b, c::{d, e}}`.
fn open_braces(mut before: Module, tree: &str, paths: &mut Vec<Module>) {
    let (path, group) = tree.split_once('{').unwrap_or((tree, ""));
    let path = path.split(" as ").next().unwrap_or_default();
    let steps = path
        .split("::")
        .map(str::trim)
        .filter(|step| !step.is_empty());
    before.extend(steps.map(str::to_owned));
    if group.is_empty() {
        paths.push(before);
        return;
    }
    let (mut depth, mut begin) = (0, 0);
    for (place, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                let one = group[begin..place].trim();
                if !one.is_empty() {
                    open_braces(before.clone(), one, paths);
                }
                begin = place + 1;
            }
            _ => {}
        }
    }
}

/// The file that a path leads into.
fn owner_of<'a>(path: &[String], texts: &'a BTreeMap<Module, String>) -> Option<&'a Module> {
    let parts = (1..=path.len()).rev().map(|steps| &path[..steps]);
    let mut owners = parts.filter_map(|part| texts.get_key_value(part));
    owners.next().map(|(module, _)| module)
}

fn reaches(known: &BTreeMap<&Module, BTreeSet<&Module>>, from: &Module, to: &Module) -> bool {
    let mut seen = BTreeSet::new();
    let mut ahead: Vec<&Module> = known[from].iter().copied().collect();
    while let Some(module) = ahead.pop() {
        if module == to {
            return true;
        }
        if seen.insert(module) {
            ahead.extend(&known[module]);
        }
    }
    false
}

/// The two places that say what is visible to whom: to programs, and to SQLite.
const POLICY: [&str; 2] = ["chat/policy.rs", "store/visibility.rs"];
/// Ways to spell that rule anew, without white space.
const SPELLINGS: [&str; 16] = [
    "='manager'",
    "is'manager'",
    "'open'",
    "'closed'",
    "=>room.is_open",
    "is_open||",
    "is_open&&",
    "is_open.then",
    "!room.is_open",
    "ifroom.is_open",
    "|room|room.is_open",
    "||room.is_open",
    "||is_open",
    "==RoomKind::Open",
    ".is_member()",
    "member_since.is_",
];
/// Where those words are about something else.
const SOMETHING_ELSE: [(&str, &str, &str); 13] = [
    (
        "store/event_row.rs",
        "='manager'",
        "an event tells the role of a member",
    ),
    (
        "store/memberships.rs",
        "='manager'",
        "a list shows the roles of members",
    ),
    (
        "store/rooms.rs",
        "='manager'",
        "a room is shown with the viewer's role in it",
    ),
    (
        "web/views/room_settings.rs",
        "==RoomKind::Open",
        "only open rooms can be closed",
    ),
    (
        "chat/rooms.rs",
        "==RoomKind::Open",
        "names of open rooms are unique, and only they are closed",
    ),
    (
        "chat/rooms.rs",
        "member_since.is_",
        "whoever closes a room must not lose it by that",
    ),
    (
        "model/event.rs",
        "is_open||",
        "an event knows its audience, which the store found",
    ),
    (
        "store/archive.rs",
        "'open'",
        "export names the kind of a room",
    ),
    (
        "store/archive.rs",
        "'closed'",
        "export names the kind of a room",
    ),
    ("store/rooms.rs", "'open'", "a room is shown with its kind"),
    (
        "store/rooms.rs",
        "'closed'",
        "a room of an unknown kind is shown as a closed one",
    ),
    (
        "model/event.rs",
        "=>room.is_open",
        "an event knows its audience, which the store found",
    ),
    (
        "chat/posts/run.rs",
        "member_since.is_",
        "posting into a room joins it",
    ),
];

#[test]
fn who_may_see_what_is_decided_in_one_place_and_its_translation() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut spelled = BTreeSet::new();
    for file in rust_files(&src) {
        let name = file.strip_prefix(&src).expect("it lies there");
        let name = name.to_string_lossy().into_owned();
        let text = fs::read_to_string(&file).expect("sources are text");
        let code: String = code_of(&text).split_whitespace().collect();
        let found = SPELLINGS
            .iter()
            .filter(|spelling| code.contains(**spelling));
        spelled.extend(found.map(|spelling| (name.clone(), *spelling)));
    }
    spelled.retain(|(name, _)| !POLICY.contains(&name.as_str()));
    for (name, spelling, _) in SOMETHING_ELSE {
        let is_there = spelled.remove(&(name.to_owned(), spelling));
        assert!(is_there, "{spelling} is not in {name} any more");
    }
    assert!(spelled.is_empty(), "ask the policy instead: {spelled:#?}");
}

/// Without comments, and without the tests at its end.
fn code_of(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod tests {").next();
    let lines = code.unwrap_or_default().lines();
    lines
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| [line, "\n"])
        .collect()
}

fn rust_files(directory: &Path) -> Vec<PathBuf> {
    files(directory, "rs")
}

/// The files in a folder and those in it whose names end like this.
fn files(directory: &Path, end: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).expect("sources are there");
    let paths = entries.map(|entry| entry.expect("it can be read").path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files(&path, end)
            } else {
                vec![path]
            }
        })
        .filter(|path| path.extension().is_some_and(|extension| extension == end))
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
