//! The table of results in Markdown, with aligned columns.

use crate::figures::{Column, Figures};

const HEADINGS: [&str; 8] = [
    "workload",
    "case",
    "result",
    "p50 ms",
    "p99 ms",
    "server's CPU",
    "also",
    "the machine's own limit **ours ÷ limit**",
];

/// Prints rows of workload, case and figures.
pub(crate) fn print(rows: &[(&str, &str, Figures)]) {
    let columns = [
        Column::Result,
        Column::P50,
        Column::P99,
        Column::Cpu,
        Column::Beside,
        Column::Limit,
    ];
    let mut lines = vec![HEADINGS.map(str::to_owned).to_vec()];
    for (workload, case, figures) in rows {
        let mut cells = vec![(*workload).to_owned(), (*case).to_owned()];
        cells.extend(columns.map(|column| figures.cell(column)));
        lines.push(cells);
    }
    let width = |column: usize| {
        lines
            .iter()
            .map(|cells| cells[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..HEADINGS.len()).map(width).collect();
    lines.insert(1, widths.iter().map(|&width| "-".repeat(width)).collect());
    for cells in &lines {
        let padded = cells
            .iter()
            .zip(&widths)
            .map(|(cell, &width)| format!("{cell:width$}"));
        println!("| {} |", padded.collect::<Vec<_>>().join(" | "));
    }
}
