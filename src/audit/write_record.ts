import type { Attempt, Credentials, Outcome } from "./entry.ts";

export type Begun =
  /** It is on the disk that this write is attempted. */
  | {
    readonly kind: "recorded";
    /** Resolves when the outcome is on the disk, or cannot be; it never rejects. */
    end(outcome: Outcome): Promise<void>;
  }
  /** It is not, for this reason, so it must not be attempted. */
  | {
    readonly kind: "unwritable";
    readonly why: string;
    /** Whether it is that another process writes it. @default false */
    readonly isHeld?: boolean;
  };

/** Where writes are recorded. */
export interface WriteRecord {
  /**
   * Called before a write changes anything in a cluster, or a credential is tried.
   * @param credentials only their fingerprints are kept
   */
  begin(attempt: Attempt, credentials?: Credentials): Promise<Begun>;
}
