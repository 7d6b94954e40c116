const MIB = 1024 * 1024;

/** Bytes of answers that may be read for one request, at all its places together. */
export const MAX_READ_FOR_REQUEST = 64 * MIB;

/** Bytes of answers that the process may hold at once, for all its requests. */
export const MAX_HELD = 96 * MIB;

/** How many bytes of answers may be read; those of a packed one count as they are unpacked. */
export class ReadBudget {
  #taken = 0;

  /** @param max bytes */
  constructor(readonly max: number) {}

  /** Whether so many more may be read; then they are taken. */
  take(bytes: number): boolean {
    if (this.#taken + bytes > this.max) return false;
    this.#taken += bytes;
    return true;
  }

  /** They are held no longer. */
  give(bytes: number): void {
    this.#taken -= bytes;
  }
}

export interface ReadBudgets {
  /** Of the request: what was read is used up, since it takes time as well. */
  readonly request: ReadBudget;
  /** Of the process: what is held no longer is free for others. */
  readonly process: ReadBudget;
}

/** The budgets of a request that is alone. */
export function ownBudgets(): ReadBudgets {
  return { request: new ReadBudget(MAX_READ_FOR_REQUEST), process: new ReadBudget(MAX_HELD) };
}

/** What one verification reads. */
export interface Reading {
  /** Takes so many bytes more; or tells why they may not be read. */
  take(bytes: number): string | undefined;
  /** It holds nothing any more. */
  end(): void;
}

export function beginReading({ request, process }: ReadBudgets): Reading {
  let held = 0;
  return {
    take(bytes) {
      if (!process.take(bytes)) {
        return "this program reads too many others at the moment, which are more than the " +
          `${process.max / MIB} MiB that it holds at once; try again`;
      }
      held += bytes;
      if (request.take(bytes)) return undefined;
      return `the answers to one request may have ${request.max / MIB} MiB together`;
    },
    end() {
      process.give(held);
      held = 0;
    },
  };
}
