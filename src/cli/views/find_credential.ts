import {
  everywhereAnswer,
  type FoundEverywhere,
  type FoundInCluster,
  NOT_LISTED,
  type PlaceInCluster,
  type UnseenCluster,
} from "../../operations/respond/found.ts";
import { printable } from "../client/table.ts";
import type { View } from "./view.ts";

/** A row per place, and notes on what could not be searched. */
export const view: View<FoundEverywhere, PlaceInCluster> = {
  whole(finished, { everywhere = false }, _awaited, fields = {}) {
    const { fingerprints_end, hint } = fields;
    const more = {
      everywhere,
      ...fingerprints_end !== undefined && { fingerprints_end },
      ...typeof hint === "string" && { hint },
    };
    const entries = finished.toSorted((a, b) => a.cluster < b.cluster ? -1 : 1);
    const body = everywhereAnswer(entries, more).body as FoundEverywhere;
    const isValid = body.places.every(isPlace) && body.not_seen.every(isNotSeen);
    if (!isValid) throw new TypeError("A place or cluster has no name");
    return body;
  },
  rows: ({ places }) => places,
  columns: () => ({
    CLUSTER: ({ cluster }) => cluster,
    NAMESPACE: ({ namespace }) => namespace,
    NAME: ({ name }) => name,
    PLACE: ({ place, padded, inside }) =>
      padded ? `${place} (padded)` : inside ? `${place} (inside a longer text)` : place,
    KIND: ({ kind }) => kind,
    USERNAME: ({ username }) => username,
    MANAGED: ({ managed }) => managed ? "yes" : "no",
    OWNER: ({ owner }) => owner ?? undefined,
  }),
  wide: {
    KEY: ({ key }) => key,
    URL: ({ url }) => url,
  },
  names: ({ places }) =>
    places.map(({ cluster, namespace, name }) => `${cluster}/${namespace}/${name}`),
  counted: (body) =>
    (body as unknown as FoundInCluster).places.map(() => ({ noun: "place", state: "found" })),
  // A fingerprint by an earlier process matches nothing, even if the value is stored.
  exitCode: ({ total, not_seen, fingerprints_end }, { ok }) =>
    ok === 0
      ? undefined
      : total > 0
      ? 4
      : not_seen.length > 0 || fingerprints_end !== undefined
      ? 3
      : 0,
  // A cluster that could not be read at all is reported by its own error.
  notes: ({ not_seen, fingerprints_end, hint }, { everywhere = false } = {}) => [
    ...everywhere === true ? [] : [
      "note: only pull secrets with a docker label were searched. --everywhere searches all",
    ],
    ...hint === undefined ? [] : [`note: ${printable(hint)}`],
    ...not_seen.filter(({ status }) => status === NOT_LISTED)
      .map(({ cluster, message }) => `warning: ${cluster} was searched only in part: ${message}`),
    ...fingerprints_end === undefined ? [] : [
      "warning: fingerprints from another process never match. Set fingerprint-key-file or audit-log",
    ],
  ],
  nothing: () => "Not found",
};

/** Checks a place, since an unknown server may send anything. */
const isPlace = ({ cluster, namespace, name, place }: PlaceInCluster): boolean =>
  [cluster, namespace, name, place].every((text) => typeof text === "string");

const isNotSeen = ({ cluster, status, message }: UnseenCluster): boolean =>
  [cluster, status, message].every((text) => typeof text === "string");
