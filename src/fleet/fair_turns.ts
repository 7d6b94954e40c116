/** Whose turn it is to be: a caller, and which of its calls. */
export interface Whose {
  readonly caller: string;
  readonly call: symbol;
}

/** Waiting ones of several calls: callers take turns, and within each of them its calls do. */
export class FairTurns<T> {
  /** In the order in which they have their turn. No line is empty. */
  readonly #lines = new Map<string, Map<symbol, T[]>>();

  add({ caller, call }: Whose, one: T): void {
    const calls = this.#lines.get(caller) ?? new Map<symbol, T[]>();
    this.#lines.set(caller, calls);
    const line = calls.get(call);
    if (line) line.push(one);
    else calls.set(call, [one]);
  }

  /** Takes out the next one that may go, also from behind one that may not. */
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
