import { plural } from "../../text/plural.ts";
import {
  FINGERPRINT_LIMIT,
  type OldValue,
  type Reason,
  type RotationCluster,
  VERIFIED_HERE,
  type VerifiedPlace,
} from "../../fleet/rotation/shapes.ts";
import { printable, shortList } from "../client/table.ts";
import type { Backend } from "../client/backend.ts";
import { MOST_PLACES, verifyLines } from "../client/verify_lines.ts";
import { whyRefused } from "./rotation_refusal.ts";
import { remedyInFlags } from "./rotation_remedy.ts";

/** The fields of a rotation's answer that are shown. */
export interface RotationBody {
  readonly rotation?: string;
  readonly state?: string;
  readonly success: boolean;
  readonly dry_run?: boolean;
  readonly clusters: readonly RotationCluster[];
  readonly failed?: number;
  readonly not_begun?: number;
  /** Absent while it is unknown. */
  readonly old_value?: OldValue;
  readonly safe_to_revoke: boolean;
  readonly reasons?: readonly Reason[];
  readonly verified?: readonly VerifiedPlace[];
  readonly never_searched?: readonly string[];
  readonly rollback?: {
    readonly find?: { readonly fingerprint?: string };
    /** Why that fingerprint will not match later; absent if it will. */
    readonly fingerprints_end?: string;
  };
}

/** Most lines of one kind. */
const MOST = 20;

/**
 * Notes below the table: remedies, how to roll back, and whether to revoke the old value.
 * @param flags of the command line
 * @param backend that did it
 * @param isShownAgain whether the rotation was requested by its ID; it is then unknown how the old value was given
 */
export function notesOfRotation(
  body: RotationBody,
  flags: Readonly<Record<string, unknown>> = {},
  { isForgotten = false }: Pick<Backend, "isForgotten"> = {},
  isShownAgain = false,
): string[] {
  const notes = body.dry_run ? planned(body, flags) : body.state === "running" ? running(body) : [
    ...hints(body),
    ...remedies(body),
    ...verifiedLines(body),
    ...unlisted(body),
    ...resumable(body),
    ...rollbackNotes(body),
    ...body.rotation === undefined || isForgotten || isShownAgain ? [] : [
      `Rotation ID: ${body.rotation} (show it again: argocd-configurer rotations ${body.rotation})`,
    ],
    ...notSearched(body, isShownAgain || flags.fingerprint !== undefined),
    ...verdict(body),
  ];
  return notes.map(printable);
}

function planned(body: RotationBody, flags: Readonly<Record<string, unknown>>): string[] {
  const is = (wanted: string) => body.clusters.some(({ status }) => status === wanted);
  const nothing = is("unchanged")
    ? "the new value is already in place"
    : "no secret that can be rotated has the old value";
  // Without --dry-run, the reason replaces the prompt.
  const why = flags.dryRun === undefined ? undefined : whyRefused(body, flags);
  return [
    ...hints(body),
    ...remedies(body),
    ...plannedVerification(body),
    ...is("rotated") ? [] : [`Nothing to rotate: ${nothing}`],
    ...why === undefined ? [] : [`The rotation would be rejected: ${why}`],
  ];
}

const running = ({ clusters, rotation }: RotationBody): string[] => [
  `Rotation ${rotation} is running: ${plural(clusters.length, "cluster")} done`,
];

/** What keeps a secret from being rotated, by the API's reason. */
const OBSTACLES: Readonly<Record<string, string | undefined>> = {
  being_deleted: "being deleted",
  other_type: "no registry or repository credential",
  not_ours: "not managed by argocd-configurer",
  owned: "managed by another tool",
  padded: "white space around the value",
  inside: "the value is part of a longer text",
  as_username: "the value is a user name",
  unmergeable: "cannot be rewritten",
  several_values: "several values",
};

/** Hints about rotated secrets, each once. */
function hints({ clusters }: RotationBody): string[] {
  const all = new Set(clusters.flatMap(({ hints = [] }) => hints));
  return [...all].slice(0, MOST).map((hint) => `hint: ${hint}`);
}

