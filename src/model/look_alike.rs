//! Folds handles and names, so that names which look alike are equal.

use unicode_normalization::UnicodeNormalization as _;
use unicode_security::confusable_detection::skeleton;

/// Folds a handle: handles that people may confuse have the same folding. Capitals, compatibility forms (`ＡＮＮ`), and
/// letters of other scripts that look the same are folded, using the prototypes of UTS 39, section 4. ASCII is only
/// converted to lower case: `rn` and `m`, or `1` and `l`, remain different.
#[must_use]
pub fn fold_handle(handle: &str) -> String {
    look(&handle.nfkc().collect::<String>().to_lowercase())
}

/// Folds a display name like a handle. Any sequence of white space becomes one space.
#[must_use]
pub fn fold_name(name: &str) -> String {
    fold_handle(&spaced(name))
}

/// Returns the foldings of a handle or name that no other account may have: its own folding; that of its capitals,
/// which may look like those of another script where the small letters do not (`ΑΝΝ` in Greek); and its lower case,
/// which is the folding in files of earlier versions.
#[must_use]
pub fn foldings(text: &str) -> [String; 3] {
    let text = spaced(text);
    let capitals = look(&text.nfkc().collect::<String>());
    [
        fold_handle(&text),
        fold_handle(&capitals),
        text.to_lowercase(),
    ]
}

fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn look(text: &str) -> String {
    let mut look = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            look.push(c);
        } else {
            look.extend(skeleton(c.encode_utf8(&mut [0; 4])));
        }
    }
    look
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_that_look_alike_share_a_folding() {
        for (handle, other) in [
            ("Ann", "ann"),
            ("ann", "аnn"),
            ("ann", "ＡＮＮ"),
            ("Ann", "ΑΝΝ"),
            ("bob", "ВОВ"),
            ("backscroll", "bаckѕсrоⅼⅼ"),
            ("kim", "kіm"),
            ("Renée", "rene\u{301}e"),
            ("Василий", "василий"),
            ("Βασίλης", "ΒΑΣΊΛΗΣ"),
            ("cafe", "ｃａｆｅ"),
        ] {
            let taken = fold_handle(handle);
            assert!(foldings(other).contains(&taken), "{other}: {taken}");
        }
        for (handle, other) in [
            ("ann", "anna"),
            ("burn", "bum"),
            ("al1", "all"),
            ("renee", "renée"),
            ("张三", "张二"),
            ("o", "0"),
        ] {
            let taken = fold_handle(handle);
            assert!(!foldings(other).contains(&taken), "{other}: {taken}");
        }
    }

    #[test]
    fn names_that_look_alike_share_a_folding() {
        for (name, other) in [
            ("Ann Smith", "ann  smith"),
            ("Ann Smith", "Аnn\u{a0}Smith"),
            ("ann", "Ann"),
        ] {
            assert!(foldings(other).contains(&fold_name(name)), "{other}");
        }
        assert!(!foldings("Ann Smit").contains(&fold_name("Ann Smith")));
    }

    #[test]
    fn a_plain_handle_is_folded_as_it_always_was() {
        for handle in ["Ann", "x[Y]-_.|`^", "KIM10", "Guard]_[an"] {
            assert_eq!(fold_handle(handle), handle.to_lowercase());
        }
    }
}
