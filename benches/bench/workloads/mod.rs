//! Workloads: one file per group.

mod archive;
mod attacks;
mod catching_up;
mod delivery;
mod driving;
mod idle;
mod pages;
mod posts;
mod proof;
mod scale;
mod start;

use crate::{Result, arguments::Arguments, figures::Figures, machine::Machine};
use archive::Archive;
use std::cell::OnceCell;

/// Data shared by all cases.
pub(crate) struct Bench {
    pub(crate) machine: Machine,
    pub(crate) arguments: Arguments,
    archive: OnceCell<Archive>,
    scale_files: OnceCell<Option<scale::Files>>,
}

/// A measurement of one round; `None` if it is not available on this machine.
type Measure = Box<dyn Fn(&Bench) -> Result<Option<Figures>>>;

/// A row of the table.
pub(crate) struct Case {
    pub(crate) workload: &'static str,
    pub(crate) name: String,
    pub(crate) measure: Measure,
}

impl Case {
    fn new(
        workload: &'static str,
        name: impl Into<String>,
        measure: impl Fn(&Bench) -> Result<Figures> + 'static,
    ) -> Self {
        Self::maybe(workload, name, move |bench| measure(bench).map(Some))
    }

    fn maybe(
        workload: &'static str,
        name: impl Into<String>,
        measure: impl Fn(&Bench) -> Result<Option<Figures>> + 'static,
    ) -> Self {
        Self {
            workload,
            name: name.into(),
            measure: Box::new(measure),
        }
    }
}

/// Formats a count with its noun.
fn many(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

/// Returns all cases, in the order of the table.
pub(crate) fn cases() -> Vec<Case> {
    let groups = [
        delivery::fan_out(),
        delivery::saturation(),
        delivery::latency(),
        delivery::quiet_rooms(),
        posts::posts(),
        idle::idle(),
        catching_up::storm(),
        catching_up::replay(),
        pages::pages(),
        start::start(),
        attacks::attacks(),
        scale::scale(),
    ];
    groups.into_iter().flatten().collect()
}

impl Bench {
    pub(crate) fn new(arguments: Arguments) -> Result<Self> {
        Ok(Self {
            machine: Machine::divide(arguments.both)?,
            arguments,
            archive: OnceCell::new(),
            scale_files: OnceCell::new(),
        })
    }

    /// Verifies that lost, duplicate and reordered messages are detected.
    pub(crate) fn prove(&self) -> Result<()> {
        proof::prove(self)
    }

    /// Returns the history for pages, which is imported at the first use.
    fn archive(&self) -> Result<&Archive> {
        if self.archive.get().is_none() {
            let archive = Archive::import(self.arguments.data.as_deref())?;
            // Only this thread sets it.
            let _ = self.archive.set(archive);
        }
        Ok(self.archive.get().ok_or("no archive")?)
    }

    /// Returns the files for `scale`, which are made at the first use; `None` where they cannot be made.
    fn scale_files(&self) -> Result<Option<&scale::Files>> {
        if self.scale_files.get().is_none() {
            let files = scale::Files::make(self)?;
            // Only this thread sets it.
            let _ = self.scale_files.set(files);
        }
        Ok(self.scale_files.get().and_then(Option::as_ref))
    }
}
