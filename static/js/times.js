// Times in the reader's own zone, on pages that are no history.

import { moment } from "./messages.js";

for (const time of document.querySelectorAll("time")) time.textContent = moment(time.dateTime);
