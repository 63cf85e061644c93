// Says what others write to people who listen. The history itself is no live region: it would be read out as it loads.

import { isNews } from "./away.js";
import { excerpt } from "./dress.js";
import { t } from "./messages.js";
import { byId } from "./page.js";

const PAUSE = 1000; // ms in which what comes is summed up

const line = byId("announcer");
let news = [];
let timer = null;

/** What is part of a summary is not said beside it. */
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
