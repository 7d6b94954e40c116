import type { Actor } from "./actor.ts";

/** Who writes, and by which ids that is known. */
export interface Writer {
  /** Unlike any other write's. */
  readonly writeId: string;
  /** Of the HTTP request, for the record. */
  readonly requestId: string;
  readonly actor: Actor;
}
