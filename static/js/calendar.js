// The calendar of a room: the months in which something was written.

import { request } from "./http.js";
import { LOCALE } from "./locale.js";

/**
 * A month in UTC.
 * @typedef {{ month: string, messages: number, first: number }} Month
 */

const monthFormat = new Intl.DateTimeFormat(LOCALE, { month: "long", year: "numeric", timeZone: "UTC" });

/**
 * Returns the months of a room, oldest first; null without an answer.
 *
 * @param {string} room
 * @returns {Promise<?Month[]>}
 */
export async function readCalendar(room) {
  const response = await request(`api/v1/rooms/${room}/calendar`);
  const calendar = response?.ok && (await response.json().catch(() => null));
  return calendar ? calendar.months : null;
}

/**
 * Returns the number of a month, counted from the year 0.
 *
 * @param {string} text begins with year and month, as times do
 */
export const monthNumber = (text) => Number(text.slice(0, 4)) * 12 + Number(text.slice(5, 7)) - 1;

/** @param {number} number of a month */
export function monthName(number) {
  const date = new Date(Date.UTC(2000, number % 12));
  date.setUTCFullYear(Math.floor(number / 12));
  return monthFormat.format(date);
}
