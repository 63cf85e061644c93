//! What is shown of a text, and that nothing of it ever becomes a tag that we did not write.

use super::*;
use proptest::prelude::*;
use std::time::{Duration, Instant};

/// As shown, with its tags; nothing where the text is shown as it is.
fn shown(text: &str) -> String {
    render_prose(text).map_or_else(|| format!("plain: {text}"), |prose| prose.html)
}

#[test]
fn marks_become_tags() {
    for (text, html) in [
        (
            "*a* **b** ~~c~~ `d`",
            "<em>a</em> <strong>b</strong> <del>c</del> <code>d</code>",
        ),
        ("***both***", "<em><strong>both</strong></em>"),
        ("one\ntwo *three*", "one\ntwo <em>three</em>"),
        ("a\n\n*b*", "<p>a</p>\n<p><em>b</em></p>"),
        (
            "```rust\nlet a = b < c;\n\n*\n```",
            "<pre><code tabindex=\"0\">let a = b &#60; c;\n\n*</code></pre>",
        ),
        (
            "> said\n> so\n\nyes",
            "<blockquote>\n<p>said\nso</p>\n</blockquote>\n<p>yes</p>",
        ),
        (
            "- a\n- b *c*",
            "<ul>\n<li>a</li>\n<li>b <em>c</em></li>\n</ul>",
        ),
        (
            "- a\n  - b",
            "<ul>\n<li>a<ul>\n<li>b</li>\n</ul></li>\n</ul>",
        ),
        (
            "3. a\n4. b",
            "<ol start=\"3\">\n<li>a</li>\n<li>b</li>\n</ol>",
        ),
        ("1) a", "<ol>\n<li>a</li>\n</ol>"),
    ] {
        assert_eq!(shown(text), html, "{text}");
    }
}

#[test]
fn what_the_subset_leaves_out_is_shown_as_it_was_typed() {
    for (text, html) in [
        ("# *a*", "<p># <em>a</em></p>"),
        ("*a*\n===", "<p><em>a</em>\n===</p>"),
        ("*a*\n\n---", "<p><em>a</em></p>\n<p>---</p>"),
        ("![a *b*](c.png) *d*", "![a *b*](c.png) <em>d</em>"),
        (
            "*a* <b>c</b> &amp; d",
            "<em>a</em> &#60;b&#62;c&#60;/b&#62; &#38;amp; d",
        ),
        (
            "<div>\n*a*\n</div>",
            "<p>&#60;div&#62;\n*a*\n&#60;/div&#62;</p>",
        ),
        ("|a|b|\n|-|-|\n|*c*|d|", "|a|b|\n|-|-|\n|<em>c</em>|d|"),
        (
            "[a](/here) [b](javascript:x)",
            "[a](/here) [b](javascript:x)",
        ),
        ("[a]: https://example.org/ *", "plain*"),
        ("~5 to ~6 `c`", "~5 to ~6 <code>c</code>"),
        ("*", "*"),
        ("- ", "- "),
    ] {
        let html = html.replace("plain*", concat!(
            r#"[a]: <a href="https://example.org/" target="_blank" rel="nofollow noopener noreferrer ugc">"#,
            "https://example.org/</a> *"
        ));
        assert_eq!(shown(text), html, "{text}");
    }
}

#[test]
fn a_plain_text_is_left_alone() {
    for text in [
        "hello",
        "one\n\n  two  & \"c\" < d",
        "snake_case_name, well: 3.14 (yes) - no + 5 > 4",
        "what?\n#general",
        "a_b_c ~5",
    ] {
        assert_eq!(render_prose(text), None, "{text}");
    }
}

const REL: &str = r#"target="_blank" rel="nofollow noopener noreferrer ugc""#;

