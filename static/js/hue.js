// The colours of names.

/**
 * Returns the hue of a person's name, one of twelve. The same as `hue` in src/web/views/layout.rs: FNV-1a over the bytes of
 * the handle, folded.
 *
 * @param {string} handle
 */
export function hue(handle) {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(handle)) hash = Math.imul(hash ^ byte, 0x01000193);
  return ((hash ^ (hash >>> 16)) >>> 0) % 12;
}
