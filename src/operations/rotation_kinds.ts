import { send } from "../fields/advice.ts";
import type { CannotHold } from "../fleet/rotation/refusal.ts";
import type { NotSeen } from "../fleet/rotation/shapes.ts";
import { type ErrorKind, kind, listed, plain } from "./error_kind.ts";
import type { NotAcceptedAt } from "./secret_kinds.ts";

/** Why a rotation is refused, and what became of looking for one. */

/** How many of what there may be many of are named in a sentence; the body has all. */
const MOST_NAMED = 3;

function some(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  const named = listed(names.slice(0, MOST_NAMED));
  return more > 0 ? `${named} and ${more} more` : named;
}

const UNTOUCHED = "nothing was written";

function clustersNotSeen(
  { notSeen, maxFailures }: {
    readonly notSeen: readonly NotSeen[];
    readonly maxFailures: number;
  },
): string {
  const [first] = notSeen;
  const which = notSeen.length === 1
    ? `Cluster '${first!.cluster}' could not be read: ${first!.message}`
    : `${notSeen.length} clusters could not be read: ${
      some(notSeen.map(({ cluster }) => `'${cluster}'`))
    }`;
  const those = notSeen.length === 1 ? "it" : "them";
  // Else one of those that go first is among them.
  const isTooMany = notSeen.length > maxFailures;
  const more = isTooMany
    ? `Leave ${those} out, or ${send({ max_failures: notSeen.length })}`
    : `Leave ${those} out, or out of those that go first`;
  return `${which}; ${UNTOUCHED}. ${more}`;
}

function cannotHold({ places }: { readonly places: readonly CannotHold[] }): string {
  const { cluster, namespace, name, why } = places[0]!;
  const more = places.length === 1 ? "" : ` (and ${places.length - 1} more)`;
  return `The new credential cannot be stored everywhere: ${cluster}, secret ${namespace}/${name}: ` +
    `${why}${more}; ${UNTOUCHED}`;
}

export const ROTATION_ERRORS = {
  same_value: plain(400, `The old and the new credential are the same; ${UNTOUCHED}`),
  cannot_hold: kind<{ readonly places: readonly CannotHold[] }>(400, cannotHold, {
    fields: () => ["set"],
  }),
  clusters_not_seen: kind<
    { readonly notSeen: readonly NotSeen[]; readonly maxFailures: number }
  >(409, clustersNotSeen, {
    fields: () => ["max_failures"],
  }),
  first_not_found: kind<{ readonly clusters: readonly string[] }>(
    409,
    ({ clusters }) =>
      `There is nothing to rotate in ${some(clusters.map((name) => `'${name}'`))}, which ` +
      `'first' names; ${UNTOUCHED}`,
    { fields: () => ["first"] },
  ),
  /** `rotation`: absent where it may not be shown. */
  rotation_running: kind<{ readonly rotation?: string }>(
    409,
    ({ rotation }) =>
      `${
        rotation === undefined ? "A rotation" : `Rotation ${rotation}`
      } of the same credential is ` +
      `running; ${UNTOUCHED}`,
  ),
  credential_untried: kind<NotAcceptedAt>(
    422,
    ({ at, why }) =>
      `The new credential cannot be tried at ${at}${why === undefined ? "" : `: ${why}`}; ` +
      `${UNTOUCHED}. To write it there untried, ${send({ allow_untried: true })}`,
    { fields: () => ["allow_untried"], remedy: () => ({ allow_untried: true }) },
  ),
  rotation_not_found: kind<{ readonly hasAuditLog: boolean }>(
    404,
    ({ hasAuditLog }) =>
      "There is no such rotation" +
      (hasAuditLog
        ? ""
        : ", or another process ran it: without an audit log (setting audit-log) it is not remembered"),
    { fields: () => ["id"] },
  ),
} as const satisfies Record<string, ErrorKind<never>>;
