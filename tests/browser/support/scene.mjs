// A team at work: what pages are looked at with, in tests and in pictures. It comes in as an archive, so that what was
// said yesterday was said yesterday.

import { writeFileSync } from "node:fs";
import { Person } from "../../clients/support/person.mjs";

const DAY = 86_400_000; // ms
const HANDLES = ["mira", "kenji", "lin", "noor", "omar"];
const CURL = "curl -N -H 'Last-Event-ID: 41' …/api/v1/events";
const SQL = "select * from history limit 20";

/** The reader is a member everywhere. */
const room = (slug, name, topic, made_by) => ({ room: slug, room_info: { name, topic, made_by, members: [...HANDLES, "ada"] } });
const DEPLOYS = room("deploys", "Deploys", "What went out, and when", "omar");
const DESIGN = room("design", "Design", "How it looks, and why", "lin");
const BOOKS = room("du-shu-hui", "读书会", "本月：《看不见的城市》", "lin");
const GENERAL = { room: "general", room_info: { name: "General", topic: "Everything that concerns all of us" } };
const OPS = { ...room("ops", "Ops", "", "omar"), room_kind: "closed" };

/** `[room, author, time of day, text, more]`. */
const EVENING = [
  [OPS, "omar", "08:00", "Keys are where they always were."],
  [BOOKS, "lin", "12:30", "下周三晚上八点，老地方见。"],
  [DESIGN, "lin", "16:11", "The gutter holds the times now."],
  [DEPLOYS, "omar", "17:40", "v0.9.2 is out, no restarts needed."],
  [GENERAL, "mira", "18:02", "The import of the old channel is done: **196,123 messages**, 14 years. It all opens at the first unread line.", { id: 1 }],
  [{ room: "general" }, "mira", "18:03", `You can read it with plain \`sqlite3 chat.db '${SQL}'\` too.`, {
    reactions: [["👍", "lin"], ["👍", "noor"], ["👍", "kenji"], ["🎉", "noor"]].map(([emoji, by]) => ({ emoji, by })),
  }],
  [{ room: "general" }, "lin", "18:05", "一条都不少。", { reply_to: 1 }],
];
const MORNING = [
  [{ room: "general" }, "noor", "09:14", `@ada the train lost me for twenty minutes, and everything was simply here when it came back. For the record:\n\n\`\`\`\n${CURL}\n\`\`\``],
  [{ room: "general" }, "kenji", "09:20", "Restarting the server now; watch that nobody notices."],
  ...["07:10", "07:12", "07:30", "08:02", "08:41", "09:05", "09:06"].map((at, n) => [{ room: "deploys" }, "omar", at, `staging ${n + 1} of 7 is through`]),
  [{ room: "design" }, "lin", "08:50", "@ada does the phone need a gutter?"],
  [{ room: "design" }, "lin", "08:52", "And @ada, which grey?"],
];

/** `at(daysAgo, clock)` says when that was. */
async function takeIn(server, talk, daysAgo, at) {
  const lines = talk.map(([room, author, clock, body, more]) => ({ ...room, author, at: at(daysAgo, clock), body, ...more }));
  const file = server.path("talk.ndjson");
  writeFileSync(file, lines.map((line) => JSON.stringify(line)).join("\n"));
  await server.kill();
  server.command("import", file, "--db", server.db);
  await server.start();
}

const inUtc = (daysAgo, clock) => `${new Date(Date.now() - daysAgo * DAY).toISOString().slice(0, 10)}T${clock}:00Z`;

/** Everybody's accounts, their rooms, and what was said yesterday. Answers with the people by name. */
export async function furnish(server, at = inUtc) {
  const people = {};
  for (const handle of HANDLES) people[handle] = await Person.join(server, handle);
  await takeIn(server, EVENING, 1, at);
  return people;
}

/** What is said this morning, and an edit of what was there. */
export async function goOn(server, people, at = inUtc) {
  await takeIn(server, MORNING, 0, at);
  const messages = await people.mira.history();
  const answer = messages.find(({ author }) => author.handle === "lin");
  await people.lin.edit(answer.id, "全文都在，一条都不少。");
}
