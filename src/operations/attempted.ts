import type { Attempt, Credentials, Outcome } from "../audit/entry.ts";
import type { Writer } from "../credentials/writer.ts";
import type { LabelSelector } from "../kube/label_selector.ts";
import type { ArgocdLocation } from "./program.ts";
import type { Reply } from "./reply.ts";
import type { Part } from "./request_kinds.ts";

/** The clusters of a call, its entry in the audit log, its cost, and its result. */

/** The cluster selection of a request, before it is resolved. */
export interface AskedSelection {
  /** Where the request has the selection, for messages. */
  readonly part: Part;
  /** Names and patterns; `!` excludes. Empty selects all clusters that the caller may see. */
  readonly clusters: readonly string[];
  /** Labels that must match, too. */
  readonly selector?: LabelSelector | undefined;
  /** Names and patterns of the clusters that go first and must all succeed. */
  readonly first: readonly string[];
  /** How many clusters may fail. @default any number */
  readonly maxFailures?: number | undefined;
}

/** The cost of an attempt, which is limited so that values cannot be guessed one by one. */
export interface Limited {
  readonly dryRun: boolean;
  /** How many values the response confirms or denies: verified credentials, or those of a dry run. */
  readonly tries: number;
  /** The limit that they count against. @default tries */
  readonly limit?: "tries" | "finds";
}

/** An attempt that the audit log records. */
export interface Attempted extends Limited {
  /** @param place absent fields if the cluster could not be opened */
  of(writer: Writer, place: ArgocdLocation): Attempt;
  /** The values, of which only fingerprints are recorded. */
  readonly credentials?: Credentials;
}

/** An attempt on several clusters that the audit log records as a whole. */
export interface AttemptedOnFleet extends Limited {
  /** @param clusters names of the selected clusters */
  of(writer: Writer, clusters: readonly string[]): Attempt;
  /** The values, of which only fingerprints are recorded. */
  readonly credentials?: Credentials;
}

/** The result of a call. */
export interface Done {
  /** For the audit log; present for every attempt. */
  readonly outcome?: Outcome;
  /** @throws {OperationError} if the call failed */
  reply(): Reply;
}
