use super::*;

fn coloured(info: &str, code: &str) -> String {
    let mut html = Html::with_capacity(0);
    Fence::parse(info).write_code(&mut html, code);
    html.text
}

/// Returns the coloured pieces, each as its class and its text.
fn pieces(info: &str, code: &str) -> Vec<(char, String)> {
    let html = coloured(info, code);
    html.split("<span class=\"")
        .skip(1)
        .map(|part| {
            let (class, text) = part.split_once("\">").unwrap();
            let text = text.split_once("</span>").unwrap().0;
            (class.chars().next().unwrap(), text.to_owned())
        })
        .collect()
}

#[test]
fn keywords_are_in_order_and_names_are_lower_case_and_unique() {
    let mut names = Vec::new();
    for language in languages::ALL {
        assert!(language.keywords.is_sorted(), "{}", language.label);
        assert!(!language.label.is_empty());
    }
    for name in [
        "rust", "go", "js", "ts", "py", "sh", "sql", "json", "yaml", "toml", "html", "css", "diff",
    ] {
        let label = languages::find(name)
            .unwrap_or_else(|| panic!("{name}"))
            .label;
        assert!(!names.contains(&label), "{label}");
        names.push(label);
    }
}

#[test]
fn words_strings_numbers_calls_and_comments_have_colours() {
    for (info, code, expected) in [
        (
            "go",
            "func doors(c Concert) { return c.Add(-45 * time.Minute) } // early",
            "k func,f doors,k return,f Add,d 45,c // early",
        ),
        (
            "rust",
            "let a: &'a str = \"b\\\"c\"; 'x'",
            "k let,s &#34;b\\&#34;c&#34;,s &#39;x&#39;",
        ),
        ("Rust,ignore", "fn f<'a>() {}", "k fn"),
        (
            "sh",
            "curl -H 'Last: 41' $# # say",
            "s &#39;Last: 41&#39;,c # say",
        ),
        (
            "python",
            "\"\"\"a\nb\"\"\"\nx = 0x1f",
            "s &#34;&#34;&#34;a\nb&#34;&#34;&#34;,d 0x1f",
        ),
        ("sql", "SELECT * FROM t -- all", "k SELECT,k FROM,c -- all"),
        (
            "json",
            "{\"a\": \"b\", \"c\": true}",
            "f &#34;a&#34;,s &#34;b&#34;,f &#34;c&#34;,k true",
        ),
        ("yaml", "a-b: don't", "f a-b"),
        (
            "html",
            "<p class=\"a\">b</p><!-- c -->",
            "k p,f class,s &#34;a&#34;,k p,c &#60;!-- c --&#62;",
        ),
        ("diff", "@@ 1\n-a\n+b\n c", "c @@ 1,d -a,s +b"),
        ("js", "/* a", "c /* a"),
        ("js", "'a\nb", "s &#39;a"),
    ] {
        let found: Vec<String> = pieces(info, code)
            .into_iter()
            .map(|(class, text)| format!("{class} {text}"))
            .collect();
        assert_eq!(found.join(","), expected, "{info}: {code}");
    }
}

#[test]
fn code_in_an_unknown_language_and_long_code_have_no_colours() {
    assert_eq!(coloured("", "return 1"), "return 1");
    assert_eq!(coloured("cobol", "return 1"), "return 1");
    assert!(!coloured("js", &"return 1;\n".repeat(2000)).contains('<'));
    let dense = coloured("js", &"1 ".repeat(8000));
    assert_eq!(dense.matches("<span").count(), SPANS_MAX);
    assert_eq!(dense.matches('1').count(), 8000);
}

#[test]
fn the_block_says_its_language() {
    let start = |info: &str| {
        let mut html = Html::with_capacity(0);
        Fence::parse(info).write_start(&mut html);
        html.text
    };
    assert_eq!(
        start("golang"),
        "<pre data-language=\"Go\"><code tabindex=\"0\">"
    );
    assert_eq!(
        start("zig"),
        "<pre data-language=\"zig\"><code tabindex=\"0\">"
    );
    for info in ["", "\"><script>", &"a".repeat(21)] {
        assert_eq!(start(info), "<pre><code tabindex=\"0\">");
    }
}
