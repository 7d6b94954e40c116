import { identityText } from "../../credentials/rotation/identified.ts";
import type { NewCredential } from "../../credentials/rotation/new_credential.ts";
import { isIdentity, type Sought } from "../../credentials/rotation/sought.ts";

/** A request for a rotation. */
export interface RotationRequest {
  /** Unique id; the ids of its writes start with it. */
  readonly rotation: string;
  readonly sought: Sought;
  readonly set: NewCredential;
  /** Whether to verify the new value where it will be used. */
  readonly verify: boolean;
  /** Whether to write it even where it cannot be verified. */
  readonly allowUntried: boolean;
  /** How many clusters may fail. */
  readonly maxFailures: number;
  /** Whether to rotate only secrets that argocd-configurer manages. */
  readonly managedOnly: boolean;
  /** Whether to include pull secrets without a docker label. */
  readonly everywhere: boolean;
  readonly force: boolean;
  readonly dryRun: boolean;
  /** Declared expiry of the new value, in ISO time. */
  readonly expires?: string | undefined;
}

/**
 * The key that identifies a search by registry, URL or name, so that equal ones never run concurrently; `undefined` for
 * a value or fingerprint.
 */
export function aboutOf(sought: Sought): string | undefined {
  return isIdentity(sought) ? identityText(sought) : undefined;
}
