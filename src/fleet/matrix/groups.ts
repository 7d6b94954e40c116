import { registryName, registryPlace } from "../../credentials/kinds/registry.ts";
import type { CellSecret } from "./shapes.ts";

/**
 * Returns a key that is equal for secrets with the same credentials for the same places, by their fingerprints and
 * displayed user names. `undefined` where no value was read.
 */
export type KeyOf = (secret: CellSecret) => string | undefined;

/** Makes the keys of the secrets of one matrix; caches places, because few of them occur very often. */
export function groupKeys(): KeyOf {
  const places = new Map<string, string>();
  const known = (key: string) => {
    const place = places.get(key) ?? placeOf(key);
    places.set(key, place);
    return place;
  };
  /** Sorted by place, without duplicates: a registry with several names is one place. */
  const byPlace = (texts: Readonly<Record<string, string>>) => {
    const parts = Object.entries(texts).map(([key, text]) => ({ place: known(key), text }));
    parts.sort((a, b) => compare(a.place, b.place) || compare(a.text, b.text));
    return parts.filter(({ place, text }, i) =>
      place !== parts[i - 1]?.place || text !== parts[i - 1]?.text
    );
  };
  return ({ fingerprints, username = "", usernames, workload_identity = false }) => {
    if (fingerprints === undefined) return undefined;
    const parts = byPlace(fingerprints);
    // Fingerprints come first, because groups of equal size are sorted by them.
    return JSON.stringify([
      parts.map(({ text }) => text),
      parts.map(({ place }) => place),
      usernames === undefined ? username : byPlace(usernames),
      workload_identity,
    ]);
  };
}

/** Normalizes a registry (Docker Hub has many names, and a host may have a scheme); other keys are unchanged. */
function placeOf(key: string): string {
  const place = registryPlace(key);
  return place === undefined ? key : registryName(place);
}

/**
 * Letters for groups: `A` for the one on most clusters; equally frequent ones are sorted by fingerprint.
 * @param keys for each cluster, the keys of its secrets
 */
export function lettersOf(
  keys: Iterable<ReadonlySet<string | undefined>>,
): ReadonlyMap<string, string> {
  const counts = new Map<string, number>();
  for (const ofCluster of keys) {
    for (const key of ofCluster) {
      if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || compare(a, b));
  return new Map(sorted.map(([key], i) => [key, letter(i)]));
}

/** `A` to `Z`, then `AA` and so on. @param index from 0 */
export function letter(index: number): string {
  const before = Math.floor(index / 26);
  return (before === 0 ? "" : letter(before - 1)) + String.fromCharCode(65 + index % 26);
}

/** Compares by code units, so that the order is the same on every machine. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
