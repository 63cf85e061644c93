// How much time has passed. `performance.now()` never jumps, but on some systems it stands still while the machine sleeps;
// the wall clock goes on, but may be set back or forward. The longer of the two is right, or errs on the side of looking
// once more at something. Waits use `performance.now()` alone.

/** A moment to be given to `since`. */
export const moment = () => ({ steady: performance.now(), wall: Date.now() });

/** ms since a moment. */
export const since = ({ steady, wall }) => Math.max(performance.now() - steady, Date.now() - wall);
