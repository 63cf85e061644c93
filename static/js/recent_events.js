// The latest events that the leader has received, for followers that missed some.

const COUNT_MAX = 1000;
const SIZE_MAX = 1_000_000; // UTF-16 units

export class Recent {
  #events = [];
  #size = 0;
  #from;

  /** Events up to `from` are unknown. */
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

  /** Returns the events after an id; null if some of them are no longer here. */
  after(id) {
    return id < this.#from ? null : this.#events.filter((event) => event.id > id);
  }
}
