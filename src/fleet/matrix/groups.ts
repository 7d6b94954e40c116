import { registryName, registryPlace } from "../../credentials/kinds/registry.ts";
import type { CellSecret } from "./shapes.ts";

/**
 * What two secrets have in common exactly when they hold the same credentials for the same places, as far
 * as fingerprints and shown user names tell. `undefined` where no value was read.
 */
export type KeyOf = (secret: CellSecret) => string | undefined;

/** What tells the keys of the secrets of one matrix, which name few places very often. */
export function groupKeys(): KeyOf {
  const places = new Map<string, string>();
  const known = (key: string) => {
    const place = places.get(key) ?? placeOf(key);
    places.set(key, place);
    return place;
  };
  /** Sorted by place, and each once: of one registry by several names there is one. */
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
    // Fingerprints come first: by them groups of one size are sorted.
    return JSON.stringify([
      parts.map(({ text }) => text),
      parts.map(({ place }) => place),
      usernames === undefined ? username : byPlace(usernames),
      workload_identity,
    ]);
  };
}

/** Docker Hub has many names, and a host may have a scheme; Argo CD's keys are hosts to nobody. */
function placeOf(key: string): string {
  const place = registryPlace(key);
  return place === undefined ? key : registryName(place);
}

/**
 * Letters for groups: `A` for the one that most clusters have, ties by the fingerprint.
 * @param keys of each cluster: all that its secrets have
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

/** `A` to `Z`, then `AA` and so on. */
export function letter(index: number): string {
  const before = Math.floor(index / 26);
  return (before === 0 ? "" : letter(before - 1)) + String.fromCharCode(65 + index % 26);
}

/** By code units: the same on every machine. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
