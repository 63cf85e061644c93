//! Content negotiation: `Accept`, `Accept-Encoding`, `Accept-Language` and `If-None-Match`.
//!
//! List elements that cannot be parsed are ignored; the other elements of the list count. Media types are parsed by
//! `mediatype`. The rest is parsed here, because `headers` and `headers-accept` reject a whole list for one invalid
//! element, and `accept-language` and `fluent-langneg` ignore weights or accept any number as a weight.

use axum::http::{HeaderMap, HeaderName, header};
use mediatype::{MediaType, MediaTypeList, ReadParams as _, names};
use std::cmp::Reverse;

/// The weight of an element without a `q` parameter, in thousandths.
const FULL_WEIGHT: u16 = 1000;

/// The best match of an offer in a list: its weight in thousandths, the precision of the match, and its position.
type Rank = (u16, u8, Reverse<usize>);

/// Returns the value of the offer whose media type the client prefers. Offers have no parameters; all are UTF-8.
///
/// With equal weights, the more precise match wins, then the earlier element of the list, then the earlier offer. An
/// offer that the list does not match is returned only if no offer matches (RFC 9110, section 12.5.1, permits that); an
/// offer refused by `q=0` is never returned. Returns `None` if all offers are refused.
pub fn preferred_type<T: Copy>(headers: &HeaderMap, offers: &[(MediaType<'_>, T)]) -> Option<T> {
    let accept = joined(headers, &header::ACCEPT);
    let ranges: Vec<_> = MediaTypeList::new(&accept)
        .filter_map(Result::ok)
        .filter_map(|range| Some((media_type_weight(&range)?, range)))
        .collect();
    let ranked = offers.iter().map(|(offer, value)| {
        let named = ranges.iter().enumerate();
        let ranks = named.filter_map(|(place, (weight, range))| {
            Some((*weight, media_type_precision(range, offer)?, Reverse(place)))
        });
        (most_precise(ranks), *value)
    });
    best(ranked)
}

/// Returns the value of the offer whose language the client prefers, by the rules of [`preferred_type`]. Only primary
/// subtags are compared, because a reader of `zh-Hant` is better served by `zh-Hans` than by English.
pub fn preferred_language<T: Copy>(headers: &HeaderMap, offers: &[(&str, T)]) -> Option<T> {
    let accept = joined(headers, &header::ACCEPT_LANGUAGE);
    let ranges: Vec<_> = accept.split(',').filter_map(weighted_element).collect();
    let ranked = offers.iter().map(|(offer, value)| {
        let named = ranges.iter().enumerate();
        let ranks = named.filter_map(|(place, (weight, range))| {
            let is_named = primary_subtag(range).eq_ignore_ascii_case(primary_subtag(offer));
            (is_named || *range == "*").then_some((*weight, u8::from(is_named), Reverse(place)))
        });
        (most_precise(ranks), *value)
    });
    best(ranked)
}

/// Returns the content coding that the client prefers (RFC 9110, section 12.5.3), or `None` for `identity`. With equal
/// weights, the first offer wins, and any offer wins over an `identity` that is not listed. A client that accepts no
/// coding at all gets `identity`.
pub fn preferred_coding<'a>(headers: &HeaderMap, offers: &[&'a str]) -> Option<&'a str> {
    let accept = joined(headers, &header::ACCEPT_ENCODING);
    let codings: Vec<_> = accept.split(',').filter_map(weighted_element).collect();
    let weight = |coding: &str| {
        let mut named = codings.iter();
        let found = named.find(|(_, name)| name.eq_ignore_ascii_case(coding));
        found.map(|(weight, _)| *weight)
    };
    let mut best = (weight("identity").unwrap_or(0), None);
    for offer in offers {
        let weight = weight(offer).or_else(|| weight("*")).unwrap_or(0);
        if weight > best.0 {
            best = (weight, Some(*offer));
        }
    }
    best.1
}

