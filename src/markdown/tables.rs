//! Tables: which bodies may contain one, and the tags of their cells.

use pulldown_cmark::Alignment;

/// Bodies with more lines have no tables: short rows are filled up with empty cells, so that a few bytes would become
/// many.
const LINES_MAX: usize = 200;
/// Bodies with a line of more columns have no tables, for the same reason.
const COLUMNS_MAX: usize = 24;

/// Returns whether tables are looked for in a body: it has the line of dashes below the heads of columns.
pub(super) fn may_have_table(source: &str) -> bool {
    let mut has_delimiters = false;
    for (n, line) in source.lines().enumerate() {
        let bars = line.bytes().filter(|byte| *byte == b'|').count();
        if n >= LINES_MAX || bars > COLUMNS_MAX + 1 {
            return false;
        }
        let is_delimiter = |byte: u8| matches!(byte, b'|' | b'-' | b':' | b' ' | b'\t' | b'>');
        has_delimiters |= bars > 0 && line.contains('-') && line.bytes().all(is_delimiter);
    }
    has_delimiters
}

/// The columns of an open table.
#[derive(Debug, Default)]
pub(super) struct Columns {
    alignments: Vec<Alignment>,
    next: usize,
    is_head: bool,
}

impl Columns {
    pub(super) fn new(alignments: &[Alignment]) -> Self {
        Self {
            alignments: alignments.to_vec(),
            next: 0,
            is_head: true,
        }
    }

    pub(super) fn start_row(&mut self, is_head: bool) {
        self.next = 0;
        self.is_head = is_head;
    }

    /// Returns the start and end tags of the next cell of the row.
    pub(super) fn next_cell(&mut self) -> (&'static str, &'static str) {
        let alignment = self.alignments.get(self.next);
        self.next += 1;
        let end = if self.is_head { "</th>" } else { "</td>" };
        let start = match (alignment, self.is_head) {
            (Some(Alignment::Center), true) => "<th class=\"center\">",
            (Some(Alignment::Center), false) => "<td class=\"center\">",
            (Some(Alignment::Right), true) => "<th class=\"end\">",
            (Some(Alignment::Right), false) => "<td class=\"end\">",
            (_, true) => "<th>",
            (_, false) => "<td>",
        };
        (start, end)
    }
}
