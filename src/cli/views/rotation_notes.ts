import { plural } from "../../text/plural.ts";
import {
  FINGERPRINT_LIMIT,
  type OldValue,
  type Reason,
  type RotationCluster,
  type VerifiedPlace,
} from "../../fleet/rotation/shapes.ts";
import { printable } from "../client/table.ts";
import type { Backend } from "../client/backend.ts";
import { verifyLines } from "../client/verify_lines.ts";
import { whyRefused } from "./rotation_refusal.ts";

/** The fields of a rotation's answer that are shown. */
export interface RotationBody {
  readonly rotation?: string;
  readonly state?: string;
  readonly success: boolean;
  readonly dry_run?: boolean;
  readonly clusters: readonly RotationCluster[];
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
 * @param byFingerprint whether the old value may have been given by its fingerprint
 */
export function notesOfRotation(
  body: RotationBody,
  flags: Readonly<Record<string, unknown>> = {},
  { isForgotten = false }: Pick<Backend, "isForgotten"> = {},
  byFingerprint = flags.fingerprint !== undefined,
): string[] {
  const notes = body.dry_run ? planned(body, flags) : body.state === "running" ? running(body) : [
    ...remedies(body),
    ...verifiedLines(body, "Verification of the new value:"),
    ...resumable(body),
    ...rollbackNotes(body),
    ...body.rotation === undefined || isForgotten
      ? []
      : [`Rotation ID: ${body.rotation} (shown again by 'rotations ${body.rotation}')`],
    ...notSearched(body, byFingerprint),
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
    ...remedies(body),
    ...verifiedLines(body, "The new value will be verified:"),
    ...is("rotated") ? [] : [`Nothing to rotate: ${nothing}`],
    ...why === undefined ? [] : [`The rotation would be rejected: ${why}`],
  ];
}

const running = ({ clusters, rotation }: RotationBody): string[] => [
  `Rotation ${rotation} is running: ${plural(clusters.length, "cluster")} done`,
];

/** What to do about secrets with the old value, once per reason. */
function remedies({ clusters }: RotationBody): string[] {
  const left = clusters.flatMap(({ left }) => left);
  const each = new Set(left.map(({ reason, remedy }) => `not rotated (${reason}): ${remedy}`));
  return [...each].slice(0, MOST);
}

function verifiedLines(
  { verified = [], dry_run: isPlan = false }: RotationBody,
  heading: string,
): string[] {
  return verified.length === 0 ? [] : [heading, ...verifyLines(verified, isPlan).slice(0, MOST)];
}

function resumable({ clusters, state }: RotationBody): string[] {
  const isOpen = state === "interrupted" ||
    clusters.some(({ status }) => status === "failed" || status === "not_begun");
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
    : `, or with --fingerprint ${fingerprint} for the value to replace`;
  return [`To roll back: run the same command with the two values swapped${orBy}`];
}
