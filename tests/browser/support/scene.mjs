// A team at work: what pages are looked at with, in tests and in pictures.

import { Person } from "../../clients/support/person.mjs";

const TALK = [
  ["mira", "Morning! The nightly restore drill is through: **196,123 messages** back in 41 seconds."],
  ["jonas", "And the cursors? My laptop was in a tunnel for half of it."],
  ["mira", "They held. `Last-Event-ID` names the last id you saw, and the stream goes on from there."],
  ["jonas", "So that is why my tab just said “14 messages while you were away” and was right 😄"],
  ["chen", "我这边也一样，断网十分钟，回来一条不少。"],
  ["mira", "@jonas could you read the release notes once more before noon?"],
  ["jonas", "On it. Two things to check:\n\n- the upgrade path from the old file\n- whether `backup` may run while people write"],
  ["chen", "It may:\n\n```sh\nbackscroll backup chat.db copy.db\nsqlite3 copy.db 'select count(*) from history'\n```"],
];

/** Rooms, people and a morning's talk. Answers with the people by name and the messages that were posted. */
export async function furnish(server) {
  const people = {};
  for (const handle of ["mira", "jonas", "chen", "priya"]) people[handle] = await Person.join(server, handle);
  await people.mira.createRoom({ slug: "deploys", name: "Deploys", topic: "What went out, and when" });
  await people.chen.createRoom({ slug: "du-shu-hui", name: "读书会", topic: "本月：《看不见的城市》" });
  await people.priya.createRoom({ slug: "ops", name: "Ops", kind: "closed" });
  const messages = [];
  await people.mira.ask("PUT", "/api/v1/rooms/general/members/me");
  await people.mira.ask("PATCH", "/api/v1/rooms/general", { topic: "Everything that concerns all of us" });
  for (const [handle, body] of TALK) messages.push(await people[handle].post(body));
  await people.priya.react(messages[0].id, "🎉");
  await people.jonas.react(messages[0].id, "🎉");
  await people.jonas.react(messages[4].id, "👍");
  await people.chen.edit(messages[7].id, TALK[7][1].replaceAll("copy.db", "monday.db"));
  await people.priya.post("v0.9.2 is out, no restarts needed.", "deploys");
  return { people, messages };
}
