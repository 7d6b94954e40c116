/** A caller, and one of its calls. */
export interface CallOfCaller {
  readonly caller: string;
  readonly call: symbol;
}

/** A queue of entries of several calls: callers take turns, and so do the calls of each caller. */
export class FairCallQueue<T> {
  /** In order of their next turn. No queue is empty. */
  readonly #lines = new Map<string, Map<symbol, T[]>>();

  add({ caller, call }: CallOfCaller, one: T): void {
    const calls = this.#lines.get(caller) ?? new Map<symbol, T[]>();
    this.#lines.set(caller, calls);
    const line = calls.get(call);
    if (line) line.push(one);
    else calls.set(call, [one]);
  }

  /** Removes and returns the next entry that may start, even if an earlier one may not. */
  next(mayGo: (one: T) => boolean): T | undefined {
    for (const [caller, calls] of this.#lines) {
      for (const [call, line] of calls) {
        const index = line.findIndex(mayGo);
        if (index === -1) continue;
        const [one] = line.splice(index, 1);
        calls.delete(call);
        if (line.length > 0) calls.set(call, line);
        this.#lines.delete(caller);
        if (calls.size > 0) this.#lines.set(caller, calls);
        return one;
      }
    }
    return undefined;
  }
}
