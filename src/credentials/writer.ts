import type { Actor } from "./actor.ts";
import type { Begin } from "./recorded.ts";
import type { WriteDeps } from "./write.ts";

/** Who writes, and by which ids that is known. */
export interface Writer {
  /** Unlike any other write's. */
  readonly writeId: string;
  /** Of the HTTP request, for the record. */
  readonly requestId: string;
  readonly actor: Actor;
}

/** What a writing use-case gets besides the request: the cluster that was opened for it, and more. */
export interface WriteServices extends WriteDeps {
  /** Called before anything is changed in the cluster. */
  readonly begin: Begin;
}