/** What to do about secrets with the old value, once per reason. */
function remedies({ clusters }: RotationBody): string[] {
  const left = clusters.flatMap(({ left }) => left);
  const each = Map.groupBy(
    left,
    ({ reason, remedy }) => `(${OBSTACLES[reason] ?? reason}): ${remedyInFlags(remedy)}`,
  );
  return [...each].slice(0, MOST)
    .map(([text, { length }]) => `${plural(length, "secret")} not rotated ${text}`);
}

const verifiedLines = ({ verified = [] }: RotationBody): string[] =>
  verified.length === 0
    ? []
    : ["Verification of the new value:", ...verifyLines(verified).slice(0, MOST)];

/** Where the new value will be verified, and where otherwise, or not. */
function plannedVerification({ verified = [] }: RotationBody): string[] {
  const here = verified.filter(({ message }) => message === VERIFIED_HERE);
  const others = verified.filter(({ message }) => message !== VERIFIED_HERE);
  if (verified.length === 0) return [];
  const list = here.length === 0 ? "" : ` at: ${shortList(here.map(({ at }) => at), MOST_PLACES)}`;
  return [
    here.length === 0 ? "Verification of the new value:" : `The new value will be verified${list}`,
    ...verifyLines(others, true).slice(0, MOST),
  ];
}

const isOpenStatus = ({ status }: RotationCluster) => status === "failed" || status === "not_begun";

/** How many clusters failed or were skipped without an entry in the audit log. */
function countUnlisted({ clusters, failed = 0, not_begun = 0 }: RotationBody): number {
  return failed + not_begun - clusters.filter(isOpenStatus).length;
}

function unlisted(body: RotationBody): string[] {
  const count = countUnlisted(body);
  return count > 0
    ? [`${plural(count, "cluster")} not listed: failed or skipped before anything was written`]
    : [];
}

function resumable(body: RotationBody): string[] {
  const { clusters, state } = body;
  const isOpen = state === "interrupted" || clusters.some(isOpenStatus) || countUnlisted(body) > 0;
  return isOpen
    ? ["Run the same command again to continue. Secrets with the new value stay unchanged"]
    : [];
}

/** Whether the old value is safe to revoke. Strict, since an unknown server may send anything. */
export const isSafe = (
  { safe_to_revoke, reasons }: Pick<RotationBody, "safe_to_revoke" | "reasons">,
) => safe_to_revoke === true && reasons === undefined;

/** Whether to revoke the old value: the last lines, since this is what to do next. */
function verdict(body: RotationBody): string[] {
  const { old_value, reasons = [] } = body;
  if (isSafe(body)) return ["Safe to revoke the old value: it is no longer found on any cluster"];
  if (old_value === undefined) {
    return ["NOT safe to revoke the old value: it is unknown where it is still stored"];
  }
  return [
    "NOT safe to revoke the old value:",
    ...reasons.map(({ code, message }) => `  ${code}: ${message}`),
  ];
}

/** Where no rotation searches. */
function notSearched(
  { old_value, never_searched: all = [] }: RotationBody,
  byFingerprint: boolean,
): string[] {
  if (old_value === undefined) return [];
  const limits = all.filter((each) => byFingerprint || each !== FINGERPRINT_LIMIT);
  return limits.length === 0 ? [] : [`Not searched: ${limits.join("; ")}`];
}

/** How to roll back: with the values swapped, where a fingerprint can replace the new value. */
function rollbackNotes({ clusters, rollback }: RotationBody): string[] {
  if (!clusters.some(({ status }) => status === "rotated")) return [];
  // A fingerprint that will not match later is not shown.
  const fingerprint = rollback?.fingerprints_end === undefined
    ? rollback?.find?.fingerprint
    : undefined;
  const orBy = fingerprint === undefined
    ? ""
    : `. If the new value is lost, name it with --fingerprint ${fingerprint}`;
  return [`To roll back: run the same command with the two values swapped${orBy}`];
}
