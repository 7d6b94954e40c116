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
import { masking } from "./hide.ts";
import { hiddenOf, type Match, matchesIn } from "./matches.ts";
import type { NewCredential } from "./new_credential.ts";
import { kindOfSecret, type PlaceKind } from "./place_kind.ts";
import type { Sought } from "./sought.ts";
import { wantedIn } from "./wanted.ts";

/** A place that contains the value, without anything secret. */
export interface FoundPlace {
  readonly namespace: string;
  readonly name: string;
  /** Where in the secret: a data key, or a registry. */
  readonly place: string;
  /** The key of the secret's data. */
  readonly key: string;
  readonly kind: PlaceKind;
  readonly registry?: string;
  /** Only of a repository or template. */
  readonly url?: string;
  readonly username?: string;
  /** Whether argocd-configurer wrote the secret. */
  readonly managed: boolean;
  /** Another program that manages it. */
  readonly owner: string | null;
  /** Whether white space surrounds the value. */
  readonly padded?: true;
  /** Whether the value is part of a longer text. */
  readonly inside?: true;
}

export interface FoundPlaces {
  /** Sorted. */
  readonly places: readonly FoundPlace[];
  /** Whether all namespaces were searched. */
  readonly isWhole: boolean;
  /** The parts that may not be listed (forbidden). */
  readonly refused: readonly InventoryPart[];
  /** Messages about what could not be searched. */
  readonly warnings: readonly string[];
}

export interface FindDeps {
  readonly store: SecretStore;
  readonly settings: InventorySettings;
  /** The time limit for all reads together. */
  readonly seconds: number;
  readonly fingerprint: MakeFingerprint;
}

export interface FindScope {
  /** Whether pull secrets without a docker label are searched as well. */
  readonly everywhere: boolean;
  /** The new credential, which may contain the old value and then does not count as a match. */
  readonly set?: NewCredential;
}

/**
 * Searches one cluster for values.
 * @throws {KubeError} when the cluster cannot be read
 */
export async function findPlaces(
  soughts: readonly Sought[],
  { store, settings, seconds, fingerprint }: FindDeps,
  { everywhere, set }: FindScope,
): Promise<FoundPlaces> {
  const all = await rotationInventory(store, settings, { everywhere }, deadlineIn(seconds));
  const secrets = inventorySecrets(all);
  const wanted = await wantedIn(secrets, soughts, fingerprint);
  // A place found by registry, URL or name may already contain the new value.
  const isOld = ({ value }: Match) => value.reveal() !== set?.value.reveal();
  const places = secrets.flatMap((secret) => {
    const matches = matchesIn(secret, wanted, set);
    const masked = masking(() => hiddenOf(wanted, matches, set));
    return shownPlaces(secret, matches.filter(isOld), masked);
  });
  const { isWhole, refused, warnings } = all;
  return { places, isWhole, refused, warnings };
}

/**
 * Reads all secrets that are searched for a value. The plan decides which of them are rewritten.
 * @throws {KubeError} like {@link inventory}
 */
export async function rotationInventory(
  store: SecretStore,
  settings: InventorySettings,
  { everywhere }: { readonly everywhere: boolean },
  deadline: Deadline,
): Promise<Inventory> {
  return await inventory(store, settings, { everywhere, anyType: true }, deadline);
}

/** The secrets of an inventory, each once: a pull secret may also have an Argo CD label. */
export function inventorySecrets(
  { argocd, pullSecrets }: Pick<Inventory, "argocd" | "pullSecrets">,
): StoredSecret[] {
  return sortedRefs([...argocd, ...pullSecrets]);
}

/**
 * The places of matches, masked for display, each once.
 * @param masked masks the values
 */
export function shownPlaces(
  secret: StoredSecret,
  matches: readonly Match[],
  masked: (text: string) => string,
): FoundPlace[] {
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
    key: masked(key),
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
