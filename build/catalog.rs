//! Parses the message catalogs `locales/*.ftl` and generates typed Rust functions, one JavaScript module per language,
//! and one style sheet per language for texts in style sheets.

use crate::assets::Asset;
use fluent_syntax::{
    ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, Variant, VariantKey},
    parser,
};
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

/// The language of readers for whose languages there is no catalog.
const DEFAULT: &str = "en";

/// The messages of one language.
pub(crate) struct Catalog {
    language: String,
    path: PathBuf,
    /// Patterns by id, in the form that `static/js/locale.js` describes.
    messages: BTreeMap<String, Value>,
}

/// Parses all catalogs below `folder`, the default language first.
pub(crate) fn read(folder: &Path) -> Result<Vec<Catalog>, Box<dyn Error>> {
    let mut catalogs = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = fs::canonicalize(entry?.path())?;
        let language = path.file_stem().unwrap_or_default().to_string_lossy();
        catalogs.push(Catalog {
            messages: parse(&fs::read_to_string(&path)?)
                .map_err(|fault| format!("{}: {fault}", path.display()))?,
            language: language.into_owned(),
            path,
        });
    }
    catalogs.sort_by_key(|catalog| (catalog.language != DEFAULT, catalog.language.clone()));
    Ok(catalogs)
}

fn parse(source: &str) -> Result<BTreeMap<String, Value>, String> {
    let resource = parser::parse(source).map_err(|(_, faults)| format!("{faults:?}"))?;
    let mut messages = BTreeMap::new();
    for entry in resource.body {
        if let Entry::Message(message) = entry {
            let id = message.id.name;
            let value = message.value.ok_or(format!("{id} has no text"))?;
            let value = pattern(&value).map_err(|fault| format!("{id}: {fault}"))?;
            if messages.insert(id.to_owned(), value).is_some() {
                return Err(format!("{id} is defined twice"));
            }
        }
    }
    Ok(messages)
}

/// Converts a pattern into a string, or into a list of its parts.
fn pattern(pattern: &Pattern<&str>) -> Result<Value, String> {
    let mut parts = Vec::new();
    for element in &pattern.elements {
        parts.push(match element {
            PatternElement::TextElement { value } => json!(value),
            PatternElement::Placeable { expression } => placeable(expression)?,
        });
    }
    if parts.iter().all(Value::is_string) {
        let text: String = parts.iter().filter_map(Value::as_str).collect();
        return Ok(text.into());
    }
    Ok(Value::Array(parts))
}

/// Converts a placeable into a literal string, `[argument]`, or `[argument, {case: pattern, …}, default case]`.
fn placeable(expression: &Expression<&str>) -> Result<Value, String> {
    match expression {
        Expression::Inline(InlineExpression::StringLiteral { value }) => Ok(json!(value)),
        Expression::Inline(InlineExpression::VariableReference { id }) => Ok(json!([id.name])),
        Expression::Select {
            selector: InlineExpression::VariableReference { id },
            variants,
        } => {
            let mut cases = Map::new();
            for variant in variants {
                cases.insert(case(variant).to_owned(), pattern(&variant.value)?);
            }
            let default = variants.iter().find(|variant| variant.default).map(case);
            Ok(json!([id.name, cases, default]))
        }
        _ => Err("scripts know literals, arguments and selections by argument only".into()),
    }
}

fn case<'a>(variant: &Variant<&'a str>) -> &'a str {
    match variant.key {
        VariantKey::Identifier { name } => name,
        VariantKey::NumberLiteral { value } => value,
    }
}

/// Returns the arguments of a pattern, in the order of their first use.
fn arguments(pattern: &Value) -> Vec<&str> {
    let mut found: Vec<&str> = Vec::new();
    let parts = pattern.as_array().into_iter().flatten();
    for part in parts.filter_map(Value::as_array) {
        let cases = part.get(1).and_then(Value::as_object);
        let nested = cases.into_iter().flat_map(Map::values).flat_map(arguments);
        for name in part
            .first()
            .and_then(Value::as_str)
            .into_iter()
            .chain(nested)
        {
            if !found.contains(&name) {
                found.push(name);
            }
        }
    }
    found
}

