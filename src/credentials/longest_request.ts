import { ENDING_SECONDS } from "../kube/process.ts";
import { MAX_NAMESPACES } from "./namespaces.ts";
import { longestWrite } from "./write/times.ts";

/** Secrets of one request at most: one a namespace, Argo CD's, and what stands beside that. */
const MAX_SECRETS = MAX_NAMESPACES + 2;

/**
 * Seconds that a request may take when nobody answers it: to try the credential, to look which
 * namespaces or secrets are meant, and to write.
 * @param seconds `kubectl_timeout`
 */
export function longestRequest(seconds: number): number {
  return seconds + (seconds + ENDING_SECONDS) + longestWrite(seconds, MAX_SECRETS, ENDING_SECONDS);
}
