/** A search by registry, URL or name, and the value that replaces the result. */
export interface SameSearch {
  /** Fingerprint of the search; equal for equal searches. */
  readonly about: string;
  /** Identifies the key of all fingerprints. */
  readonly key: string;
  /** Fingerprint of the new value. */
  readonly to: string | undefined;
  /** Whether pull secrets without a docker label are included. */
  readonly everywhere: boolean;
}

/** A remembered rotation with the same search. */
export interface PastRotation extends Pick<SameSearch, "to" | "everywhere"> {
  /** Fingerprints of all values that it or an earlier one found. */
  readonly replaces: readonly string[];
  /** Clusters on which no other values were replaced. */
  readonly replacesOf: readonly string[];
  /** Whether all of these values were proven gone. */
  readonly isSafe: boolean;
}
