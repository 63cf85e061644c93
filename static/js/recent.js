// The last events that one tab has heard, for the other tabs that have not.

const COUNT_MAX = 1000;
const SIZE_MAX = 1_000_000; // UTF-16 units

export class Recent {
  #events = [];
  #size = 0;
  #from;

  /** Nothing is known of what was before `from`. */
  constructor(from) {
    this.#from = from;
  }

  add(event) {
    this.#events.push(event);
    this.#size += event.text.length;
    while (this.#events.length > COUNT_MAX || this.#size > SIZE_MAX) {
      const { id, text } = this.#events.shift();
      this.#from = id;
      this.#size -= text.length;
    }
  }

  /** All that came after this id; `null` if some of it is not here any more. */
  after(id) {
    return id < this.#from ? null : this.#events.filter((event) => event.id > id);
  }
}
