//! What holds for the rendering of any text.

use super::*;
use proptest::prelude::*;

fn fragment() -> impl Strategy<Value = String> {
    let marks = prop::sample::select(vec![
        "*",
        "**",
        "_",
        "~~",
        "`",
        "```",
        "\n",
        "\n\n",
        "> ",
        "- ",
        "1. ",
        "  ",
        "    ",
        "\t",
        "[",
        "]",
        "(",
        ")",
        "](",
        "<",
        ">",
        "</",
        "\"",
        "'",
        "&",
        "&lt;",
        "\\",
        "!",
        "#",
        "# ",
        "---",
        "|-|-:|\n",
        "| a | b |\n",
        "- [ ] ",
        "[x] ",
        "\n# ",
        "\n```js\n",
        "\n```html\n",
        "===",
        "|",
        ":",
        "::",
        "@",
        "@ann",
        ":tada:",
        "/@",
        "(https://a.org/_",
        "\u{301}",
        "\u{1}",
        "\u{2}",
        "\u{f}",
        "https://a.org/",
        "http://",
        "mailto:a@b.c",
        "javascript:",
        "<script>",
        "<b onclick='x'>",
        "<!--",
        "-->",
        "<a@b.c>",
        "<https://x>",
        "[a]: ",
        "a",
        "ann",
        "汉",
        "é",
        " ",
        "=",
        "\u{202e}",
        "{",
        "}",
        "^",
        "$",
    ]);
    let piece = prop_oneof![8 => marks.prop_map(str::to_owned), 1 => "\\PC{0,4}"];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn only_our_tags_are_ever_shown(text in fragment()) {
        if let Some(rendered) = render(&text) {
            assert_only_our_tags(&text, &rendered.html);
        }
    }

    #[test]
    fn any_bytes_are_rendered_with_our_tags_only(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let text = String::from_utf8_lossy(&bytes);
        if let Some(rendered) = render(&text) {
            assert_only_our_tags(&text, &rendered.html);
        }
    }

    #[test]
    fn whoever_is_mentioned_is_shown_as_such(text in fragment()) {
        let html = shown(&text);
        let mut keys: Vec<&str> = Vec::new();
        for part in html.split("data-handle=\"").skip(1) {
            let key = part.split('"').next().unwrap_or_default();
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        let mentioned: Vec<String> = mentions(&text).iter().map(|key| escaped(key)).collect();
        prop_assert_eq!(mentioned, keys);
    }

    #[test]
    fn code_is_shown_as_written_and_mentions_nobody(text in fragment()) {
        let code = format!("a{}z", text.replace(['`', '\n', '\r'], "").replace(|c: char| c.is_control() && c != '\t', ""));
        let body = format!("`{code}`");
        prop_assert_eq!(shown(&body), format!("<code>{}</code>", escaped(&code)));
        prop_assert_eq!(mentions(&body), [""; 0]);
    }

    #[test]
    fn an_address_stays_in_one_piece_and_mentions_nobody(path in "[a-c_*~()&|!/.@:#=?%+-]{0,30}") {
        let address = format!("https://example.org/{path}z");
        let escaped = escaped(&address);
        prop_assert_eq!(shown(&address), link(&escaped, &escaped));
        prop_assert_eq!(mentions(&address), [""; 0]);
    }

    /// A body without Markdown according to `has_syntax` contains none according to the parser, either.
    #[test]
    fn a_body_without_syntax_has_none_for_markdown_either(text in fragment()) {
        if !has_syntax(&text)
            && let Some(rendered) = render_blocks(&protect(&text))
        {
            for tag in ["<em", "<strong", "<del", "<code", "<pre", "<blockquote", "<ul", "<ol", "<h2", "<h3", "<table"] {
                prop_assert!(!rendered.html.contains(tag), "{}: {}", text, rendered.html);
            }
        }
    }
}
