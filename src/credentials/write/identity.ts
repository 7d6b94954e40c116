import { refKey, type SecretSummary, type Snapshot } from "../../kube/store.ts";
import type { DesiredSecret, Identity } from "../kinds/kind.ts";
import { identityOf } from "../kinds/repository.ts";
import { shownUrl } from "../kinds/url.ts";
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
  if (desired.identity === undefined) return { desired, hints: [] };
  const own = others.find(({ name }) => name === desired.name);
  // A replacement keeps the project that the secret is in, unless another one is asked for.
  const project = desired.identity.project ?? own?.repository?.project ?? "";
  const identity = { ...desired.identity, project };
  const same = others.filter((other) => {
    const held = identityOf(other);
    return held.secretType === identity.secretType && held.url === identity.url;
  });
  const holding = same.filter((other) =>
    other.name !== desired.name && identityOf(other).project === identity.project
  );
  const holders = holding.map(({ name }) => name);
  const elsewhere = same.filter((other) =>
    other.name !== desired.name && identityOf(other).project !== identity.project
  );
  const hints = [
    ...ledElsewhere(own, identity),
    ...elsewhere.map((other) => {
      const { project } = identityOf(other);
      const where = project === "" ? "without a project" : `for project '${project}'`;
      return `Secret '${other.name}' holds the same URL ${where}`;
    }),
  ];
  if (holders.length === 0) return { desired, hints };

  const ref = { namespace: desired.namespace, name: desired.name };
  const ownIsThere = snapshot.secrets.has(refKey(desired));
  const ownHoldsIt = same.some((other) =>
    other.name === desired.name && identityOf(other).project === identity.project
  );
  if (ownIsThere && ownHoldsIt && upsert) {
    const names = holders.map((name) => `'${name}'`).join(", ");
    const twice = `Argo CD picks one at random: ${names} holds the same URL and project too`;
    return { desired, hints: [...hints, twice] };
  }
  // Without upsert a secret of the wanted name is the nearer reason: the plan says that it exists.
  if (ownIsThere && !upsert) return { desired, hints };
  // A credential of another type was put there for something else: nobody named it.
  const sameType = holding.every((other) => typeOf(other) === desired.repositoryType);
  if (!upsert || ownIsThere || holders.length > 1 || !sameType) {
    return { refusal: { kind: "identity", ref, holders } };
  }
  const [holder] = holders;
  return {
    desired: { ...desired, name: holder! },
    hints: [...hints, `Secret '${holder}' held this URL already and was the one replaced`],
  };
}

/** Says which URL loses its credential when the secret of this name comes to be for another one. */
function ledElsewhere(own: SecretSummary | undefined, identity: Required<Identity>): string[] {
  const url = own?.repository?.url;
  if (own === undefined || !url) return [];
  const held = identityOf(own);
  if (held.secretType !== identity.secretType || held.url === identity.url) return [];
  return [`Secret '${own.name}' was for ${shownUrl(url)} until now`];
}

/** @see https://github.com/argoproj/argo-cd/blob/v3.2.12/pkg/apis/application/v1alpha1/repository_types.go */
function typeOf({ repository }: SecretSummary): string {
  return repository?.type || "git";
}
