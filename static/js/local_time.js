// The time of day where somebody is.

import { LOCALE, t } from "./locale.js";

/**
 * Returns the time of day in a zone; null if there is none, or the browser does not know it.
 *
 * @param {string} timeZone
 */
export function localTime(timeZone) {
  if (!timeZone) return null;
  try {
    const format = new Intl.DateTimeFormat(LOCALE, { timeZone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    return t("local-time", { time: format.format(new Date()) });
  } catch {
    return null;
  }
}

/** Shows the time in place of the names of zones. */
export function showLocalTimes() {
  for (const zone of document.querySelectorAll("[data-time-zone]")) {
    const { timeZone } = zone.dataset;
    const time = localTime(timeZone);
    if (time) Object.assign(zone, { textContent: time, title: timeZone });
  }
}
