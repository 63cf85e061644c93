// Takes files: chosen, pasted, or dropped onto the page or onto a room in the sidebar.

import { byId } from "./dom.js";
import { loadWithStyle } from "./lazy_modules.js";

/**
 * Starts to take files.
 *
 * @param {(files: File[]) => void} onFiles called with those for this room
 * @param {(room: string, files: File[]) => Promise<void>} onFilesFor called with those for another room, which is then shown
 */
export function openAttaching(onFiles, onFilesFor) {
  const input = byId("files");
  input.addEventListener("change", () => {
    onFiles([...input.files]);
    input.value = "";
  });
  byId("body").addEventListener("paste", (event) => {
    const files = [...event.clipboardData.files];
    // Programs that copy formatted text also offer a picture of it.
    if (files.length === 0 || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    onFiles(files);
  });
  addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    markTarget(event.target);
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) markTarget(null);
  });
  addEventListener("drop", async (event) => {
    const files = [...event.dataTransfer.files];
    if (files.length === 0) return;
    event.preventDefault();
    markTarget(null);
    const link = event.target.closest?.(".room-link:not([aria-current])");
    if (!link) return onFiles(files);
    await onFilesFor(link.dataset.room, files);
    location.assign(link.href);
  });
  document.addEventListener("click", openViewer);
}

/** Marks where files would be dropped: a room in the sidebar, or the composer. */
function markTarget(target) {
  const marked = target && (target.closest?.(".room-link") ?? byId("composer"));
  for (const former of document.querySelectorAll(".drop-target")) if (former !== marked) former.classList.remove("drop-target");
  marked?.classList.add("drop-target");
}

/** Opens a picture of the history in the viewer. */
async function openViewer(event) {
  const link = event.target.closest?.(".file-picture");
  if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const module = await loadWithStyle("picture_viewer");
  if (module) module.view(link);
  else location.assign(link.href);
}
