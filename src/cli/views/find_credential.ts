import {
  everywhereAnswer,
  type FoundEverywhere,
  type FoundInCluster,
  NOT_LISTED,
  type NotSeen,
  type Place,
} from "../../operations/respond/found.ts";
import { plain } from "../client/table.ts";
import type { View } from "./view.ts";

/** A row for each place, and what was not seen beside them. */
export const view: View<FoundEverywhere, Place> = {
  whole(ended, { everywhere = false }, _awaited, told = {}) {
    const { fingerprints_end, hint } = told;
    const more = {
      everywhere,
      ...fingerprints_end !== undefined && { fingerprints_end },
      ...typeof hint === "string" && { hint },
    };
    const entries = ended.toSorted((a, b) => a.cluster < b.cluster ? -1 : 1);
    const body = everywhereAnswer(entries, more).body as FoundEverywhere;
    const isUnderstood = body.places.every(isPlace) && body.not_seen.every(isNotSeen);
    if (!isUnderstood) throw new TypeError("A place, or what was not seen, has no name");
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
  // A fingerprint that an earlier process made would be found nowhere, though the value stands there.
  exitCode: ({ total, not_seen, fingerprints_end }, { ok }) =>
    ok === 0
      ? undefined
      : total > 0
      ? 4
      : not_seen.length > 0 || fingerprints_end !== undefined
      ? 3
      : 0,
  // Of a cluster of which nothing was seen its answer tells.
  notes: ({ not_seen, fingerprints_end, hint }, { everywhere = false } = {}) => [
    ...everywhere === true ? [] : [
      "note: of pull secrets only those with a docker label were searched; --everywhere searches all",
    ],
    ...hint === undefined ? [] : [`note: ${plain(hint)}`],
    ...not_seen.filter(({ status }) => status === NOT_LISTED)
      .map(({ cluster, message }) => `warning: ${cluster} was not seen as a whole: ${message}`),
    ...fingerprints_end === undefined ? [] : [
      "warning: fingerprints from another process never match: set fingerprint-key-file or audit-log",
    ],
  ],
  nothing: () => "Found nowhere",
};

/** A server may say anything. */
const isPlace = ({ cluster, namespace, name, place }: Place): boolean =>
  [cluster, namespace, name, place].every((text) => typeof text === "string");

const isNotSeen = ({ cluster, status, message }: NotSeen): boolean =>
  [cluster, status, message].every((text) => typeof text === "string");
