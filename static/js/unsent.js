// What is said beside a message that does not go out, and what can be done with it.

import { moment, t } from "./messages.js";
import { byId, element } from "./page.js";

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
    const fault = outbox.isSignedOut ? t("signed-out") : entry.fault;
    line.role = "alert";
    line.append(element("span", "", fault ? t("not-sent", { reason: fault }) : t("send-still", { time: moment(entry.at) })));
    if (!outbox.isSignedOut) act(fault ? t("retry") : t("send"), () => outbox.retry(entry));
    act(t("edit"), onEdit);
  }
  act(t("discard"), () => outbox.discard(entry));
  return line;
}
