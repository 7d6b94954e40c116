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
  return `${which}; ${UNTOUCHED} (max_failures is ${maxFailures})`;
}

function cannotHold({ places }: { readonly places: readonly CannotHold[] }): string {
  const { cluster, why } = places[0]!;
  const more = places.length === 1 ? "" : ` (and ${places.length - 1} more)`;
  return `Field 'set' does not fit everywhere. Cluster '${cluster}': ${why}${more}; ${UNTOUCHED}`;
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
  rotation_running: kind<{ readonly rotation: string }>(
    409,
    ({ rotation }) => `Rotation ${rotation} of the same credential is running; ${UNTOUCHED}`,
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
        : ", or it ran before this server was started: without an audit log (setting audit-log) " +
          "older ones are not known"),
    { fields: () => ["id"] },
  ),
} as const satisfies Record<string, ErrorKind<never>>;
