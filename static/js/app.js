// Keeps a room's page live: applies the events of the stream to the page that the server rendered, and connects the parts
// of the page.

import { Activity } from "./activity.js";
import { openAttaching } from "./attaching.js";
import { blocks } from "./blocks.js";
import { Composer, openCompletion } from "./composer.js";
import { ConnectionStatus } from "./connection_status.js";
import { byId } from "./dom.js";
import { Drafts, EditDrafts } from "./drafts.js";
import { EventBatcher } from "./event_batcher.js";
import { History } from "./history.js";
import { loadModule, loadStyle } from "./lazy_modules.js";
import { t } from "./locale.js";
import { openCards } from "./name_links.js";
import { Outbox } from "./outbox.js";
import { PendingMessages } from "./pending_messages.js";
import { people } from "./people.js";
import { PostingRights } from "./posting_rights.js";
import { ReadMark } from "./read_mark.js";
import { RowActions } from "./row_actions.js";
import { mentionsReader } from "./rows.js";
import { SharedStream } from "./shared_stream.js";
import { openSidebar, showConnection, showPresence } from "./sidebar.js";
import { storage } from "./storage.js";
import { UnreadLine } from "./unread_line.js";

class RoomPage {
  #main = byId("room");
  #room = this.#main.dataset.room;
  #handle = this.#main.dataset.handle; // empty without an account
  #log = this.#main.dataset.log;
  #activity = new Activity(this.#room, this.#handle);
  #unreadLine = new UnreadLine();
  #connectionStatus = new ConnectionStatus(this.#unreadLine, () => this.#stream.hurry());
  #batcher = new EventBatcher((events) => this.#applyBatch(events));
  #announcer = null;
  #keyboardNavigation = null;
  #threads = null;
  #history;
  #readMark;
  #stream;
  #outbox = null;
  #postingRights = this.#handle ? new PostingRights() : null;

