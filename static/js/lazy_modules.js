// Loads modules that are not needed at the start when they are first used.

const TIMEOUT = 10_000; // ms

const modules = {};
const styleSheets = {};
let failures = 0;

/**
 * Loads a module. Returns null while the server cannot be reached: the caller then tries again at the next use, under
 * another address, since some browsers remember a failure. `import` has no timeout of its own: over a dead connection it
 * would wait indefinitely.
 *
 * @param {string} name of the file, without `.js`
 */
export async function loadModule(name) {
  modules[name] ??= withTimeout(import(`./${name}.js`)).catch(() => withTimeout(import(`./${name}.js?${++failures}`)));
  return modules[name].catch(() => (modules[name] = null));
}

const withTimeout = (loading) => Promise.race([loading, new Promise((_, fail) => setTimeout(fail, TIMEOUT))]);

/**
 * Loads a module, and the style sheet of popups and the action bar.
 *
 * @param {string} name
 */
export async function loadWithStyle(name) {
  const [module] = await Promise.all([loadModule(name), loadStyle("writing")]);
  return module;
}

/**
 * Loads a style sheet. The promise is fulfilled also if that failed; the next use then tries again.
 *
 * @param {string} name of the file, without `.css`
 */
export const loadStyle = (name) => (styleSheets[name] ??= fetchStyle(name));

async function fetchStyle(name) {
  const link = document.createElement("link");
  Object.assign(link, { rel: "stylesheet", href: new URL(`../css/${name}.css`, import.meta.url) });
  document.head.append(link);
  const { type } = await new Promise((done) => (link.onload = link.onerror = done));
  if (type === "error") styleSheets[name] = null;
}
