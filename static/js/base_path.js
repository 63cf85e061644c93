// The path below which the server is reached, from the `<base>` of the page. Addresses in scripts are relative to it.

/** The path, with a slash at its end. */
export const basePath = new URL(document.baseURI).pathname;

/**
 * What this server's data in the browser is named after: servers below different paths of a host share one storage.
 * Names of two servers never begin alike up to the slash that follows.
 */
export const serverName = `backscroll${encodeURIComponent(basePath.slice(0, -1))}`;

/** Returns the address of this page for the server, which does not know the path. */
export const pathHere = () => `/${(location.pathname + location.search).slice(basePath.length)}`;