  constructor() {
    const { read, joined } = this.#main.dataset;
    if (this.#handle && Number(read) > 0 && joined === "true") this.#unreadLine.mark(Number(read), t("new-divider"));
    this.#history = new History(this.#unreadLine, this.#connectionStatus, {
      onEnd: () => this.#readMark.update(),
      onNewRows: (rows) => this.#announce(rows),
    });
    this.#readMark = new ReadMark(this.#main, this.#history, (upTo) => this.#activity.markRead(upTo));
    this.#stream = this.#openStream();
    if (this.#handle) this.#openWriting();
    blocks.watch(() => this.#history.foldAgain());
    this.#stream.follow();
    this.#readMark.update();
    if (byId("panel") || this.#history.list.querySelector(".thread-line")) this.#withThreads(() => {});
    document.addEventListener("click", (event) => this.#onThreadClick(event));
    addEventListener("keydown", (event) => this.#onKey(event));
    this.#openDatePicker();
    byId("room-menu").addEventListener("toggle", async ({ newState, target }) => {
      if (newState === "open") (await loadModule("menu_keys"))?.openMenu(target);
    });
  }

  // Writing

  #openWriting() {
    const owner = `${this.#log}/${this.#handle}`;
    const drafts = new Drafts(owner, this.#room);
    const composer = new Composer(byId("composer"), drafts, (...message) => this.#post(...message));
    openAttaching(
      (files) => composer.attach(files),
      (room, files) => attachElsewhere(owner, room, files),
    );
    this.#outbox = new Outbox(owner, {
      onChange: () => {
        pending.update();
        this.#threads?.updatePending();
      },
      onSent: (message) => {
        if (message.room === this.#room) this.#showSent(message);
        this.#stream.hurry();
      },
    });
    const { list, keepPlace } = this.#history;
    const place = { list: byId("past").lastElementChild ?? list, keepPlace: keepPlace.bind(this.#history), field: byId("body") };
    const pending = new PendingMessages(this.#room, this.#handle, this.#outbox, place, (entry) => {
      composer.insert(entry.body, entry.answered, entry.files);
      this.#outbox.discard(entry, true);
    });
    storage.watchWipe(() => {
      composer.clear();
      this.#threads?.clear();
      this.#outbox.enter("signed-out");
    });
    this.#outbox.hurry();
    pending.update();
    new RowActions(list, new EditDrafts(owner, this.#room), (id, text) => composer.replyTo(id, text));
  }

  /** Returns why the message is refused, if so. */
  #post(body, answered, files) {
    if (this.#outbox.isSignedOut) return t("not-sent", { reason: t("signed-out") });
    this.#outbox.add(this.#room, body, answered, { files });
    this.#history.goToLatest();
    return null;
  }

  /** Shows the answer to a post, which the stream may bring later. */
  #showSent(message) {
    const event = rowEventOf("message", message);
    this.#history.show(event);
    if (this.#threads) this.#threads.apply([{ ...event, isReply: false }]);
  }

  // Threads

  /** Calls are made in their order, also while the modules are being loaded. */
  async #withThreads(call) {
    const module = await loadModule("threads");
    if (!module) return false;
    this.#threads ??= new module.Threads({
      room: this.#room,
      handle: this.#handle,
      owner: `${this.#log}/${this.#handle}`,
      outbox: this.#outbox,
      history: this.#history,
      announce: (rows) => this.#announce(rows),
      onRead: () => this.#activity.noteThreadRead(),
    });
    call(this.#threads);
    return true;
  }

  /** Opens a thread in the panel, in place of the page that its link leads to. */
  async #onThreadClick(event) {
    const link = event.target.closest?.('a[href*="?thread="]');
    const isPlain = !(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!link || !isPlain || event.defaultPrevented || link.closest(".page-link") || link.rel) return;
    event.preventDefault();
    const root = new URL(link.href).searchParams.get("thread");
    if (!(await this.#withThreads((threads) => threads.open(root)))) location.assign(link.href);
  }

  // The stream

  #openStream() {
    return new SharedStream(Number(this.#main.dataset.cursor), {
      log: this.#log,
      handle: this.#handle,
      onEvent: (type, data) => this.#onEvent(type, data),
      onState: (state, detail) => this.#onState(state, detail),
    });
  }

  #onEvent(type, data) {
    this.#activity.apply(type, data, this.#isSeen(data));
    if (type === "hello" && data.outcome !== "live" && data.outcome !== "replay") this.#startAnew();
    if (type === "me" && data.changed?.includes("blocks")) blocks.refresh();
    if (type === "read" && data.room === this.#room) this.#readMark.follow(data.read_up_to);
    if (type === "user" && data.user) this.#batcher.add({ id: data.id, by: data.user });
    if (type === "user" && data.user?.handle === this.#handle) this.#postingRights?.refresh();
    if (type === "presence") showPresence(data);
    if (data.room === this.#room) this.#onRoomEvent(type, data);
  }

  /** Whether the reader sees where the new message of an event is shown. */
  #isSeen({ message }) {
    if (document.hidden) return false;
    if (message?.thread && !message.also_in_room) return Boolean(this.#threads?.isReading(message.thread));
    return this.#history.isLive && this.#history.isAtEnd;
  }

  #onRoomEvent(type, data) {
    const isOwn = data.by?.handle === this.#handle;
    if (!isOwn) this.#connectionStatus.countMissed(type);
    const html = data.message?.html ?? data.html;
    const nonce = isOwn && data.message?.nonce;
    const deletedId = type === "message-deleted" && data.message?.id;
    if (typeof html === "string") this.#batcher.add({ ...rowEventOf(type, { html, ...data.message, id: data.id }), nonce, deletedId });
    else if (type === "member") this.#onMember(data);
    else if (type === "presence") people.changePresence(data);
    else if (type === "room" && data.room_info) {
      this.#regainRoom();
      this.#history.showRoom(data.room_info);
      this.#showPins(data.room_info.pins ?? []);
      this.#postingRights?.show(data.room_info);
    } else if (type === "room-deleted") this.#loseRoom();
  }

  #showPins(ids) {
    this.#main.dataset.pins = ids.join(",");
    byId("pin-count").textContent = ids.length || "";
  }

  #onMember(data) {
    if (data.handle === this.#handle) {
      this.#regainRoom();
      this.#postingRights?.refresh();
    }
    people.changeMember(data);
    this.#readMark.update(); // only members have a read mark
    this.#batcher.add(data); // after the rows that wait in the batcher: they carry the former name
  }

  #applyBatch(events) {
    this.#history.apply(events);
    if (this.#threads) this.#threads.apply(events);
    else if (events.some(({ root }) => root)) this.#withThreads((threads) => threads.apply(events));
    for (const { nonce, deletedId } of events) {
      if (nonce) this.#outbox?.settle(this.#room, nonce);
      if (deletedId) this.#withAnnouncer((announcer) => announcer.retract(deletedId));
    }
    this.#readMark.update();
  }

  /** Fetches everything again: the stream does not continue where it was left. */
  #startAnew() {
    this.#activity.apply("room", {});
    this.#batcher.clear();
    this.#history.refetch();
    this.#threads?.refresh();
    this.#postingRights?.refresh();
  }

  /** The reader may no longer see the room. What is on the page stays. */
  #loseRoom() {
    this.#main.dataset.lost = "";
    this.#main.dataset.joined = "false";
    if (this.#handle) for (const id of ["join-room", "leave-room", "notify"]) byId(id).hidden = true;
    for (const part of document.querySelectorAll("[data-members-only]")) part.hidden = true;
    this.#connectionStatus.showRoomLost(true);
  }

  /** A room that was lost is there again: its stream begins anew, and what came before has to be fetched. */
  #regainRoom() {
    if (!("lost" in this.#main.dataset)) return;
    delete this.#main.dataset.lost;
    this.#connectionStatus.showRoomLost(false);
    this.#batcher.clear();
    this.#history.refetch();
  }

  #onState(state, detail) {
    this.#connectionStatus.show(state, detail);
    showConnection(state);
    if (state === "live") storage.resume();
    this.#outbox?.enter(state);
    if (state !== "live") return;
    if (detail.lostFor) people.fetchPresenceSoon();
    if (detail.lostFor && this.#handle) blocks.refresh();
    this.#activity.catchUp();
    this.#batcher.flushSoon(); // the unread line may have moved
  }

  // The reader

  #announce(rows) {
    const news = rows.filter((row) => this.#connectionStatus.isNews(row));
    if (news.length > 0) this.#withAnnouncer((announcer) => announcer.announce(news));
  }

  /** Calls are made in their order, also while the module is being loaded. */
  async #withAnnouncer(call) {
    const module = await loadModule("announcer");
    if (module) call((this.#announcer ??= new module.Announcer()));
  }

  #openDatePicker() {
    const form = byId("jump-to-date");
    let picker = null;
    byId("utc").remove();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#history.goToDate(form);
    });
    form.addEventListener("toggle", async ({ newState }) => {
      if (newState !== "open") return;
      const [module] = await Promise.all([loadModule("date_picker"), loadStyle("places")]);
      if (module) (picker ??= new module.DatePicker()).open(this.#room, this.#history.timeHere);
    });
  }

  async #onKey(event) {
    if (this.#keyboardNavigation || !/^(Tab|Page|Home|End)/.test(event.key)) return;
    const module = await loadModule("keyboard_navigation");
    if (module) this.#keyboardNavigation ??= new module.KeyboardNavigation(event);
  }
}

/** Attaches files to the draft of another room, whose page then uploads them. */
async function attachElsewhere(owner, room, files) {
  const module = await loadModule("attachments");
  const drafts = new Drafts(owner, room);
  const draft = drafts.read() ?? { body: "" };
  const attached = draft.files ?? [];
  const { kept } = (await module?.attach(files, attached.length)) ?? { kept: [] };
  drafts.save({ ...draft, files: [...attached, ...kept] });
}

/**
 * Returns what an event about a message changes in the rows.
 *
 * @param {string} type
 * @param {object} message with the id of the event
 */
function rowEventOf(type, { id, html, thread, thread_html: line, thread_summary: summary, author }) {
  if (!thread) return { id, html };
  return { id, html, root: thread, line, count: summary?.count, author: author.handle, isReply: type === "message", mentions: mentionsReader(html) };
}

openSidebar();
openCards();
openCompletion();
new RoomPage();
