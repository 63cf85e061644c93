//! Test cases for parsers of event streams, modelled on the files `format-*` of the web platform tests
//! (<https://github.com/web-platform-tests/wpt/tree/master/eventsource>). Shared by the tests of the program's parser
//! and of the tests' own.

/// A stream, and the events that a browser dispatches for it.
pub(crate) struct Case {
    /// The file that the case is modelled on.
    pub(crate) name: &'static str,
    pub(crate) stream: &'static str,
    /// The dispatched events: type, data, and the last event id at that time.
    pub(crate) fired: &'static [(&'static str, &'static str, &'static str)],
    /// The field `retry` in milliseconds, if the stream has one.
    pub(crate) retry: Option<u64>,
}

pub(crate) const CASES: &[Case] = &[
    case(
        "bom",
        "\u{feff}data:one\n\n\u{feff}data:two\n\ndata:three\n\n",
        &[("message", "one", ""), ("message", "three", "")],
    ),
    case(
        "bom-2",
        "\u{feff}\u{feff}data:one\n\ndata:two\n\n",
        &[("message", "two", "")],
    ),
    case(
        "comments",
        "data:a\r:\0\n:\r\ndata:b\n:a long one, a long one, a long one\rdata:c\n:data:no\r: data:no\ndata:d\n\n",
        &[("message", "a\nb\nc\nd", "")],
    ),
    with_retry(
        "data-before-final-empty-line",
        "retry:1500\ndata:whole\n\nid:never\ndata:cut short",
        &[("message", "whole", "")],
        1500,
    ),
    case(
        "field-data",
        "data:\n\ndata\ndata\n\ndata:x\n\n",
        &[
            ("message", "", ""),
            ("message", "\n", ""),
            ("message", "x", ""),
        ],
    ),
    case(
        "field-event",
        "event:news\ndata:a\n\ndata:b\n\n",
        &[("news", "a", ""), ("message", "b", "")],
    ),
    case(
        "field-event, of an event without data",
        "event:news\n\ndata:a\n\n",
        &[("message", "a", "")],
    ),
    case(
        "field-event-empty",
        "event: \ndata:a\n\nevent:x\nevent\ndata:b\n\n",
        &[("message", "a", ""), ("message", "b", "")],
    ),
    case("field-id", "id: …\ndata: a\n\n", &[("message", "a", "…")]),
    case(
        "field-id-2, which stays until there is another",
        "id\ndata:a\n\nid:7\n\ndata:b\n\ndata:c\n\n",
        &[
            ("message", "a", ""),
            ("message", "b", "7"),
            ("message", "c", "7"),
        ],
    ),
    case(
        "field-id-3, changed",
        "id:1\ndata:a\n\nid:2\ndata:b\n\ndata:c\n\n",
        &[
            ("message", "a", "1"),
            ("message", "b", "2"),
            ("message", "c", "2"),
        ],
    ),
    case(
        "field-id-3, reset",
        "id:1\ndata:a\n\nid\ndata:b\n\ndata:c\n\n",
        &[
            ("message", "a", "1"),
            ("message", "b", ""),
            ("message", "c", ""),
        ],
    ),
    case(
        "field-id-null",
        "id:1\ndata:a\n\nid:\0\0\ndata:b\n\nid:2\0\ndata:c\n\n",
        &[
            ("message", "a", "1"),
            ("message", "b", "1"),
            ("message", "c", "1"),
        ],
    ),
    case(
        "field-parsing",
        "data:\0\ndata:  a\rData:no\ndata\0:no\ndata:b\r\0data:no\nda-ta:no\rdata_no\ndata:c\rdata:\r\n data:no\ndata:d\n\n",
        &[("message", "\0\n a\nb\nc\n\nd", "")],
    ),
    with_retry(
        "field-retry",
        "retry:3000\n\ndata:a\n\n",
        &[("message", "a", "")],
        3000,
    ),
    with_retry(
        "field-retry, of a block cut short",
        "retry:03000\n",
        &[],
        3000,
    ),
    with_retry(
        "field-retry-bogus",
        "retry:2000\nretry:1000x\nretry:-1\nretry: 1 \nretry:1.5\ndata:a\n\n",
        &[("message", "a", "")],
        2000,
    ),
    with_retry(
        "field-retry-empty",
        "retry:1000\nretry\nretry:\nretry: \ndata:a\n\n",
        &[("message", "a", "")],
        1000,
    ),
    case(
        "field-unknown",
        "data:a\n data\ndata\nstrange:field\nonly words\n:a comment\ndata:b\n\n",
        &[("message", "a\n\nb", "")],
    ),
    case(
        "leading-space",
        "data:\ta\rdata: \ndata:b\ndata:  c\n\n",
        &[("message", "\ta\n\nb\n c", "")],
    ),
    case(
        "newlines",
        "data:a\r\ndata\ndata:b\r\n\rdata:c\r\rdata:d\n\r\n",
        &[
            ("message", "a\n\nb", ""),
            ("message", "c", ""),
            ("message", "d", ""),
        ],
    ),
    case(
        "null-character",
        "data:\0\n\n\n\n",
        &[("message", "\0", "")],
    ),
    case("utf-8", "data:yes…🦀\n\n", &[("message", "yes…🦀", "")]),
];

const fn case(
    name: &'static str,
    stream: &'static str,
    fired: &'static [(&'static str, &'static str, &'static str)],
) -> Case {
    Case {
        name,
        stream,
        fired,
        retry: None,
    }
}

const fn with_retry(
    name: &'static str,
    stream: &'static str,
    fired: &'static [(&'static str, &'static str, &'static str)],
    retry: u64,
) -> Case {
    Case {
        retry: Some(retry),
        ..case(name, stream, fired)
    }
}
