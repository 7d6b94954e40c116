import { refKey, type SecretSummary, type Snapshot } from "../../kube/store.ts";
import type { DesiredSecret } from "../kinds/kind.ts";
import { identityOf } from "../kinds/repository.ts";
import type { Refusal } from "./target.ts";

export type Placement =
  /** Under which name it is to be written, and what the user should know about that. */
  | { readonly desired: DesiredSecret; readonly hints: readonly string[] }
  | { readonly refusal: Refusal };

/**
 * Decides under which name a repository or template is written when others hold it already. Argo
 * CD picks one at random of two secrets with the same URL and project, so a second is never made.
 * @param others the repository and template secrets of the namespace
 */
export function placeByIdentity(
  desired: DesiredSecret,
  others: readonly SecretSummary[],
  snapshot: Snapshot,
  upsert: boolean,
): Placement {
  const { identity } = desired;
  if (identity === undefined) return { desired, hints: [] };
  const same = others.filter((other) => {
    const held = identityOf(other);
    return held.secretType === identity.secretType && held.url === identity.url;
  });
  const holders = same.filter((other) =>
    other.name !== desired.name && identityOf(other).project === identity.project
  ).map(({ name }) => name);
  const hints = same.filter((other) => identityOf(other).project !== identity.project).map((
    other,
  ) => `Secret '${other.name}' holds the same URL for project '${identityOf(other).project}'`);
  if (holders.length === 0) return { desired, hints };

  const ref = { namespace: desired.namespace, name: desired.name };
  const ownIsThere = snapshot.secrets.has(refKey(desired));
  const ownHoldsIt = same.some(({ name }) => name === desired.name);
  if (ownIsThere && ownHoldsIt && upsert) {
    const names = holders.map((name) => `'${name}'`).join(", ");
    const twice = `Argo CD picks one at random: ${names} holds the same URL and project too`;
    return { desired, hints: [...hints, twice] };
  }
  // Without upsert a secret of the wanted name is the nearer reason: the plan says that it exists.
  if (ownIsThere && !upsert) return { desired, hints };
  if (!upsert || ownIsThere || holders.length > 1) {
    return { refusal: { kind: "identity", ref, holders } };
  }
  const [holder] = holders;
  return {
    desired: { ...desired, name: holder! },
    hints: [...hints, `Secret '${holder}' held this URL already and was the one replaced`],
  };
}