fn link(address: &str, text: &str) -> String {
    format!(r#"<a href="{address}" {REL}>{text}</a>"#)
}

#[test]
fn addresses_become_links() {
    for (text, address) in [
        ("(see https://a.org/b_(c)).", "https://a.org/b_(c)"),
        (
            "https://a.org/x?y=1&z=2, and so on",
            "https://a.org/x?y=1&z=2",
        ),
        ("HTTP://A.ORG", "HTTP://A.ORG"),
        ("看https://a.org/路。好", "https://a.org/路"),
        ("**https://a.org/**", "https://a.org/"),
    ] {
        let html = shown(text);
        let address = address.replace('&', "&#38;");
        assert!(html.contains(&link(&address, &address)), "{text}: {html}");
    }
    assert_eq!(
        shown("[a *b*](https://a.org \"c\")"),
        link("https://a.org", "a <em>b</em>")
    );
    assert_eq!(
        shown("<https://a.org>"),
        link("https://a.org", "https://a.org")
    );
    assert_eq!(shown("<ann@a.org>"), link("mailto:ann@a.org", "ann@a.org"));
    for text in [
        "xhttp://a.org",
        "http://",
        "javascript://a.org",
        "://",
        "`http://a.org`",
    ] {
        assert!(!shown(text).contains("<a"), "{text}");
    }
}

#[test]
fn people_are_mentioned_and_emoji_named() {
    let mention = |handle: &str| {
        let low = handle.to_lowercase();
        format!("<span class=\"mention\" data-handle=\"{low}\">@{handle}</span>")
    };
    for (text, handle) in [
        ("@ann", "ann"),
        ("hi @Ann, come", "Ann"),
        ("(@ann.)", "ann"),
        ("**@ann**", "ann"),
        ("叫@ann来", "ann"),
        ("@张三 好", "张三"),
        ("@x[y]| z", "x[y]|"),
        ("> @ann", "ann"),
    ] {
        let html = shown(text);
        assert!(html.contains(&mention(handle)), "{text}: {html}");
    }
    for text in ["ann@a.org", "@", "@ ann", "`@ann`", "```\n@ann\n```", "@@"] {
        assert!(!shown(text).contains("mention"), "{text}: {}", shown(text));
    }
    assert_eq!(shown(":tada: and **:+1:**"), "🎉 and <strong>👍</strong>");
    for text in [":no_such_emoji:", "10:100:5", "`:tada:`", ": tada:"] {
        assert!(shown(text).is_ascii(), "{text}");
    }
}

/// Every tag that may be shown, and nothing that only looks like one.
fn assert_only_our_tags(text: &str, html: &str) {
    const TAGS: [&str; 12] = [
        "p",
        "em",
        "strong",
        "del",
        "code",
        "pre",
        "blockquote",
        "ul",
        "ol",
        "li",
        "a",
        "span",
    ];
    let mut open = Vec::new();
    for part in html.split('<').skip(1) {
        let (tag, _) = part
            .split_once('>')
            .unwrap_or_else(|| panic!("{text:?}: {html}"));
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{text:?}: {html}");
            continue;
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        assert!(TAGS.contains(&name), "{text:?}: {html}");
        open.push(name);
        let value = |start: &str, end: &str| {
            let value = attributes.strip_prefix(start)?.strip_suffix(end)?;
            (!value.contains(['"', '<', '>', '\''])).then_some(value)
        };
        let is_fine = match name {
            "a" => value("href=\"", &format!("\" {REL}")).is_some_and(|address| {
                let low = address.to_lowercase();
                ["http://", "https://", "mailto:"]
                    .iter()
                    .any(|scheme| low.starts_with(scheme))
            }),
            "span" => value("class=\"mention\" data-handle=\"", "\"").is_some(),
            "ol" => {
                attributes.is_empty()
                    || value("start=\"", "\"").is_some_and(|n| n.parse::<u64>().is_ok())
            }
            "code" => ["", "tabindex=\"0\""].contains(&attributes),
            _ => attributes.is_empty(),
        };
        assert!(is_fine, "{text:?}: {html}");
    }
    assert!(open.is_empty(), "{text:?}: {html}");
}

#[test]
fn an_attack_is_a_text() {
    for text in [
        "<script>alert(1)</script> *a*",
        "<img src=x onerror=alert(1)> `a`",
        "<svg/onload=alert(1)>*",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](java\nscript:alert(1))",
        "[a](&#106;avascript:alert(1))",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "[a](vbscript:x)",
        "[a](\u{1}javascript:alert(1))",
        "[a]( javascript:alert(1))",
        "[a](//evil.example)",
        "[a](https://x\" onmouseover=\"alert(1))",
        "[a](<https://x\" onmouseover=\"alert(1)>)",
        "[a](https://x 'title\" onclick=\"alert(1)')",
        "[<img src=x onerror=alert(1)>](https://x)",
        "![a](x\" onerror=\"alert(1))",
        "<https://x\"onclick=alert(1)>",
        "https://x\"onclick=alert(1)",
        "https://x'onclick='alert(1)",
        "https://x<script>",
        "<javascript:alert(1)>",
        "<a@b\"onclick=\"x>",
        "@\"><script>alert(1)</script>",
        "@a`\\|^[]{}<b>",
        "```\"><script>\n</code></pre><script>\n```",
        "`</code><script>`",
        "> <script>\n> *a*\n> </script>",
        "1. <iframe src=x>\n2. <style>*{}</style>",
        "[a]: javascript:alert(1)\n[a] *b*",
        "&lt;script&gt;*a*&#60;script&#62;",
        "<!-- *a* --><![CDATA[<b>]]>",
        "<?php *a* ?><!DOCTYPE a>",
        "*<b>*</b>**<i>**",
        "[a](https://x)<b>[c](https://y",
        "99999999999. a\n0. b",
    ] {
        if let Some(prose) = render_prose(text) {
            assert_only_our_tags(text, &prose.html);
        }
    }
}

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
        "===",
        "|",
        ":",
        "::",
        "@",
        "@ann",
        ":tada:",
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
        if let Some(prose) = render_prose(&text) {
            assert_only_our_tags(&text, &prose.html);
        }
    }

    /// What is left to the fast way would look the same on the slow one.
    #[test]
    fn a_text_without_marks_has_none_for_markdown_either(text in fragment()) {
        if !has_marks(&text)
            && let Some(prose) = render_marks(&text)
        {
            for tag in ["<em", "<strong", "<del", "<code", "<pre", "<blockquote", "<ul", "<ol"] {
                prop_assert!(!prose.html.contains(tag), "{}: {}", text, prose.html);
            }
        }
    }
}

#[test]
fn a_hostile_text_costs_little() {
    const LIMIT: Duration = Duration::from_millis(if cfg!(debug_assertions) { 100 } else { 1 });
    let signs = "[ ] * ** _ ` ~~ < > - ![ []( @ : :a & \\ a* *a_ `a`` <a https:// (https://a 1. [a] ]() <!-- @a. [a](<b";
    let with_space = ["> ", "- ", "1. ", "\t", "\n", "\n>", "a\n", "* \n"];
    for sign in signs.split(' ').chain(with_space) {
        let text = sign.repeat(8000 / sign.len());
        if let Some(prose) = render_prose(&text) {
            assert_only_our_tags(sign, &prose.html);
        }
        let time = || {
            let started = Instant::now();
            render_prose(&text);
            started.elapsed()
        };
        let fastest = (0..3).map(|_| time()).min().unwrap();
        assert!(fastest < LIMIT, "{sign:?} took {fastest:?}");
    }
}
