// Shows the times of a page in the reader's time zone.

import { formatTime } from "./locale.js";

for (const time of document.querySelectorAll("time")) time.textContent = formatTime(time.dateTime);
