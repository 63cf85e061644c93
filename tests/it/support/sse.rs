//! Parsers for event streams (HTML standard, section 9.2.6) and HTTP chunks (RFC 9112, section 7.1).

use super::event_streams::CASES;
use serde_json::Value;

/// Names of control events, which are not part of the log.
const CONTROL: [&str; 4] = ["hello", "caught-up", "ping", "bye"];
/// Names of signals, which are sent once to the streams that are open.
const SIGNALS: [&str; 4] = ["typing", "presence", "me", "read"];

/// The fields before a blank line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Block {
    /// Names and values in their order; a comment has an empty name.
    pub(crate) fields: Vec<(String, String)>,
    /// The type of the event.
    pub(crate) event: String,
    /// The data; empty if the block has none and is not an event.
    pub(crate) data: String,
    /// The reader's last event id after this block.
    pub(crate) last_id: String,
}

impl Block {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.data).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Returns the id in the block itself.
    pub(crate) fn id(&self) -> Option<i64> {
        self.field("id")
            .map(|id| id.parse().expect("ids are numbers"))
    }

    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        fields
            .find(|field| field.0 == name)
            .map(|field| field.1.as_str())
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        self.fields.iter().map(|field| field.0.as_str()).collect()
    }

    pub(crate) fn is_signal(&self) -> bool {
        SIGNALS.contains(&self.event.as_str())
    }

    pub(crate) fn is_control(&self) -> bool {
        CONTROL.contains(&self.event.as_str())
    }
}

/// An incremental parser of blocks.
#[derive(Debug, Default)]
pub(crate) struct Parser {
    line: Vec<u8>,
    after_cr: bool,
    is_first_line_over: bool,
    block: Block,
    id: String,
    /// The field `retry` in milliseconds, after the stream has sent it.
    pub(crate) retry: Option<u64>,
}

impl Parser {
    pub(crate) fn feed(&mut self, byte: u8) -> Option<Block> {
        let after_cr = std::mem::replace(&mut self.after_cr, byte == b'\r');
        match byte {
            b'\n' if after_cr => None,
            b'\r' | b'\n' => self.end_line(),
            byte => {
                self.line.push(byte);
                None
            }
        }
    }

    fn end_line(&mut self) -> Option<Block> {
        let line = String::from_utf8(std::mem::take(&mut self.line)).expect("streams are UTF-8");
        let mut line = line.as_str();
        if !std::mem::replace(&mut self.is_first_line_over, true) {
            line = line.strip_prefix('\u{feff}').unwrap_or(line);
        }
        if line.is_empty() {
            return self.end_block();
        }
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "event" => value.clone_into(&mut self.block.event),
            "data" => {
                self.block.data.push_str(value);
                self.block.data.push('\n');
            }
            "id" if !value.contains('\0') => value.clone_into(&mut self.id),
            "retry" if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) => {
                self.retry = value.parse().ok();
            }
            _ => {}
        }
        self.block.fields.push((name.into(), value.into()));
        None
    }

    fn end_block(&mut self) -> Option<Block> {
        let mut block = std::mem::take(&mut self.block);
        block.last_id.clone_from(&self.id);
        block.data.pop();
        if block.event.is_empty() {
            block.event = "message".into();
        }
        (!block.fields.is_empty()).then_some(block)
    }
}

/// An incremental decoder of chunks. Panics on extensions, trailers and unusual spellings.
#[derive(Debug)]
pub(crate) enum Chunks {
    Size(String),
    Data(usize),
    DataEnd(String),
    LastEnd(String),
    Over,
}

impl Chunks {
    pub(crate) fn new() -> Self {
        Self::Size(String::new())
    }

    /// Takes the next byte, and returns it if it is part of the body.
    pub(crate) fn feed(&mut self, byte: u8) -> Option<u8> {
        match self {
            Self::Data(left) => {
                *left -= 1;
                if *left == 0 {
                    *self = Self::DataEnd(String::new());
                }
                return Some(byte);
            }
            Self::Size(line) | Self::DataEnd(line) | Self::LastEnd(line) => {
                line.push(char::from(byte));
                if let Some(next) = line.strip_suffix("\r\n").map(str::to_owned) {
                    *self = self.after(&next);
                }
            }
            Self::Over => panic!("bytes after the last chunk"),
        }
        None
    }

    fn after(&self, line: &str) -> Self {
        match self {
            Self::Size(_) => match usize::from_str_radix(line, 16).expect("a chunk has a size") {
                0 => Self::LastEnd(String::new()),
                size => Self::Data(size),
            },
            Self::DataEnd(_) if line.is_empty() => Self::new(),
            Self::LastEnd(_) if line.is_empty() => Self::Over,
            state => panic!("{state:?}"),
        }
    }
}

#[test]
fn this_parser_reads_streams_as_browsers_do() {
    for case in CASES {
        let mut parser = Parser::default();
        let blocks = case.stream.bytes().filter_map(|byte| parser.feed(byte));
        let fired: Vec<_> = blocks
            .filter(|block| block.field("data").is_some())
            .collect();
        let fired: Vec<_> = fired
            .iter()
            .map(|block| (&*block.event, &*block.data, &*block.last_id))
            .collect();
        assert_eq!(fired, case.fired, "{}", case.name);
        assert_eq!(parser.retry, case.retry, "{}", case.name);
    }
}
