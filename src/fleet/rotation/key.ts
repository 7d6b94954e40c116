import type { MakeFingerprint } from "../../credentials/fingerprints.ts";
import { seal } from "../../log/sealed.ts";

/** What no credential is. */
const ALWAYS = "argocd-configurer: which key makes fingerprints";

/**
 * By which key fingerprints are made now: two compare only where that is the same. A key changes with the
 * settings, or when its file is made anew.
 * @returns `undefined` where none can be made
 */
export function keyInUse(fingerprint: MakeFingerprint): Promise<string | undefined> {
  return fingerprint(seal(ALWAYS));
}
