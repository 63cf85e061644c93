//! Scripts and styles without what only their authors need.
//!
//! Line by line and without knowing the languages: safe where no text and no code after a comment goes over several
//! lines, which a test sees to, and where no statement is empty.

/// What a source is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    /// JavaScript.
    Script,
    /// CSS.
    Style,
}

impl Language {
    /// Whether a space between these two separates anything. In scripts, `a + +b` is not `a ++b`; in selectors, `a :b`
    /// is not `a:b`.
    fn separates(self, last: char, next: char) -> bool {
        match self {
            Self::Script if [last, next].iter().all(|c| "+-".contains(*c)) => true,
            Self::Script => ![last, next]
                .iter()
                .any(|c| "{}()[],;:?=<>&|!*%^+-\"'`".contains(*c)),
            Self::Style => !("{},;:>~".contains(last) || "{};>~".contains(next)),
        }
    }

    /// After one of these, the next line may follow at once. In scripts, a line's end after `}` may end a statement.
    const fn goes_on(self) -> &'static [char] {
        match self {
            Self::Script => &['{', '(', '[', ',', ';'],
            Self::Style => &['{', '}', ',', ';'],
        }
    }
}

/// Takes away comments, indentation, empty lines and spaces.
pub(super) fn strip(source: &str, language: Language) -> String {
    let mut stripped = String::with_capacity(source.len());
    let mut is_in_comment = false;
    let mut may_end_in_comment = false;
    for line in source.lines().map(str::trim) {
        is_in_comment |= line.starts_with("/*");
        if !(is_in_comment || line.is_empty() || line.starts_with("//")) {
            let code = without_comment(line);
            if code.starts_with('}') && stripped.ends_with('\n') && !may_end_in_comment {
                stripped.pop();
            }
            squeeze(code, language, &mut stripped);
            may_end_in_comment = code.contains("//");
            if may_end_in_comment || !stripped.ends_with(language.goes_on()) {
                stripped.push('\n');
            }
        }
        is_in_comment &= !line.ends_with("*/");
    }
    stripped
}

/// A comment at the end of a line, behind the end of something. With a quote in it, it could be a part of a text.
fn without_comment(line: &str) -> &str {
    match line.rsplit_once(" // ") {
        Some((code, comment))
            if code.ends_with([';', ',', '{', '[']) && !comment.contains(QUOTES) =>
        {
            code
        }
        _ => line,
    }
}

const QUOTES: [char; 3] = ['"', '\'', '`'];

fn squeeze(line: &str, language: Language, out: &mut String) {
    if language == Language::Script && has_more_than_code(line) {
        return out.push_str(line);
    }
    let mut quote = None;
    let mut last = '\0';
    let mut rest = line.chars().peekable();
    while let Some(now) = rest.next() {
        let next = rest.peek().copied().unwrap_or_default();
        if now == '}' && quote.is_none() && out.ends_with(';') {
            out.pop();
        }
        let is_needless = match now {
            ' ' => !language.separates(last, next),
            // `.5` is as much as `0.5`.
            '0' => language == Language::Style && next == '.' && !last.is_ascii_alphanumeric(),
            _ => false,
        };
        if quote.is_some() || !is_needless {
            out.push(now);
            last = now;
        }
        match quote {
            None if QUOTES.contains(&now) => quote = Some(now),
            Some(begun) if begun == now => quote = None,
            _ => {}
        }
    }
}

/// Whether there may be a template within a template, a regular expression or an escaped quote.
fn has_more_than_code(line: &str) -> bool {
    line.contains('\\')
        || line.matches('`').count() > 2
        || line
            .split(['"', '`'])
            .step_by(2)
            .any(|code| code.contains('/'))
}

#[cfg(test)]
mod tests {
    use super::{Language::*, strip};

    #[test]
    fn comments_and_indentation_stay_at_home() {
        let source = "/* One,\n * two,\n three */\na {\n  b: c; /* kept */\n}\n\n  // d\n  /** e */\nf(\"// g\");\n";
        assert_eq!(strip(source, Style), "a{b:c;/* kept */}f(\"// g\");\n");
        assert_eq!(
            strip("const A = 5; // ms\nb(); // \"\n", Script),
            "const A=5;b(); // \"\n"
        );
    }

    #[test]
    fn spaces_that_separate_stay() {
        for kept in [
            "return a in c",
            "a+ +b- -c",
            "f(\"a , b : {c}\",d)",
            "f(`a , ${b ? \"c, d\" : e}`,f)",
            "f(`a , ${b ? `c, d` : e}`, f)",
            "a.replace(/ , /g, b)",
            "a(\"\\\" , \" , b)",
            "'a , b'",
        ] {
            assert_eq!(strip(kept, Script), format!("{kept}\n"));
        }
        assert_eq!(
            strip("if (a + 1) return [\"b\", { c }];", Script),
            "if(a+1)return[\"b\",{c}];"
        );
        assert_eq!(
            strip("import { a } from \"b\";", Script),
            "import{a}from\"b\";"
        );
        assert_eq!(
            strip("a { b: 0.5rem -0.5rem 10.5px \"0.5\"; }", Style),
            "a{b:.5rem -.5rem 10.5px \"0.5\"}"
        );
        assert_eq!(
            strip("{\n  a = { b }\n  c();\n}\nd(`;}`)\n}\n", Script),
            "{a={b}\nc()}\nd(`;}`)}\n"
        );
        assert_eq!(
            strip("a :b > c, d { e: calc(1px + 2px) \"f ; g\"; }", Style),
            "a :b>c,d{e:calc(1px + 2px) \"f ; g\"}"
        );
    }
}
