// What a test started ends with it, also where the test itself is ended from outside.

const running = new Set();

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(1));
process.on("exit", () => {
  for (const end of running) end();
});

/** Kills `child` when this process ends, with its whole group if it leads one. */
export function endWithTheTest(child, { leadsGroup = false } = {}) {
  if (child.pid === undefined) return;
  const end = () => {
    try {
      process.kill(leadsGroup ? -child.pid : child.pid, "SIGKILL");
    } catch {
      // it has ended by itself just now
    }
  };
  running.add(end);
  child.once("exit", () => running.delete(end));
}
