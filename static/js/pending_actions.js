// Why a pending message is not sent, and the buttons to send, edit or discard it.

import { byId, element } from "./dom.js";
import { moment, t } from "./messages.js";

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
