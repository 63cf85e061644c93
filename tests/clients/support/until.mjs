// Waiting: always for a condition, always with a deadline, never for a length of time.

const BETWEEN_LOOKS_MS = 15;

/** Looks until `condition` gives something true and answers with it; throws with `what` when `within` ms are over. */
export async function until(what, condition, within = 30_000) {
  const deadline = performance.now() + within;
  for (;;) {
    const found = await condition();
    if (found) return found;
    if (performance.now() > deadline) {
      throw new Error(`after ${within} ms still not so: ${typeof what === "function" ? what() : what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS_MS));
  }
}
