//! The scripts: which module imports or loads which.

use crate::support::chat::Chat;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

/// Names of modules without `.js`.
type Names = BTreeSet<String>;

/// The text of each module below `static/js`, by name.
fn modules() -> BTreeMap<String, String> {
    let folder = fs::read_dir("static/js").expect("the scripts lie there");
    let modules = folder.map(|entry| {
        let path = entry.expect("it can be listed").path();
        let name = path.file_stem().expect("it has a name").to_string_lossy();
        let text = fs::read_to_string(&path).expect("scripts are text");
        (name.into_owned(), text)
    });
    modules.collect()
}

/// What stands between `before` and the next `after`, wherever `before` occurs.
fn all_between(text: &str, before: &str, after: &str) -> Names {
    let rests = text.split(before).skip(1);
    let found = rests.filter_map(|rest| rest.split_once(after));
    found.map(|(name, _)| name.to_owned()).collect()
}

/// The modules that a module imports, and which are therefore loaded with it.
fn imports_of(text: &str) -> Names {
    let imports = text.lines().filter(|line| line.starts_with("import "));
    let names = imports.flat_map(|line| all_between(line, "\"./", ".js\";"));
    names.collect()
}

/// All modules that a module imports, directly or indirectly.
fn reach(modules: &BTreeMap<String, String>, from: &str) -> Names {
    let mut reached = Names::new();
    let mut ahead = vec![from.to_owned()];
    while let Some(name) = ahead.pop() {
        for import in imports_of(&modules[&name]) {
            if reached.insert(import.clone()) {
                ahead.push(import);
            }
        }
    }
    reached
}

#[tokio::test]
async fn a_room_preloads_exactly_the_modules_that_its_script_imports() {
    let chat = Chat::start().await;
    let page = chat.visitor().get("/rooms/general").await.expect(200).text;
    let links = page.split("<link rel=\"modulepreload\" ").skip(1);
    let preloaded: Names = links
        .flat_map(|link| all_between(link, "/js/", ".js\""))
        .filter(|name| name != "app" && !name.starts_with("locale/"))
        .collect();
    let imported = reach(&modules(), "app");
    assert!(imported.len() > 20, "{imported:?}");
    assert_eq!(preloaded, imported);
}

#[test]
fn no_scripts_import_each_other_in_a_circle() {
    let modules = modules();
    let in_circle = modules
        .keys()
        .filter(|name| reach(&modules, name).contains(*name));
    assert_eq!(in_circle.collect::<Vec<_>>(), Vec::<&String>::new());
}

#[test]
fn every_module_that_is_loaded_when_it_is_needed_exists_and_is_not_loaded_at_the_start() {
    let modules = modules();
    let lazy: Names = modules
        .values()
        .flat_map(|text| {
            let mut names = all_between(text, "loadModule(\"", "\")");
            names.extend(all_between(text, "loadWithStyle(\"", "\")"));
            names
        })
        .collect();
    assert!(lazy.len() > 8, "{lazy:?}");
    let at_start = reach(&modules, "app");
    for name in lazy {
        assert!(modules.contains_key(&name), "there is no {name}.js");
        assert!(!at_start.contains(&name), "{name}.js is loaded twice");
    }
}
