// Says what others write to people who listen. The history itself is no live region: it would be read out as it loads.

import { excerpt } from "./dress.js";
import { byId } from "./page.js";
import { words } from "./words.js";

const PAUSE = 1000; // ms in which what comes is summed up

const line = byId("announcer");
let news = [];
let timer = null;

export function announce(rows) {
  news.push(...rows);
  line.textContent = ""; // or the same words twice would be said once
  timer ??= setTimeout(say, PAUSE);
}

function say() {
  timer = null;
  line.textContent = news.length === 1 ? excerpt(news[0]) : words.newMessages(news.length);
  news = [];
}
