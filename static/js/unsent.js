// What is said beside a message that does not go out, and what can be done with it.

import { byId, element } from "./page.js";
import { words } from "./words.js";

export function question(entry, outbox, onEdit) {
  const line = element("p", "question");
  const act = (text, onClick) => {
    const button = element("button", "quiet", text);
    button.type = "button";
    button.addEventListener("click", () => {
      onClick(entry);
      byId("body").focus();
    });
    line.append(button);
  };
  if (!outbox.sends(entry)) {
    const fault = outbox.isSignedOut ? words.signedOut : entry.fault;
    line.role = "alert";
    line.append(element("span", "", fault ? words.notSent(fault) : words.stillMeant(entry.at)));
    if (!outbox.isSignedOut) act(fault ? words.retry : words.send, () => outbox.retry(entry));
    act(words.edit, onEdit);
  }
  act(words.discard, () => outbox.discard(entry));
  return line;
}
