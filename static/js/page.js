// The page, and pages like it.

export const byId = (id) => document.getElementById(id);

/** A page of ours at this address, or an error: a proxy's page or a door is not a history. `null`: not there. */
export async function fetchPage(address) {
  const response = await fetch(address, { headers: { accept: "text/html" }, cache: "no-store" });
  if (response.status === 404) return null;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (!response.ok || !page.getElementById("history")) throw new Error(`no history at ${address}`);
  return page;
}
