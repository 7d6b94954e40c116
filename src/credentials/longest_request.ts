import { ENDING_SECONDS } from "../kube/process.ts";
import { MAX_NAMESPACES } from "./namespaces.ts";
import { longestWrite } from "./write/times.ts";

/** The most secrets of one request: one per namespace, Argo CD's, and the one beside that. */
const MAX_SECRETS = MAX_NAMESPACES + 2;

/**
 * The most seconds that a request takes when no server answers: to verify the credential, to select the
 * namespaces or secrets, and to write.
 * @param seconds the setting `kubectl_timeout`
 */
export function longestRequest(seconds: number): number {
  return seconds + (seconds + ENDING_SECONDS) + longestWrite(seconds, MAX_SECRETS, ENDING_SECONDS);
}
