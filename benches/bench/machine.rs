//! The cores: one for the server, one for the load generator.

use crate::Result;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// The assignment of cores.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Machine {
    cores: Option<Cores>,
}

#[derive(Clone, Copy, Debug)]
struct Cores {
    server: usize,
    load: usize,
}

impl Machine {
    /// Moves this thread to the generator's core, unless cores are shared or there is only one.
    pub(crate) fn divide(shared: bool) -> Result<Self> {
        let allowed = sched_getaffinity(None)?;
        let mut usable = (0..CpuSet::MAX_CPU).filter(|&core| allowed.is_set(core));
        let cores = match (usable.next(), usable.next()) {
            (Some(server), Some(load)) if !shared => Some(Cores { server, load }),
            _ => None,
        };
        if let Some(cores) = cores {
            pin(cores.load)?;
        }
        Ok(Self { cores })
    }

    /// Returns whether the generator has its own core. Then it polls without sleeping: on a virtual machine, waking a
    /// sleeping core is expensive, and the cost is charged to the sender.
    pub(crate) fn is_divided(self) -> bool {
        self.cores.is_some()
    }

    /// Runs `work` on the server's core. A process that it starts stays on that core.
    pub(crate) fn on_server_core<T>(self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let Some(cores) = self.cores else {
            return work();
        };
        pin(cores.server)?;
        let result = work();
        pin(cores.load)?;
        result
    }

    /// Describes the assignment of cores for the report.
    pub(crate) fn describe(self) -> String {
        match self.cores {
            Some(Cores { server, load }) => format!(
                "Server on core {server} alone, load generator on core {load}, polling without sleep."
            ),
            None => "Server and load generator share all cores.".into(),
        }
    }
}

fn pin(core: usize) -> Result<()> {
    let mut cores = CpuSet::new();
    cores.set(core);
    Ok(sched_setaffinity(None, &cores)?)
}
