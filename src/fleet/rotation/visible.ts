import { proofOf } from "./proof.ts";
import type { RotationRecord } from "./rotations.ts";
import type { Proof } from "./shapes.ts";

/**
 * The part of a rotation that a caller with a limited token may see. It never says that a value is safe to revoke.
 * @returns `undefined` where the caller may access none of its clusters
 */
export function visiblePart(
  record: RotationRecord,
  isSeen: (cluster: string) => boolean,
): RotationRecord | undefined {
  const names = record.names.filter(isSeen);
  const clusters = record.clusters.filter(({ cluster }) => isSeen(cluster));
  if (names.length + clusters.length === 0) return undefined;
  const { proof, verified: _, counts: _counts, ...rest } = record;
  return {
    ...rest,
    names,
    clusters: clusters.map(({ same_server_as, ...each }) => ({
      ...each,
      ...same_server_as === undefined ? {} : { same_server_as: same_server_as.filter(isSeen) },
    })),
    ...proof === undefined ? {} : { proof: visibleProof(proof, isSeen) },
  };
}

function visibleProof(
  { old_value: { fingerprints, places, not_seen }, reasons = [] }: Proof,
  isSeen: (cluster: string) => boolean,
): Proof {
  const seen = not_seen.filter(({ cluster }) => isSeen(cluster));
  const isPart = ({ status }: { readonly status: string }) => status === "namespaces_not_listed";
  const never = reasons.filter(({ code }) => code === "never_found");
  return proofOf({
    fingerprints,
    wasFound: !never.some(({ clusters }) => clusters === undefined),
    unknownIn: never.flatMap(({ clusters = [] }) => clusters).filter(isSeen),
    places: places.filter(({ cluster }) => isSeen(cluster)),
    clustersNotSeen: seen.filter((each) => !isPart(each)),
    partsNotSeen: seen.filter(isPart),
    isLimited: true,
  });
}
