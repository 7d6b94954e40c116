import type { Begin } from "./recorded.ts";
import type { WriteDeps } from "./write.ts";

/** Who makes a request. */
export interface Actor {
  /** The token's name; without authentication `anonymous`, or the operating system's user on the CLI. */
  readonly name: string;
  /** The client's address, or the interface of the request, such as the CLI. */
  readonly from: string;
}

/** Who writes, and the ids of the write. */
export interface Writer {
  /** Unique for each write; stored in the secrets that it writes. */
  readonly writeId: string;
  /** The id of the HTTP request, for the audit log. */
  readonly requestId: string;
  readonly actor: Actor;
}

/** Dependencies of the use-cases that write: the opened cluster, its locks, and the audit log. */
export interface WriteServices extends WriteDeps {
  /** Records the attempt; called before anything in the cluster changes. */
  readonly begin: Begin;
}
