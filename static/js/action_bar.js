// The action bar: there is one, which moves to the row under the pointer or the focus. On touch screens, it is in a sheet
// that a long press opens.

import { ActionSheet } from "./action_sheet.js";
import { copy } from "./clipboard.js";
import { button, byId } from "./dom.js";
import { explain, request } from "./http.js";
import { loadModule, loadWithStyle } from "./lazy_modules.js";
import { t } from "./locale.js";
import { excerpt, idOf, rowBefore } from "./rows.js";
import { statusLine } from "./status_line.js";

/** @typedef {import("./rows.js").Row} Row */

const EMOJI = ["👍", "❤️", "😂"];
const MORE_EMOJI = ["🎉", "👏"]; // in the sheet
const TEXTS = ":scope > :is(.message-author, .message-fold, .message-quote, .message-text, .reactions)";
const OUT_OF_SIGHT = 100; // counts as much as so many covered lines

export class ActionBar {
  #room = byId("room").dataset.room;
  #editDrafts;
  #bar = document.createElement("div");
  /** @type {?Row} */
  #row = null;
  #sheet = new ActionSheet(() => this.#row?.querySelector(".message-time").focus({ preventScroll: true }));
  #permalink = Object.assign(document.createElement("a"), { className: "quiet when" });
  #pickButton = this.#button("☺+", t("react-with-any"), (row) => this.#pickEmoji(row));
  #picker = null;
  #moreButton = this.#button("⋯", t("more-actions"), (row) => this.#openMenu(row));
  #menu = null;
  /** Followed as a link, which threads.js opens in the panel. */
  #thread = Object.assign(document.createElement("a"), { className: "quiet message-thread-start", textContent: t("reply-in-thread") });
  #edit = this.#link(t("edit"), (row) => this.edit(row));
  #delete = this.#link(t("delete"), (row) => this.#openForm("openDelete", row));
  #report = this.#link(t("report"), (row) => this.#openReport(row));
  #ban = this.#link(t("ban"), (row) => this.#openForm("openBan", row));