/// Returns whether `If-None-Match` contains the entity tag by weak comparison (RFC 9110, section 13.1.2). The tag must
/// not contain a comma.
pub fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    headers.get_all(header::IF_NONE_MATCH).iter().any(|line| {
        let mut tags = line.as_bytes().split(|byte| *byte == b',');
        line == "*"
            || tags.any(|known| {
                let known = known.trim_ascii();
                known.strip_prefix(b"W/").unwrap_or(known) == tag.as_bytes()
            })
    })
}

/// Returns the primary subtag of a language tag (RFC 5646).
#[must_use]
pub fn primary_subtag(tag: &str) -> &str {
    tag.split('-').next().unwrap_or_default()
}

/// Joins the values of a list header (RFC 9110, section 5.3). Bytes outside ASCII become `?`, which occurs in no offer.
fn joined(headers: &HeaderMap, name: &HeaderName) -> String {
    let lines = headers.get_all(name).iter().map(|line| {
        let characters = line.as_bytes().iter().map(|byte| match byte {
            0..=127 => char::from(*byte),
            _ => '?',
        });
        characters.collect::<String>()
    });
    lines.collect::<Vec<_>>().join(",")
}

/// Returns the most precise match, which decides about an offer.
fn most_precise(ranks: impl Iterator<Item = Rank>) -> Option<Rank> {
    ranks.max_by_key(|(weight, precision, place)| (*precision, *weight, *place))
}

/// Returns the offer with the highest rank that is not refused, or else the first offer that the list does not match.
fn best<T: Copy>(ranked: impl Iterator<Item = (Option<Rank>, T)>) -> Option<T> {
    let (mut best, mut unnamed) = (None, None);
    for (rank, value) in ranked {
        match (rank, best) {
            (None, _) => unnamed = unnamed.or(Some(value)),
            (Some((0, ..)), _) => {}
            (Some(rank), Some((highest, _))) if rank <= highest => {}
            (Some(rank), _) => best = Some((rank, value)),
        }
    }
    best.map(|(_, value)| value).or(unnamed)
}

/// Returns how precisely a media range matches an offer: `*/*`, `type/*`, in full, or in full with parameters. Returns
/// `None` if it does not match. Every response is UTF-8 and has no other parameter.
fn media_type_precision(range: &MediaType<'_>, offer: &MediaType<'_>) -> Option<u8> {
    let mut has_parameters = false;
    for (name, value) in range.params().filter(|(name, _)| *name != names::Q) {
        let is_utf8 = value.unquoted_str().eq_ignore_ascii_case("utf-8");
        if !(name == names::CHARSET && is_utf8) {
            return None;
        }
        has_parameters = true;
    }
    if (range.ty, range.subty) == (names::_STAR, names::_STAR) {
        Some(0)
    } else if range.ty != offer.ty {
        None
    } else if range.subty == names::_STAR {
        Some(1)
    } else {
        let is_same = (range.subty, range.suffix) == (offer.subty, offer.suffix);
        is_same.then_some(2 + u8::from(has_parameters))
    }
}

fn media_type_weight(range: &MediaType<'_>) -> Option<u16> {
    match range.get_param(names::Q) {
        Some(weight) => parse_weight(weight.as_str()),
        None => Some(FULL_WEIGHT),
    }
}

/// Parses an element of `Accept-Language` or `Accept-Encoding`, such as `zh-CN;q=0.9`.
fn weighted_element(element: &str) -> Option<(u16, &str)> {
    let Some((range, parameter)) = element.split_once(';') else {
        return Some((FULL_WEIGHT, element.trim()));
    };
    let (name, weight) = parameter.split_once('=')?;
    let is_weight = name.trim().eq_ignore_ascii_case("q");
    let weight = parse_weight(weight.trim()).filter(|_| is_weight)?;
    Some((weight, range.trim()))
}

/// Parses a weight (RFC 9110, section 12.4.2) into thousandths. Digits after the third, which some clients send, are
/// ignored.
fn parse_weight(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let is_number = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    let thousandths = format!("{whole}{decimals:0<3.3}").parse().ok();
    thousandths.filter(|weight| is_number && *weight <= FULL_WEIGHT)
}

#[cfg(test)]
mod tests;
