//! The figures measured in a case, and their medians.

/// A column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    Result,
    P50,
    P99,
    Cpu,
    Beside,
    Limit,
}

/// A number with the text before and after it.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    pub(crate) column: Column,
    before: &'static str,
    value: f64,
    after: &'static str,
}

/// The figures of one round of one case, always in the same order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Figures(Vec<Figure>);

impl Figures {
    pub(crate) fn with(
        mut self,
        column: Column,
        before: &'static str,
        value: f64,
        after: &'static str,
    ) -> Self {
        self.0.push(Figure {
            column,
            before,
            value,
            after,
        });
        self
    }

    /// Adds a limit of the machine, and the ratio of the measured figure to it.
    pub(crate) fn with_limit(
        self,
        name: &'static str,
        limit: f64,
        unit: &'static str,
        ours: f64,
    ) -> Self {
        self.with(Column::Limit, name, limit, unit)
            .with(Column::Limit, "**×", ours / limit, "**")
    }

    /// Formats the figures of a column.
    pub(crate) fn cell(&self, column: Column) -> String {
        let figures = self.0.iter().filter(|figure| figure.column == column);
        let words = figures.map(|figure| {
            format!(
                "{}{}{}",
                figure.before,
                readable(figure.value),
                figure.after
            )
        });
        words.collect::<Vec<_>>().join(", ").replace(", **", " **")
    }

    /// Returns the median of each figure over all rounds.
    pub(crate) fn median(rounds: &[Self]) -> Self {
        let first = rounds.first().cloned().unwrap_or_default();
        let figures = first.0.into_iter().enumerate().map(|(place, figure)| {
            let mut values: Vec<f64> = rounds
                .iter()
                .filter_map(|round| round.0.get(place))
                .map(|figure| figure.value)
                .collect();
            values.sort_by(f64::total_cmp);
            let middle = values.len() / 2;
            let value = if values.len() % 2 == 1 {
                values[middle]
            } else {
                f64::midpoint(values[middle - 1], values[middle])
            };
            Figure { value, ..figure }
        });
        Self(figures.collect())
    }
}

/// Formats a number with three significant digits, or as an integer with thousands separators.
fn readable(value: f64) -> String {
    let digits = match value.abs() {
        size if size >= 99.95 => 0,
        size if size >= 9.995 => 1,
        _ => 2,
    };
    let text = format!("{value:.digits$}");
    if digits > 0 {
        return text;
    }
    let (sign, number) = text
        .strip_prefix('-')
        .map_or(("", text.as_str()), |number| ("-", number));
    let mut grouped = String::from(sign);
    for (place, digit) in number.chars().enumerate() {
        if place > 0 && (number.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
