import { send } from "../fields/advice.ts";
import type { UnwritablePlace } from "../fleet/rotation/refusal.ts";
import type { ClusterNotSeen } from "../fleet/rotation/shapes.ts";
import { type ErrorKind, kind, listed, plain, sentences, UNCHANGED } from "./error_kind.ts";
import type { CredentialRejection } from "./secret_kinds.ts";

/** Errors of rotations: why one is rejected, and one that is not found. */

/** Most names in a sentence; the body has all of them. */
const MOST_NAMED = 3;

function some(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  const named = listed(names.slice(0, MOST_NAMED));
  return more > 0 ? `${named} and ${more} more` : named;
}

const quoted = (names: readonly string[]) => some(names.map((name) => `'${name}'`));

function clustersNotSeen(
  { notSeen, isFirst, maxFailures }: {
    readonly notSeen: readonly ClusterNotSeen[];
    readonly isFirst: boolean;
    readonly maxFailures: number;
  },
): string {
  const [first] = notSeen;
  const isOne = notSeen.length === 1;
  const which = isOne
    ? `Cannot read cluster '${first!.cluster}': ${first!.message}`
    : `Cannot read ${notSeen.length} clusters: ${quoted(notSeen.map(({ cluster }) => cluster))}`;
  const them = isOne ? "it" : "them";
  const instead = [
    ...notSeen.length > maxFailures ? [send({ max_failures: notSeen.length })] : [],
    ...isFirst ? [`remove ${them} from 'first'`] : [],
  ];
  return sentences(which, UNCHANGED, `Leave ${them} out, or ${instead.join(" and ")}`);
}

function cannotHold({ places }: { readonly places: readonly UnwritablePlace[] }): string {
  const { cluster, namespace, name, why } = places[0]!;
  const more = places.length === 1 ? "" : ` (and ${places.length - 1} more)`;
  return sentences(
    `Cannot store the new credential in secret ${namespace}/${name} of cluster '${cluster}': ` +
      why + more,
    UNCHANGED,
  );
}

export const ROTATION_ERRORS = {
  same_value: plain(400, sentences("The old and the new credential are the same", UNCHANGED)),
  cannot_hold: kind<{ readonly places: readonly UnwritablePlace[] }>(400, cannotHold, {
    fields: () => ["set"],
  }),
  clusters_not_seen: kind<
    {
      readonly notSeen: readonly ClusterNotSeen[];
      readonly isFirst: boolean;
      readonly maxFailures: number;
    }
  >(409, clustersNotSeen, {
    fields: () => ["max_failures"],
  }),
  first_not_found: kind<{ readonly clusters: readonly string[] }>(
    409,
    ({ clusters }) =>
      sentences(`Nothing to rotate on these clusters of 'first': ${quoted(clusters)}`, UNCHANGED),
    { fields: () => ["first"] },
  ),
  /** `rotation` is absent where the caller may not see it. */
  rotation_running: kind<{ readonly rotation?: string }>(
    409,
    ({ rotation }) => {
      const which = rotation === undefined ? "A rotation" : `Rotation ${rotation}`;
      return sentences(`${which} of the same credential is running`, UNCHANGED);
    },
  ),
  credential_untried: kind<CredentialRejection>(
    422,
    ({ at, why }) =>
      sentences(
        `Cannot verify the new credential at ${at}${why === undefined ? "" : `: ${why}`}`,
        UNCHANGED,
        `To write it there unverified, ${send({ allow_untried: true })}`,
      ),
    { fields: () => ["allow_untried"], remedy: () => ({ allow_untried: true }) },
  ),
  rotation_not_found: kind<{ readonly id: string; readonly hasAuditLog: boolean }>(
    404,
    ({ id, hasAuditLog }) =>
      sentences(
        `Rotation '${id}' not found`,
        hasAuditLog
          ? "'argocd-configurer audit' lists the rotations"
          : "Without an audit log (setting audit-log), rotations of other processes are not remembered",
      ),
    { fields: () => ["id"] },
  ),
} as const satisfies Record<string, ErrorKind<never>>;