  /**
   * @param {HTMLElement} list the history of the room, or a thread
   * @param {import("./drafts.js").EditDrafts} editDrafts
   * @param {(id: number, text: string) => void} onReply begins a reply in the composer
   */
  constructor(list, editDrafts, onReply) {
    this.#editDrafts = editDrafts;
    this.#bar.className = "actions";
    this.#report.classList.add("of-others");
    this.#thread.addEventListener("click", () => this.#sheet.close());
    this.#bar.append(
      this.#permalink,
      ...EMOJI.map((emoji) => this.#reaction(emoji, "emoji")),
      this.#pickButton,
      ...MORE_EMOJI.map((emoji) => this.#reaction(emoji, "emoji of-sheet")),
      this.#button(t("reply"), t("reply"), (row) => onReply(idOf(row), excerpt(row))),
      this.#copyButton(t("copy-text"), (row) => row.querySelector(".message-body").innerText),
      this.#copyButton(t("copy-link"), (row) => row.querySelector(".message-time").href),
      this.#thread,
      this.#edit,
      this.#delete,
      this.#report,
      this.#ban,
      this.#moreButton,
    );
    this.#pickButton.classList.add("emoji", "pick");
    this.#moreButton.classList.add("more");
    this.#moreButton.ariaHasPopup = "menu";
    this.#edit.classList.add("for-author");
    this.#delete.classList.add("for-manager");
    this.#ban.classList.add("for-admin");
    list.addEventListener("pointerleave", ({ pointerType }) => {
      if (pointerType === "mouse" && !this.#bar.contains(document.activeElement)) this.#bar.remove();
    });
  }

  /** @param {Row} row */
  moveTo(row) {
    if (this.#bar.parentElement === row || !this.#aim(row)) return;
    row.append(this.#bar);
    this.#place(row);
  }

  /**
   * Opens the sheet.
   *
   * @param {Row} row
   */
  openSheet(row) {
    if (this.#aim(row)) this.#sheet.open(row, this.#bar);
  }

  /** Makes the actions those of a row. Returns false if nothing can be done with it. */
  #aim(row) {
    if (row.classList.contains("message-deleted")) return false;
    this.#row = row;
    const time = row.querySelector(".message-time");
    Object.assign(this.#permalink, { href: time.href, textContent: time.querySelector("time").textContent });
    this.#thread.href = `rooms/${this.#room}?thread=${row.dataset.thread ?? row.dataset.id}`;
    this.#edit.href = this.#delete.href = `rooms/${this.#room}/messages/${row.dataset.id}/edit`;
    this.#report.href = `rooms/${this.#room}/messages/${row.dataset.id}/report`;
    this.#ban.href = `people/${encodeURIComponent(row.dataset.author)}#ban`;
    return true;
  }

  /** Puts the bar above the text of its row or, if it covers less there, beside the end of the text. */
  #place(row) {
    const { classList } = this.#bar;
    classList.remove("at-end");
    const above = this.#cost(row);
    if (above === 0) return;
    classList.add("at-end");
    if (this.#cost(row) >= above) classList.remove("at-end");
  }

  /** Returns how many lines of text the bar covers where it is now, or more if it is out of sight. */
  #cost(row) {
    const bar = this.#bar.getBoundingClientRect();
    const view = row.closest(".scroller, .panel-scroller").getBoundingClientRect();
    const isInSight = bar.top >= view.top && bar.bottom <= view.bottom;
    const covered = [row, rowBefore(row)].flatMap(linesOf).filter((line) => overlap(line, bar));
    return covered.length + (isInSight ? 0 : OUT_OF_SIGHT);
  }

  /**
   * Adds a reaction of the reader, or removes it.
   *
   * @param {Row} row
   * @param {string} emoji
   */
  async react(row, emoji) {
    const shown = [...row.querySelectorAll(".reaction")].find((reaction) => reaction.value === emoji);
    const method = shown?.classList.contains("mine") ? "DELETE" : "PUT";
    const response = await request(`${this.#addressOf(row)}/reactions/${encodeURIComponent(emoji)}`, { method });
    if (!response?.ok) showError(response ? await explain(response) : t("reaction-failed"));
  }

  /**
   * Opens the form that edits a message.
   *
   * @param {Row} row
   * @param {{ isReopened?: boolean }} [options] `isReopened`: the reader has not asked for it just now
   */
  edit(row, options) {
    return this.#openForm("openEdit", row, options);
  }

  async #openForm(open, row, options) {
    const forms = await loadWithStyle("edit_forms");
    const error = forms ? await forms[open](row, this.#addressOf(row), this.#editDrafts, options) : t("change-failed");
    if (error) showError(error);
  }

  async #openReport(row) {
    const module = await loadWithStyle("profile_card");
    if (module) module.profileCard.report(row.querySelector(".message-time"), this.#addressOf(row));
    else location.assign(this.#report.href);
  }

  async #pickEmoji(row) {
    const { id } = row;
    const module = await loadWithStyle("emoji_picker");
    if (!module) return showError(t("reaction-failed"));
    this.#picker ??= new module.EmojiPicker();
    const onPick = (emoji) => this.react(byId(id) ?? row, emoji);
    const anchor = row.contains(this.#pickButton) ? this.#pickButton : row.querySelector(".message-time");
    this.#picker.open(anchor, onPick).catch(() => showError(t("reaction-failed")));
  }

  async #openMenu(row) {
    const module = await loadModule("message_menu");
    if (!module) return showError(t("change-failed"));
    this.#menu ??= new module.MessageMenu();
    this.#menu.open(row.contains(this.#moreButton) ? this.#moreButton : row.querySelector(".message-time"), row);
  }

  #addressOf(row) {
    return `api/v1/rooms/${this.#room}/messages/${row.dataset.id}`;
  }

  #button(text, label, act) {
    const made = button(text, "quiet", () => this.#act(act));
    return Object.assign(made, { ariaLabel: label, title: label });
  }

  /** Makes a link to the page that does the same without scripts. */
  #link(text, act) {
    const link = Object.assign(document.createElement("a"), { className: "quiet", textContent: text });
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.#act(act);
    });
    return link;
  }

  #reaction(emoji, className) {
    const made = this.#button(emoji, t("react-with", { emoji }), (row) => this.react(row, emoji));
    made.classList.add(...className.split(" "));
    return made;
  }

  #copyButton(label, textOf) {
    const made = this.#button(label, label, async (row) => {
      const isCopied = await copy(row.querySelector(".message-body"), textOf(row));
      statusLine.notify(isCopied ? t("copied") : t("copy-failed"));
    });
    made.classList.add("of-sheet");
    return made;
  }

  /** Does something with the row of the bar, as it is now. */
  #act(act) {
    const row = byId(this.#row.id) ?? this.#row;
    this.#sheet.close();
    act(row);
  }
}

const showError = (text) => statusLine.notify(text);

/** @param {?Row} row */
function linesOf(row) {
  const texts = row ? [...row.querySelectorAll(TEXTS)] : [];
  return texts.flatMap((text) => {
    if (text.matches(".message-fold")) return [...text.getClientRects()]; // its text is generated content
    const range = document.createRange();
    range.selectNodeContents(text);
    return [...range.getClientRects()];
  });
}

const overlap = (a, b) => a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top;
