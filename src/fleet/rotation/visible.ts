import { proofOf } from "./proof.ts";
import type { RotationRecord } from "./rotations.ts";
import type { Proof } from "./shapes.ts";

/**
 * What of a rotation somebody may see who may see some clusters only. They are told of no value that it
 * is safe to revoke.
 * @returns `undefined` where none of its clusters is for them
 */
export function partlyVisible(
  record: RotationRecord,
  isSeen: (cluster: string) => boolean,
): RotationRecord | undefined {
  const names = record.names.filter(isSeen);
  const clusters = record.clusters.filter(({ cluster }) => isSeen(cluster));
  if (names.length + clusters.length === 0) return undefined;
  const { proof, verified: _, ...rest } = record;
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
