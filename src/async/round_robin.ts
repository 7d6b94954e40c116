/** Queues of waiting items, one per key, which are served round robin. */
export class RoundRobin<T> {
  /** In the order in which they are served next. None is empty. */
  readonly #queues = new Map<string | undefined, T[]>();
  #size = 0;

  /** How many items wait, in all queues. */
  get size(): number {
    return this.#size;
  }

  add(key: string | undefined, item: T): void {
    const queue = this.#queues.get(key);
    if (queue) queue.push(item);
    else this.#queues.set(key, [item]);
    this.#size++;
  }

  /** Removes an item that no longer waits. */
  remove(key: string | undefined, item: T): void {
    const queue = this.#queues.get(key) ?? [];
    const index = queue.indexOf(item);
    if (index === -1) return;
    queue.splice(index, 1);
    this.#size--;
    if (queue.length === 0) this.#queues.delete(key);
  }

  /** Removes and returns the next item whose key may go; its queue is served again after the others. */
  next(mayGo: (key: string | undefined) => boolean): T | undefined {
    for (const [key, queue] of this.#queues) {
      if (!mayGo(key)) continue;
      const item = queue.shift()!;
      this.#size--;
      this.#queues.delete(key);
      if (queue.length > 0) this.#queues.set(key, queue);
      return item;
    }
    return undefined;
  }

  /** How many items are served before one that is added with this key now. */
  before(key: string | undefined): number {
    const own = this.#queues.get(key)?.length ?? 0;
    let before = own;
    for (const [other, queue] of this.#queues) {
      if (other !== key) before += Math.min(queue.length, own + 1);
    }
    return before;
  }
}
