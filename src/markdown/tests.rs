//! Tests of rendered bodies, and of the guarantee that user text never becomes a tag outside of the subset.

mod properties;

use super::*;
use crate::model::user::mention_key;
use std::time::{Duration, Instant};

/// Returns the HTML, or `plain: …` for a body that is shown unchanged.
fn shown(text: &str) -> String {
    render(text).map_or_else(|| format!("plain: {text}"), |rendered| rendered.html)
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
            "<pre data-language=\"Rust\"><code tabindex=\"0\"><span class=\"k\">let</span> a = b &#60; c;\n\n*</code></pre>",
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
        ("# *a*", "<h2><em>a</em></h2>"),
        ("a\n### b\nc", "<p>a</p>\n<h3>b</h3>\n<p>c</p>"),
        (
            "- [ ] a\n- [x] *b*",
            "<ul>\n<li><span class=\"task\">☐</span>a</li>\n<li><span class=\"task done\">☑</span><em>b</em></li>\n</ul>",
        ),
        (
            "|a|b|\n|-|-:|\n|*c*|@d|",
            "<div class=\"table\" tabindex=\"0\"><table><tr><th>a</th><th class=\"end\">b</th></tr>\n\
             <tr><td><em>c</em></td><td class=\"end\"><span class=\"mention\" data-handle=\"d\">@d</span></td></tr>\n\
             </table></div>",
        ),
    ] {
        assert_eq!(shown(text), html, "{text}");
    }
}

#[test]
fn what_the_subset_leaves_out_is_shown_as_it_was_typed() {
    for (text, html) in [
        ("# #\n*a*", "<p># #</p>\n<p><em>a</em></p>"),
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
        ("|a|b|\n|*c*|d|", "|a|b|\n|<em>c</em>|d|"),
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
        "####### a",
        "a | b",
        "a_b_c ~5",
    ] {
        assert_eq!(render(text), None, "{text}");
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
        ("_https://a.org/b_c_", "https://a.org/b_c"),
        ("[see https://a.org/b]", "https://a.org/b"),
        (
            "https://a.org/requests/__init__.py",
            "https://a.org/requests/__init__.py",
        ),
        (
            "https://a.org/Un_-_Delete_all_(Bulk_deletion)",
            "https://a.org/Un_-_Delete_all_(Bulk_deletion)",
        ),
        ("https://a.org/wiki/_foo_", "https://a.org/wiki/_foo_"),
        ("https://a.org/?q=*rust*&x=1", "https://a.org/?q=*rust*&x=1"),
        ("https://a.org/~~old~~/x", "https://a.org/~~old~~/x"),
        (
            "https://a.org/struct._Bar_.html",
            "https://a.org/struct._Bar_.html",
        ),
        ("*see https://a.org/a*b*c*", "https://a.org/a*b*c"),
        (
            "https://a.org/[a]\\b|!c&copy;d",
            "https://a.org/[a]\\b|!c&copy;d",
        ),
    ] {
        let html = shown(text);
        let address = address.replace('&', "&#38;");
        assert_eq!(html.matches("<a ").count(), 1, "{text}: {html}");
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
    assert_eq!(
        shown("[https://b.org/_b_](https://a.org/_a_)"),
        link("https://a.org/_a_", "https://b.org/_b_")
    );
    assert_eq!(
        shown("`https://a.org/_b_`"),
        "<code>https://a.org/_b_</code>"
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
        let low = mention_key(handle);
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
        ("[@ann]", "ann"),
        ("{@ann}", "ann"),
        ("|@ann|", "ann"),
        ("_@ann_", "ann"),
        ("__@ann__", "ann"),
        ("@ann|@bob", "ann"),
        ("@ann.smith", "ann.smith"),
        ("@ann: @bob", "ann"),
        ("@ann@bob", "ann"),
        ("@ann@bob.", "ann"),
        ("@ann/@bob", "bob"),
        ("@ann's", "ann"),
        ("@renée", "renée"),
        ("@Jose\u{301}!", "Jose\u{301}"),
        ("@Élise", "Élise"),
        ("@Василий", "Василий"),
        ("@विक्रम है", "विक्रम"),
        ("@สมศักดิ์ ครับ", "สมศักดิ์"),
        ("@علی\u{200c}رضا", "علی\u{200c}رضا"),
        ("@ann은", "ann"),
    ] {
        let html = shown(text);
        assert!(html.contains(&mention(handle)), "{text}: {html}");
    }
    for text in [
        "ann@a.org",
        "josé@a.org",
        "@ann@a.org",
        "hi @ann@a.org.",
        "@ann.@a-b.org",
        "@",
        "@ ann",
        "`@ann`",
        "```\n@ann\n```",
        "@@",
        "https://mastodon.social/@ann",
        "mastodon.social/@ann",
        "[@ann](https://a.org)",
        "[a](https://a.org/@ann)",
        "<https://a.org/@ann>",
        "@.",
        "@\u{301}",
    ] {
        assert!(!shown(text).contains("mention"), "{text}: {}", shown(text));
        assert_eq!(mentions(text), [""; 0], "{text}");
    }
    assert_eq!(shown(":tada: and **:+1:**"), "🎉 and <strong>👍</strong>");
    assert_eq!(shown(":tada::+1:"), "🎉👍");
    assert_eq!(shown("(:tada:), 好:tada:好"), "(🎉), 好🎉好");
    for text in [
        ":no_such_emoji:",
        "10:100:5",
        "`:tada:`",
        ": tada:",
        "a::tada:c",
        "a:tada:c",
        "std::tada::iterator",
        "::tada::",
        "http://x:100:y",
        "10:30:45",
        ":tada:x",
    ] {
        assert!(shown(text).is_ascii(), "{text}");
    }
}

/// Asserts that there are only well-nested tags and attributes of the subset, and no mention in code or in a link.
fn assert_only_our_tags(text: &str, html: &str) {
    const TAGS: [&str; 19] = [
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
        "h2",
        "h3",
        "div",
        "table",
        "tr",
        "th",
        "td",
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
            "span" if open.contains(&"pre") => value("class=\"", "\"")
                .is_some_and(|class| ["k", "s", "f", "d", "c"].contains(&class)),
            "span" => {
                let is_shown = open.iter().all(|tag| !["code", "a"].contains(tag));
                let is_mention = value("class=\"mention\" data-handle=\"", "\"").is_some();
                let is_task = ["class=\"task\"", "class=\"task done\""].contains(&attributes);
                (is_shown && is_mention) || is_task
            }
            "pre" => attributes.is_empty() || value("data-language=\"", "\"").is_some(),
            "div" => attributes == "class=\"table\" tabindex=\"0\"",
            "th" | "td" => ["", "class=\"end\"", "class=\"center\""].contains(&attributes),
            "ol" => {
                attributes.is_empty()
                    || value("start=\"", "\"").is_some_and(|n| n.parse::<u64>().is_ok())
            }
            "code" => ["", "tabindex=\"0\""].contains(&attributes),
            _ => attributes.is_empty(),
        };
        assert!(is_fine, "{text:?}: {html}");
        open.push(name);
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
        if let Some(rendered) = render(text) {
            assert_only_our_tags(text, &rendered.html);
        }
    }
}

