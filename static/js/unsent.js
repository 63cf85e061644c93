// What is said beside a message that does not go out by itself, and what can be done with it.

import { byId } from "./page.js";
import { element } from "./pending.js";
import { words } from "./words.js";

export function question(entry, outbox, onEdit) {
  const line = element("p", "pending-question");
  line.role = "alert";
  line.append(element("span", "", entry.fault ? words.notSent(entry.fault) : words.stillMeant(entry.at)));
  const act = (text, onClick) => {
    const button = element("button", "quiet", text);
    button.type = "button";
    button.addEventListener("click", () => {
      onClick(entry);
      byId("body").focus();
    });
    line.append(button);
  };
  act(entry.fault ? words.retry : words.send, () => outbox.retry(entry));
  act(words.edit, onEdit);
  act(words.discard, () => outbox.discard(entry));
  return line;
}
