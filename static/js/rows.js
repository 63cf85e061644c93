// Rows of a history as elements: out of HTML, one after the other, in the order of their ids.

export const idOf = (row) => Number(row.dataset.id);

export const isRow = (element) => element.classList.contains("message");

const nextRow = (sibling) => (element) => {
  let next = element[sibling];
  while (next && !isRow(next)) next = next[sibling];
  return next;
};

export const rowBefore = nextRow("previousElementSibling");
export const rowAfter = nextRow("nextElementSibling");

export const rowsOf = (list) => list.querySelectorAll(":scope > .message");

/** Rows come rendered from our own server, escaped there. */
export function parseRow(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const row = template.content.firstElementChild;
  return row && isRow(row) && row.id === `m${row.dataset.id}` ? row : null;
}

/** The first of some rows, from top to bottom, whose end lies below `y`; their number where there is none. */
export function firstBelow(rows, y) {
  let [from, to] = [0, rows.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (rows[middle].getBoundingClientRect().bottom > y) to = middle;
    else from = middle + 1;
  }
  return from;
}
