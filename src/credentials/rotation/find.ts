import { type Deadline, deadlineIn } from "../../kube/deadline.ts";
import { repositoryFields } from "../../kube/repository_fields.ts";
import { refOf, type SecretStore, type StoredSecret } from "../../kube/store.ts";
import type { MakeFingerprint } from "../fingerprints.ts";
import {
  type Inventory,
  inventory,
  type InventoryPart,
  type InventorySettings,
} from "../inventory.ts";
import { ownerOf } from "../kinds/owner.ts";
import { shownUsername } from "../kinds/password.ts";
import { shownUrl } from "../kinds/url.ts";
import { sortedRefs } from "../reads.ts";
import { isOurs } from "../write/removal.ts";
import { withoutValue } from "./hide.ts";
import { type Match, matchesIn } from "./matches.ts";
import type { NewCredential } from "./new_credential.ts";
import { kindOfSecret, type PlaceKind } from "./place_kind.ts";
import type { Sought } from "./sought.ts";
import { wantedIn } from "./wanted.ts";

/** A place that holds what was looked for, less everything secret. */
export interface FoundPlace {
  readonly namespace: string;
  readonly name: string;
  /** Where in the secret: a key of Argo CD's, or a registry. */
  readonly place: string;
  /** Of the secret's data. */
  readonly key: string;
  readonly kind: PlaceKind;
  readonly registry?: string;
  /** Of a repository or template. */
  readonly url?: string;
  readonly username?: string;
  /** Whether this program wrote the secret. */
  readonly managed: boolean;
  /** Another program that looks after it. */
  readonly owner: string | null;
  /** White space is around it. */
  readonly padded?: true;
  /** It stands there as a part of a longer text. */
  readonly inside?: true;
}

export interface Found {
  /** Sorted. */
  readonly places: readonly FoundPlace[];
  /** Whether all namespaces were looked into. */
  readonly isWhole: boolean;
  /** What may not be listed at all. */
  readonly refused: readonly InventoryPart[];
  /** What could not be seen, in words. */
  readonly warnings: readonly string[];
}

export interface FindDeps {
  readonly store: SecretStore;
  readonly settings: InventorySettings;
  /** For all reads together. */
  readonly seconds: number;
  readonly fingerprint: MakeFingerprint;
}

export interface FindScope {
  /** Whether pull secrets without a docker label are looked at, too. */
  readonly everywhere: boolean;
  /** What has taken its place, and is not taken for it where it has the old value in it. */
  readonly set?: NewCredential;
}

/**
 * Looks for values in one cluster.
 * @throws {KubeError} when it cannot be read
 */
export async function findPlaces(
  soughts: readonly Sought[],
  { store, settings, seconds, fingerprint }: FindDeps,
  { everywhere, set }: FindScope,
): Promise<Found> {
  const all = await rotationInventory(store, settings, { everywhere }, deadlineIn(seconds));
  const secrets = secretsOf(all);
  const wanted = await wantedIn(secrets, soughts, fingerprint);
  // What is looked for by its registry, URL or name may hold the new value by now.
  const isOld = ({ value }: Match) => value.reveal() !== set?.value.reveal();
  const places = secrets.flatMap((secret) =>
    shownPlaces(secret, matchesIn(secret, wanted, set).filter(isOld))
  );
  const { isWhole, refused, warnings } = all;
  return { places, isWhole, refused, warnings };
}

/** All secrets that a value is looked for in; which of them are rewritten, a plan says. @throws {KubeError} as {@link inventory} does */
export async function rotationInventory(
  store: SecretStore,
  settings: InventorySettings,
  { everywhere }: { readonly everywhere: boolean },
  deadline: Deadline,
): Promise<Inventory> {
  return await inventory(store, settings, { everywhere, anyType: true }, deadline);
}

/** Each once: a pull secret may have a label of Argo CD's, too. */
export function secretsOf(
  { argocd, pullSecrets }: Pick<Inventory, "argocd" | "pullSecrets">,
): StoredSecret[] {
  return sortedRefs([...argocd, ...pullSecrets]);
}

/**
 * Matches as they may be shown, each once.
 * @param all of which nothing may be shown
 */
export function shownPlaces(
  secret: StoredSecret,
  matches: readonly Match[],
  all: readonly Match[] = matches,
): FoundPlace[] {
  // A longer one first, of which another one may be a part.
  const values = [...new Set(all.map(({ value }) => value.reveal().trim()))]
    .sort((a, b) => b.length - a.length);
  const masked = (text: string) => values.reduce(withoutValue, text);
  const shown = matches.map((match) => placeOf(secret, match, masked));
  return [...new Map(shown.map((place) => [JSON.stringify(place), place])).values()];
}

function placeOf(
  secret: StoredSecret,
  match: Match,
  masked: (text: string) => string,
): FoundPlace {
  const { key, how } = match;
  const fields = repositoryFields(secret.data.reveal());
  const kind = kindOfSecret(secret);
  const isArgocd = kind !== "docker" && match.registry === undefined;
  const username = match.username ?? (isArgocd ? shownUsername(fields) : undefined);
  return {
    ...refOf(secret),
    place: masked(match.place),
    key,
    kind: isArgocd ? kind : "docker",
    ...match.registry !== undefined && { registry: masked(match.registry) },
    ...isArgocd && fields.url !== undefined && { url: masked(shownUrl(fields.url)) },
    ...username !== undefined && { username: masked(username) },
    managed: isOurs(secret),
    owner: ownerOf(secret) ?? null,
    ...how === "padded" && { padded: true },
    ...how === "inside" && { inside: true },
  };
}
