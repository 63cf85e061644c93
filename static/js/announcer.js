// Announces new messages of others to screen readers. The history itself is no live region: it would be read out as it
// loads.

import { isNews } from "./connection_status.js";
import { excerpt } from "./decorate.js";
import { byId } from "./dom.js";
import { t } from "./messages.js";

const PAUSE = 1000; // ms in which what comes is summed up

const line = byId("announcer");
let news = [];
let timer = null;

/** Announces rows that are not counted in a summary. */
export function announce(rows) {
  news.push(...rows.filter(isNews));
  if (!news.length) return;
  line.textContent = ""; // or the same words twice would be said once
  timer ??= setTimeout(say, PAUSE);
}

function say() {
  timer = null;
  line.textContent = news.length === 1 ? excerpt(news[0]) : t("new-messages", { count: news.length });
  news = [];
}
