// Who looks at the page, and where its stream begins: data of the sidebar, which every page of a member has.

import { byId } from "./dom.js";

const { handle = "", log, cursor, server } = byId("sidebar").dataset;

/** `handle` is empty without an account; `log` names the log that `cursor` belongs to. */
export const viewer = { handle, log, cursor: Number(cursor), server };
