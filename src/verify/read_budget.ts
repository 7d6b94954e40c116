const MIB = 1024 * 1024;

/** The most bytes of responses that are read for one request, at all its places together. */
export const MAX_READ_FOR_REQUEST = 64 * MIB;

/** The most bytes of responses that the process holds concurrently, for all requests. */
export const MAX_HELD = 96 * MIB;

/** A budget of response bytes, counted after decompression. */
export class ReadBudget {
  #taken = 0;

  /** @param max bytes */
  constructor(readonly max: number) {}

  /** Takes bytes from the budget; returns false, and takes nothing, where it is exceeded. */
  take(bytes: number): boolean {
    if (this.#taken + bytes > this.max) return false;
    this.#taken += bytes;
    return true;
  }

  /** Returns bytes to the budget. */
  give(bytes: number): void {
    this.#taken -= bytes;
  }
}

export interface ReadBudgets {
  /** The request's budget, which is used up: reading takes time as well. */
  readonly request: ReadBudget;
  /** The process's budget, to which bytes are returned when they are no longer held. */
  readonly process: ReadBudget;
}

/** The budgets of a single request. */
export function ownBudgets(): ReadBudgets {
  return { request: new ReadBudget(MAX_READ_FOR_REQUEST), process: new ReadBudget(MAX_HELD) };
}

/** Counts the bytes that one verification reads. */
export interface ReadMeter {
  /** Takes bytes from the budgets; returns why they may not be read, where they may not. */
  take(bytes: number): string | undefined;
  /** Returns the held bytes to the process's budget. */
  end(): void;
}

export function startReadMeter({ request, process }: ReadBudgets): ReadMeter {
  let held = 0;
  return {
    take(bytes) {
      if (!process.take(bytes)) {
        return "busy: the limit for responses in memory, " +
          `${process.max / MIB} MiB over all requests, is reached; try again`;
      }
      held += bytes;
      if (request.take(bytes)) return undefined;
      return `the limit for all responses of one request is ${request.max / MIB} MiB`;
    },
    end() {
      process.give(held);
      held = 0;
    },
  };
}