/// Returns the ids of the messages that files of this kind use: all texts between `before` and `after` in them.
pub(crate) fn used(
    assets: &[Asset],
    extension: &str,
    before: &str,
    after: char,
) -> BTreeSet<String> {
    let files = assets
        .iter()
        .filter(|asset| asset.path.ends_with(extension));
    let mut ids = BTreeSet::new();
    for file in files {
        let source = String::from_utf8_lossy(&file.content);
        for (start, _) in source.match_indices(before) {
            let is_whole_name =
                !source[..start].ends_with(|c: char| c.is_alphanumeric() || c == '.');
            let rest = &source[start + before.len()..];
            if let Some((id, _)) = rest.split_once(after).filter(|_| is_whole_name) {
                ids.insert(id.to_owned());
            }
        }
    }
    ids
}

impl Catalog {
    fn pick(&self, ids: &BTreeSet<String>) -> Result<Map<String, Value>, String> {
        let picked = ids.iter().map(|id| match self.messages.get(id) {
            Some(pattern) => Ok((id.clone(), pattern.clone())),
            None => Err(format!("{} has no message {id}", self.path.display())),
        });
        picked.collect()
    }

    /// Generates a module that passes the messages with these ids to `static/js/locale.js`.
    pub(crate) fn script(&self, ids: &BTreeSet<String>) -> Result<Asset, String> {
        let messages = self.pick(ids)?;
        Ok(script(format!("js/locale/{}.js", self.language), messages))
    }

    /// Generates the same for the messages about errors, which `static/js/http.js` loads.
    pub(crate) fn error_script(&self) -> Asset {
        let messages = self.messages.clone().into_iter();
        let messages = messages.filter(|(id, _)| id.starts_with(ERRORS)).collect();
        script(format!("js/locale/errors-{}.js", self.language), messages)
    }

    /// Generates a style sheet with the messages with these ids as custom properties.
    pub(crate) fn style_sheet(&self, ids: &BTreeSet<String>) -> Result<Asset, String> {
        let properties = self
            .pick(ids)?
            .iter()
            .fold(String::new(), |css, (id, text)| {
                format!("{css}  --text-{id}: {text};\n")
            });
        Ok(Asset {
            path: format!("css/locale/{}.css", self.language),
            content: format!(":root {{\n{properties}}}\n").into(),
        })
    }
}

fn script(path: String, messages: Map<String, Value>) -> Asset {
    let messages = Value::Object(messages);
    let content = format!("import {{ load }} from \"../locale.js\";\nload({messages});\n");
    Asset {
        path,
        content: content.into(),
    }
}

/// Beginning of the ids of messages about errors, which are looked up by the code of the error.
const ERRORS: &str = "error-";

/// Generates a function per message of the default language, for `src/web/locale.rs`, except for errors.
pub(crate) fn rust(catalogs: &[Catalog]) -> Result<String, Box<dyn Error>> {
    let default = catalogs.first().ok_or("there is no catalog")?;
    let (mut plain, mut functions) = (Vec::new(), String::new());
    let messages = default.messages.iter();
    for (id, pattern) in messages.filter(|(id, _)| !id.starts_with(ERRORS)) {
        let name = id.replace('-', "_");
        if let Some(text) = pattern.as_str() {
            write!(
                functions,
                "#[doc = {:?}]\n#[must_use]\npub fn {name}(&self) -> &str {{ &self.plain[{}] }}\n",
                format!("`{}`", text.replace('\n', " ")),
                plain.len(),
            )?;
            plain.push(id);
        } else {
            let names = arguments(pattern);
            let list =
                |form: fn(&str) -> String| names.iter().map(|name| form(name)).collect::<String>();
            write!(
                functions,
                "#[doc = \"The message `{id}`.\"]\n#[must_use]\npub fn {name}<'a>(&self{}) -> String {{ self.format(\"{id}\", [{}]) }}\n",
                list(|name| format!(", {name}: impl Into<FluentValue<'a>>")),
                list(|name| format!("(\"{name}\", {name}.into()),")),
            )?;
        }
    }
    let sources = catalogs.iter().fold(String::new(), |list, catalog| {
        format!(
            "{list}({:?}, include_str!({:?})),",
            catalog.language,
            catalog.path.to_string_lossy()
        )
    });
    Ok(format!(
        "const SOURCES: [(&str, &str); {}] = [{sources}];\nconst PLAIN: [&str; {}] = {plain:?};\nimpl Locale {{\n{functions}}}\n",
        catalogs.len(),
        plain.len(),
    ))
}
