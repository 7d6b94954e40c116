import type { OldValue, Reason, RotationCluster, TriedPlace } from "../../fleet/rotation/shapes.ts";
import { plain } from "../client/table.ts";
import type { Way } from "../client/way.ts";
import { triedLines } from "../client/tried.ts";
import { whyRefused } from "./rotation_refusal.ts";

/** The answer about a rotation, as far as it is shown. */
export interface Rotation {
  readonly rotation?: string;
  readonly state?: string;
  readonly success: boolean;
  readonly dry_run?: boolean;
  readonly clusters: readonly RotationCluster[];
  /** Absent where that is not known (yet). */
  readonly old_value?: OldValue;
  readonly safe_to_revoke: boolean;
  readonly reasons?: readonly Reason[];
  readonly verified?: readonly TriedPlace[];
  readonly never_looked_at?: readonly string[];
  readonly undo?: {
    readonly find?: { readonly fingerprint?: string };
    /** Why that one ends; absent where it does not. */
    readonly fingerprints_end?: string;
  };
}

/** Most of anything that is told one by one. */
const MOST = 20;

/**
 * What is said below the table: what to do about what is left, what to revoke or why not, and the way back.
 * @param flags of the command line
 * @param way by which it was done
 */
export function notesOfRotation(
  body: Rotation,
  flags: Readonly<Record<string, unknown>> = {},
  { isForgotten = false }: Pick<Way, "isForgotten"> = {},
): string[] {
  const notes = body.dry_run ? planned(body, flags) : body.state === "running" ? running(body) : [
    ...remedies(body),
    ...tried(body, "The new value was tried:"),
    ...resumable(body),
    ...verdict(body),
    ...wayBack(body),
    ...body.rotation === undefined || isForgotten
      ? []
      : [`rotation: ${body.rotation} ('rotations ${body.rotation}' shows it again)`],
  ];
  return notes.map(plain);
}

function planned(body: Rotation, flags: Readonly<Record<string, unknown>>): string[] {
  const is = (wanted: string) => body.clusters.some(({ status }) => status === wanted);
  const nothing = is("unchanged")
    ? "the new value is there already"
    : "no secret that may be rotated holds the old value";
  // Who would be asked is told why that is not done.
  const why = flags.dryRun === undefined ? undefined : whyRefused(body, flags);
  return [
    ...remedies(body),
    ...tried(body, "Trying the new value:"),
    ...is("rotated") ? [] : [`Nothing to rotate: ${nothing}`],
    ...why === undefined ? [] : [`This would be refused: ${why}`],
  ];
}

const running = ({ clusters, rotation }: Rotation): string[] => [
  `Rotation ${rotation} is running: ${clusters.length} clusters have ended`,
];

/** What to do about what is left, once for each reason. */
function remedies({ clusters }: Rotation): string[] {
  const left = clusters.flatMap(({ left }) => left);
  const each = new Set(left.map(({ reason, remedy }) => `left (${reason}): ${remedy}`));
  return [...each].slice(0, MOST);
}

function tried({ verified = [], dry_run: isPlan = false }: Rotation, heading: string): string[] {
  return verified.length === 0 ? [] : [heading, ...triedLines(verified, isPlan).slice(0, MOST)];
}

function resumable({ clusters, state }: Rotation): string[] {
  const isOpen = state === "interrupted" ||
    clusters.some(({ status }) => status === "failed" || status === "not_begun");
  return isOpen
    ? ["Run the same command again to continue: what holds the new value stays as it is"]
    : [];
}

/** By nothing less than what this program says of it: a server may say anything. */
export const isSafe = ({ safe_to_revoke, reasons }: Pick<Rotation, "safe_to_revoke" | "reasons">) =>
  safe_to_revoke === true && reasons === undefined;

function verdict(body: Rotation): string[] {
  const { old_value, reasons = [], never_looked_at = [] } = body;
  const never = never_looked_at.length === 0
    ? []
    : [`Never searched: ${never_looked_at.join("; ")}`];
  if (isSafe(body)) {
    return [
      "Safe to revoke: the old value was found nowhere any more, on all clusters",
      ...never,
    ];
  }
  if (old_value === undefined) {
    return ["NOT safe to revoke: it is not known where the old value still stands"];
  }
  return [
    "NOT safe to revoke the old value:",
    ...reasons.map(({ code, message }) => `  ${code}: ${message}`),
    ...never,
  ];
}

/** The same command with the values exchanged; of the new one its fingerprint does. */
function wayBack({ clusters, undo }: Rotation): string[] {
  if (!clusters.some(({ status }) => status === "rotated")) return [];
  // One that ends is of no use to who reads this later.
  const fingerprint = undo?.fingerprints_end === undefined ? undo?.find?.fingerprint : undefined;
  const orBy = fingerprint === undefined
    ? ""
    : `, or with --fingerprint ${fingerprint} in place of the value to replace`;
  return [`To go back: the same command with the two values exchanged${orBy}`];
}
