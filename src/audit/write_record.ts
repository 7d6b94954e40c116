import type { Attempt, Credentials, Outcome } from "./entry.ts";

export type Begun =
  /** The attempt is on the disk. */
  | {
    readonly kind: "recorded";
    /** Resolves when the outcome is on the disk, or cannot be; it never rejects. */
    end(outcome: Outcome): Promise<void>;
  }
  /** The attempt could not be recorded, for this reason, so it must not be made. */
  | {
    readonly kind: "unwritable";
    readonly why: string;
    /** Whether another process writes the log. @default false */
    readonly isHeld?: boolean;
  };

/** A record of writes. */
export interface WriteRecord {
  /**
   * Call before a write changes anything in a cluster, or a credential is verified.
   * @param credentials only their fingerprints are kept
   */
  begin(attempt: Attempt, credentials?: Credentials): Promise<Begun>;
}
