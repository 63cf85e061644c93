//! A parser for event streams (HTML standard, section 9.2.6, "Interpreting an event stream").

use std::mem::take;

/// The fields between two blank lines. An incomplete block is never returned.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Block {
    /// Type of the event; `message` if the stream names none.
    pub event: String,
    /// The lines of data; `None` if the block has no data and is therefore not an event.
    pub data: Option<String>,
    /// The id, if the block has one.
    pub id: Option<String>,
}

/// An incremental parser for chunks of any size.
#[derive(Debug, Default)]
pub(super) struct Parser {
    line: Vec<u8>,
    block: Block,
    retry: Option<u64>,
    /// Whether the last byte was a CR: an LF right after it belongs to the same line end.
    after_cr: bool,
    first_line_done: bool,
}

/// The error for a line, or the data of a block, that exceeds [`MAX`].
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLong;

/// Greatest length in bytes of one line and of the data of one block: 16 MiB, more than any event has.
const MAX: usize = 16 << 20;

impl Parser {
    /// Parses the next bytes and appends the blocks that they complete.
    pub(super) fn push(
        &mut self,
        mut bytes: &[u8],
        blocks: &mut Vec<Block>,
    ) -> Result<(), TooLong> {
        while !bytes.is_empty() {
            if take(&mut self.after_cr) && bytes[0] == b'\n' {
                bytes = &bytes[1..];
                continue;
            }
            let Some(end) = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
                self.line.extend_from_slice(bytes);
                break;
            };
            self.line.extend_from_slice(&bytes[..end]);
            self.after_cr = bytes[end] == b'\r';
            bytes = &bytes[end + 1..];
            blocks.extend(self.end_line());
            self.check_length()?;
        }
        self.check_length()
    }

    /// Returns the field `retry` in milliseconds, if it was received since the last call. It takes effect at once, even
    /// if its block is incomplete.
    pub(super) fn take_retry(&mut self) -> Option<u64> {
        self.retry.take()
    }

    fn check_length(&self) -> Result<(), TooLong> {
        let data = self.block.data.as_ref().map_or(0, String::len);
        if self.line.len() > MAX || data > MAX {
            Err(TooLong)
        } else {
            Ok(())
        }
    }

    fn end_line(&mut self) -> Option<Block> {
        let mut line = take(&mut self.line);
        if !self.first_line_done && line.starts_with("\u{feff}".as_bytes()) {
            line.drain(..3);
        }
        self.first_line_done = true;
        if line.is_empty() {
            return self.end_block();
        }
        let line = String::from_utf8_lossy(&line);
        let (name, value) = line.split_once(':').unwrap_or((&line, ""));
        self.set_field(name, value.strip_prefix(' ').unwrap_or(value));
        None
    }

    fn set_field(&mut self, name: &str, value: &str) {
        match name {
            "event" => value.clone_into(&mut self.block.event),
            "data" => match &mut self.block.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                none => *none = Some(value.to_owned()),
            },
            "id" if !value.contains('\0') => self.block.id = Some(value.to_owned()),
            "retry" if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.retry = Some(value.parse().unwrap_or(u64::MAX));
            }
            // Comments have an empty name; unknown fields are ignored.
            _ => {}
        }
    }

    fn end_block(&mut self) -> Option<Block> {
        let mut block = take(&mut self.block);
        if block == Block::default() {
            return None;
        }
        if block.event.is_empty() {
            block.event.push_str("message");
        }
        Some(block)
    }
}

/// Returns whether a `Content-Type` is that of event streams, with any parameters.
pub(super) fn is_event_stream(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("text/event-stream")
}

#[cfg(test)]
#[path = "../../tests/it/support/event_streams.rs"]
mod event_streams;

#[cfg(test)]
mod tests {
    use super::{event_streams::CASES, *};
    use proptest::prelude::*;

    fn parse(chunks: &[&[u8]]) -> Vec<Block> {
        let (mut parser, mut blocks) = (Parser::default(), Vec::new());
        for chunk in chunks {
            parser.push(chunk, &mut blocks).unwrap();
        }
        blocks
    }

    type Fired = Vec<(String, String, String)>;

    /// Returns the events that a browser would dispatch, and its reconnection time.
    fn fire(chunks: &[&[u8]]) -> (Fired, Option<u64>) {
        let (mut parser, mut blocks) = (Parser::default(), Vec::new());
        for chunk in chunks {
            parser.push(chunk, &mut blocks).unwrap();
        }
        let (mut fired, mut last_id) = (Vec::new(), String::new());
        for block in blocks {
            last_id = block.id.unwrap_or(last_id);
            fired.extend(block.data.map(|data| (block.event, data, last_id.clone())));
        }
        (fired, parser.take_retry())
    }

