// Uploads: the bytes of attached files stay in the browser's database until the message with them is acknowledged, and are
// sent in pieces that every proxy lets pass. An upload continues where it was, also after a reload or a crash.

import { serverName } from "./base_path.js";
import { explain, isProblem, request } from "./http.js";

/**
 * A file that is attached to a draft or an unsent message.
 * @typedef {{ key: string, name: string, size: number }} Attached
 *
 * What came of an attempt to upload a file: its id, or why the server refuses it, or that its bytes are not there any more, or
 * the answer of a server in trouble, after which the attempt can be repeated.
 * @typedef {{ id?: string, fault?: string, isGone?: boolean, response?: ?Response }} Attempt
 */

const PIECE = 512 * 1024; // bytes
const PIECE_TIMEOUT = 60_000; // ms
const VERSION = { "tus-resumable": "1.0.0" };

/** Files that the browser does not store. They last as long as the page. */
const memory = new Map();
/** Attempts by key. */
const running = new Map();
const controls = new Map();
let database = null;

/**
 * Stores files.
 *
 * @param {Iterable<File>} files
 * @returns {Promise<Attached[]>}
 */
export function keep(files) {
  return Promise.all(Array.from(files, keepOne));
}

async function keepOne(file) {
  const key = crypto.getRandomValues(new Uint32Array(4)).join("-");
  const record = { key, name: file.name || "file", size: file.size, blob: file, upload: null };
  await put(record);
  return { key, name: record.name, size: record.size };
}

/**
 * Removes files, and ends their uploads.
 *
 * @param {Attached[]} files
 * @param {boolean} [isCancelled] whether the server is told that they are not wanted
 */
export async function forget(files, isCancelled = false) {
  for (const { key } of files) {
    controls.get(key)?.abort();
    const upload = isCancelled && (await get(key))?.upload;
    if (upload) request(`files/${upload}`, { method: "DELETE", headers: VERSION });
    await change("readwrite", (records) => records.delete(key));
    memory.delete(key);
  }
}

/**
 * Begins uploads anew: the server does not have them any more.
 *
 * @param {Attached[]} files
 */
export async function restart(files) {
  for (const { key } of files) {
    const record = await get(key);
    if (record) await put({ ...record, upload: null });
  }
}

/**
 * Uploads a file, or what is missing of it.
 *
 * @param {string} key
 * @returns {Promise<Attempt>}
 */
export function upload(key) {
  if (!running.has(key)) {
    const control = new AbortController();
    controls.set(key, control);
    running.set(
      key,
      attempt(key, control.signal).finally(() => running.delete(key)),
    );
  }
  return running.get(key);
}

async function attempt(key, signal) {
  const record = await get(key);
  if (!record) return { isGone: true };
  if (record.upload) {
    const response = await ask(`files/${record.upload}`, "HEAD", {}, signal);
    if (response?.ok) return sendFrom(record, offsetOf(response), signal);
    if (response?.status !== 404) return { response };
  }
  const headers = { "upload-length": record.size, "upload-metadata": `filename ${base64(record.name)}` };
  const response = await ask("files", "POST", headers, signal);
  if (!response?.ok) return outcomeOf(response);
  record.upload = response.headers.get("location").split("/").at(-1);
  await put(record);
  return sendFrom(record, 0, signal);
}

async function sendFrom(record, start, signal) {
  let offset = start;
  tell(record, offset);
  while (offset < record.size) {
    const headers = { "content-type": "application/offset+octet-stream", "upload-offset": offset };
    const piece = record.blob.slice(offset, offset + PIECE);
    const response = await ask(`files/${record.upload}`, "PATCH", headers, signal, piece);
    if (!response?.ok) return outcomeOf(response);
    offset = offsetOf(response);
    tell(record, offset);
  }
  return { id: record.upload };
}

const offsetOf = (response) => Number(response.headers.get("upload-offset"));

function ask(address, method, headers, signal, body) {
  const signals = AbortSignal.any?.([signal, AbortSignal.timeout(PIECE_TIMEOUT)]) ?? signal;
  return request(address, { method, headers: { ...VERSION, ...headers }, body, cache: "no-store", signal: signals });
}

/** What the server refuses for good is a fault. An upload that is not there any more, or elsewhere, is tried again. */
async function outcomeOf(response) {
  const isPassing = !isProblem(response) || [401, 404, 408, 409, 425, 429, 500, 502, 503].includes(response.status);
  return isPassing ? { response } : { fault: await explain(response) };
}

function tell({ key, size }, sent) {
  document.dispatchEvent(new CustomEvent("upload-progress", { detail: { key, part: size ? sent / size : 1 } }));
}

function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

// The database

async function get(key) {
  return memory.get(key) ?? (await change("readonly", (records) => records.get(key)));
}

async function put(record) {
  const stored = await change("readwrite", (records) => records.put(record));
  if (stored === undefined) memory.set(record.key, record);
}

/** Returns the result of a request to the database; undefined if the browser does not store anything. */
async function change(mode, act) {
  try {
    database ??= open();
    const transaction = (await database).transaction("files", mode);
    const asked = act(transaction.objectStore("files"));
    return await new Promise((done, fail) => {
      transaction.oncomplete = () => done(asked.result);
      transaction.onabort = transaction.onerror = () => fail(transaction.error);
    });
  } catch {
    database = null;
    return undefined;
  }
}

function open() {
  const opening = indexedDB.open(`${serverName}/files`, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("files", { keyPath: "key" });
  return new Promise((done, fail) => {
    opening.onsuccess = () => {
      opening.result.onversionchange = () => opening.result.close(); // another tab signs out
      done(opening.result);
    };
    opening.onerror = () => fail(opening.error);
  });
}
