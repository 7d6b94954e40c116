import { identityText } from "../../credentials/rotation/identified.ts";
import type { NewCredential } from "../../credentials/rotation/new_credential.ts";
import { isIdentity, type Sought } from "../../credentials/rotation/sought.ts";

/** A rotation, as it is asked for. */
export interface RotationRequest {
  /** Unlike any other's: its writes' ids begin with it. */
  readonly rotation: string;
  readonly sought: Sought;
  readonly set: NewCredential;
  /** Whether the new value is tried where it will be used. */
  readonly verify: boolean;
  /** Whether it is written also where it cannot be tried. */
  readonly allowUntried: boolean;
  /** How many clusters may fail. */
  readonly maxFailures: number;
  /** Whether only what this program wrote is rotated. */
  readonly managedOnly: boolean;
  /** Whether also pull secrets without a docker label are. */
  readonly everywhere: boolean;
  readonly force: boolean;
  readonly dryRun: boolean;
  /** When the new value ends, in ISO time. */
  readonly expires?: string | undefined;
}

/**
 * What is sought by something else than a value, in words that are the same for the same: no two rotations of it
 * run at once. For a value its fingerprint stands.
 */
export function aboutOf(sought: Sought): string | undefined {
  return isIdentity(sought) ? identityText(sought) : undefined;
}