    #[test]
    fn streams_are_read_as_browsers_read_them_wherever_the_network_cuts() {
        for case in CASES {
            let fired = case
                .fired
                .iter()
                .map(|(event, data, id)| ((*event).into(), (*data).into(), (*id).into()))
                .collect();
            let (bytes, expected) = (case.stream.as_bytes(), (fired, case.retry));
            assert_eq!(fire(&[bytes]), expected, "{}", case.name);
            let single: Vec<_> = bytes.chunks(1).collect();
            assert_eq!(fire(&single), expected, "{}, byte by byte", case.name);
            for place in 0..=bytes.len() {
                let (one, other) = bytes.split_at(place);
                assert_eq!(fire(&[one, other]), expected, "{} at {place}", case.name);
            }
        }
    }

    #[test]
    fn event_streams_are_known_by_their_type() {
        for (content_type, is_one) in [
            ("text/event-stream", true),
            ("text/event-stream;", true),
            ("TEXT/Event-Stream; charset=windows-1252", true),
            ("text/event-stream ;x", true),
            ("text/event-streams", false),
            ("text/event stream", false),
            ("x bogus", false),
            ("", false),
        ] {
            assert_eq!(is_event_stream(content_type), is_one, "{content_type}");
        }
    }

    fn data(text: &str) -> Vec<Option<String>> {
        parse(&[text.as_bytes()])
            .into_iter()
            .map(|block| block.data)
            .collect()
    }

    #[test]
    fn the_examples_of_the_standard() {
        assert_eq!(
            data("data: YHOO\ndata: +2\ndata: 10\n\n"),
            [Some("YHOO\n+2\n10".into())]
        );
        assert_eq!(
            data("data:test\n\ndata: test\n\n"),
            [Some("test".into()), Some("test".into())]
        );
        assert_eq!(
            data("data\n\ndata\ndata\n\ndata:\n"),
            [Some(String::new()), Some("\n".into())]
        );
        let ids = parse(&[
            b": test\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third\n\n",
        ]);
        assert_eq!(
            ids.iter()
                .map(|block| block.id.as_deref())
                .collect::<Vec<_>>(),
            [Some("1"), Some(""), None]
        );
        assert_eq!(ids[2].data.as_deref(), Some(" third"));
    }

    #[test]
    fn a_block_cut_short_is_no_block() {
        assert_eq!(parse(&[b"event: message\ndata: {}\nid: 7\n"]), []);
        assert_eq!(parse(&[b"data: {}\nid: 7"]), []);
    }

    #[test]
    fn odd_fields_are_ignored() {
        assert_eq!(
            parse(&[b"retry: 3 s\nid: 1\x002\nfoo: bar\n: note\n\n"]),
            []
        );
        assert_eq!(
            data("data: \u{1}\u{2028}x\n\n"),
            [Some("\u{1}\u{2028}x".into())]
        );
    }

    #[test]
    fn an_endless_line_is_refused() {
        let (mut parser, mut blocks) = (Parser::default(), Vec::new());
        let chunk = vec![b'x'; 1 << 20];
        let refused = (0..20).any(|_| parser.push(&chunk, &mut blocks) == Err(TooLong));
        assert!(refused && blocks.is_empty());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_the_same_wherever_they_are_cut(
            bytes in prop::collection::vec(prop_oneof![
                4 => any::<u8>(),
                3 => prop::sample::select(b"\r\n: \0\xef\xbb\xbf".as_slice()),
                2 => prop::sample::select(b"data:idevntry".as_slice()),
            ], 0..300),
            size in 1_usize..40,
        ) {
            let chunks: Vec<_> = bytes.chunks(size).collect();
            prop_assert_eq!(fire(&chunks), fire(&[&bytes]));
            prop_assert_eq!(parse(&chunks), parse(&[&bytes]));
        }

        #[test]
        fn it_does_not_matter_where_the_network_cuts(
            text in "(data|id|event|retry)?[: \r\n\u{feff}a0é]{0,40}(data: x\r\n\r\n)?[: \r\na]{0,20}",
            cuts in prop::collection::vec(0usize..80, 0..6),
        ) {
            let bytes = text.as_bytes();
            let mut cuts: Vec<_> = cuts.into_iter().filter(|cut| *cut < bytes.len()).chain([0, bytes.len()]).collect();
            cuts.sort_unstable();
            let chunks: Vec<_> = cuts.windows(2).map(|ends| &bytes[ends[0]..ends[1]]).collect();
            prop_assert_eq!(parse(&chunks), parse(&[bytes]));
        }
    }
}
