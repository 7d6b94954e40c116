import type { Attempt, Credentials, Outcome } from "../audit/entry.ts";
import type { Writer } from "../credentials/writer.ts";
import type { LabelSelector } from "../kube/label_selector.ts";
import type { Place } from "./program.ts";
import type { Reply } from "./reply.ts";
import type { Part } from "./request_kinds.ts";

/** What a call is about, what is recorded of it, and what came of it. */

/** Which clusters a request is about, as it says it; which there are is not looked up yet. */
export interface AskedSelection {
  /** Where it was said, for messages. */
  readonly part: Part;
  /** Names and patterns, behind a `!` what is taken out; without any, all that may be seen are meant. */
  readonly clusters: readonly string[];
  /** What has to match besides. */
  readonly selector?: LabelSelector | undefined;
  /** Names and patterns of those that go first and must all succeed. */
  readonly first: readonly string[];
  /** How many may fail. @default any number */
  readonly maxFailures?: number | undefined;
}

/** By what an attempt is limited, so that values cannot be tried one after the other. */
export interface Limited {
  readonly dryRun: boolean;
  /** Values of which it tells whether they are right: the credentials that it tries, or a dry run's. */
  readonly tries: number;
  /** Against which limit these count. @default tries */
  readonly limit?: "tries" | "finds";
}

/** What the audit log says of an attempt. */
export interface Attempted extends Limited {
  /** @param place where that is known */
  of(writer: Writer, place: Place): Attempt;
  /** The values, of which only fingerprints are recorded. */
  readonly credentials?: Credentials;
}

/** What it says of a call about several clusters as a whole. */
export interface AttemptedOnFleet extends Limited {
  /** @param clusters names of those that it is about */
  of(writer: Writer, clusters: readonly string[]): Attempt;
  /** The values, of which only fingerprints are recorded. */
  readonly credentials?: Credentials;
}

/** What came of it. */
export interface Done {
  /** For the audit log; of every attempt. */
  readonly outcome?: Outcome;
  /** @throws {OperationError} of what came to nothing */
  reply(): Reply;
}