fn escaped(text: &str) -> String {
    let mut html = Html::with_capacity(text.len());
    html.escape(text);
    html.text
}

#[test]
fn a_message_mentions_each_person_once_and_at_most_fifty() {
    let body =
        "@Élise, @ann: `@code` https://a.org/@bob [@x](https://a.org) @ANN @e\u{301}lise *@cara*";
    assert_eq!(mentions(body), ["élise", "ann", "cara"]);
    let many: Vec<_> = (0..60).map(|n| format!("@p{n}")).collect();
    let many = many.join(" ");
    assert_eq!(mentions(&many).len(), MENTIONS_MAX);
    assert_eq!(
        shown(&many).matches("class=\"mention\"").count(),
        MENTIONS_MAX
    );
}

#[test]
fn emoji_alone_are_large_however_they_were_written() {
    for text in ["👏", ":tada:", ":tada::+1: 👏", "❤️"] {
        assert_eq!(
            render(text).map(|rendered| rendered.form),
            Some(Form::Emoji),
            "{text}"
        );
    }
    for text in [":tada: x", "**👏** x", ":+1::+1::+1::+1:", "> 👏"] {
        assert_ne!(
            render(text).map(|rendered| rendered.form),
            Some(Form::Emoji),
            "{text}"
        );
    }
}

#[test]
fn a_hostile_text_costs_little() {
    const LIMIT: Duration = Duration::from_millis(if cfg!(debug_assertions) { 100 } else { 1 });
    let signs = "[ ] * ** _ ` ~~ < > - ![ []( @ : :a & \\ a* *a_ `a`` <a https:// (https://a 1. [a] ]() <!-- @a. [a](<b @a/ @a] @[ @{a}} https://[ https://_a_ a/@a :tada: https://a](";
    let with_space = [
        "> ", "- ", "1. ", "\t", "\n", "\n>", "a\n", "* \n", "# ", "- [ ] ", "|", "|-|\n", "| - ",
    ];
    // Rows of a table that are filled up with cells, and code that is hard to colour.
    let wide = format!(
        "{}\n{}\n{}",
        "|a".repeat(2000),
        "|-".repeat(2000),
        "a\n".repeat(200)
    );
    let long = format!(
        "{}\n{}\n{}",
        "|a".repeat(20),
        "|-".repeat(20),
        "a\n".repeat(3900)
    );
    let code = ["\"\\\"", "'", "1 ", "a(", "/*", "// ", "`", "#"]
        .map(|sign| format!("```js\n{}\n```", sign.repeat(8000 / sign.len())));
    let repeated = signs
        .split(' ')
        .chain(with_space)
        .map(|sign| sign.repeat(8000 / sign.len()));
    for text in repeated.chain([wide, long]).chain(code) {
        let sign = &text[..text.len().min(12)];
        if let Some(rendered) = render(&text) {
            assert_only_our_tags(sign, &rendered.html);
        }
        let time = || {
            let started = Instant::now();
            std::hint::black_box(render(&text));
            started.elapsed()
        };
        let fastest = (0..3).map(|_| time()).min().unwrap();
        assert!(fastest < LIMIT, "{sign:?} took {fastest:?}");
        let length = render(&text).map_or(0, |rendered| rendered.html.len());
        assert!(length < 60 * text.len(), "{sign:?} becomes {length} bytes");
    }
}
