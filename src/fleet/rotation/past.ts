/** What is sought by something else than a value, and by what it is replaced. */
export interface SameAgain {
  /** Fingerprint of what says what is sought, which is the same for the same. */
  readonly about: string;
  /** By which key all fingerprints are made. */
  readonly key: string;
  /** Of the new value. */
  readonly to: string | undefined;
  /** Whether also pull secrets without a docker label are meant. */
  readonly everywhere: boolean;
}

/** A rotation that sought the same, as it is remembered. */
export interface Past extends Pick<SameAgain, "to" | "everywhere"> {
  /** Fingerprints of all that it found, or knew to have been found. */
  readonly replaces: readonly string[];
  /** Clusters of which it is known that nothing else was replaced there. */
  readonly replacesOf: readonly string[];
  /** Whether all of that was proven gone. */
  readonly isSafe: boolean;
}
