// Elapsed time, also while the machine sleeps.

/**
 * Measures the time since it was made. `performance.now()` never jumps, but on some systems it stands still while the
 * machine sleeps; the wall clock goes on, but may be set back or forward. The longer of the two is right, or errs on the
 * side of checking something once more than necessary. Waits use `performance.now()` alone.
 */
export class Stopwatch {
  #steady = performance.now();
  #wall = Date.now();

  /** Elapsed milliseconds. */
  get elapsed() {
    return Math.max(performance.now() - this.#steady, Date.now() - this.#wall);
  }
}
