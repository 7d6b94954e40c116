import { table } from "./marked.ts";

/** The cause of each status. */
const WHEN: Readonly<Record<number, string>> = {
  400:
    "A parameter or field is missing, unknown or invalid, a namespace does not exist, or a POST " +
    "(or `DELETE /secrets`) names an unknown cluster.",
  401: "The token is missing, unknown or expired.",
  403: "The token lacks the role or the cluster, or a web page of another site sent the request.",
  404: "No such path or secret; or no such cluster, for other requests.",
  405: "Wrong method. `Allow` lists the methods of the path.",
  408: "The body did not arrive within `body-timeout`.",
  409:
    "A secret is in the way: it exists and `upsert` is not `true`, another program manages it, or " +
    "it was changed meanwhile.",
  413: "The body is larger than 1 MiB.",
  415: "A web page sent a body that is not `application/json`.",
  421: "The server does not answer to this host name. See the setting `allowed-hosts`.",
  422:
    "The credential is not accepted where it would be used, or cannot be verified there; or the " +
    "cluster has no Argo CD. Nothing is written.",
  429: "Too many failed logins, verifications, dry runs or searches in a minute. Wait for " +
    "`Retry-After`.",
  500: "The kubeconfig or the cluster's labels cannot be used; or a bug, with its `request_id`.",
  502: "The cluster refused the kubeconfig's credentials, a right or the request.",
  503:
    "The cluster cannot be reached or its circuit breaker is open, kubectl is missing, the server " +
    "is busy, or the audit log cannot be written. `Retry-After` where that is known.",
  504: "No answer within `kubectl_timeout`.",
};

/**
 * docs/api.md: each error status with its cause and its codes.
 * @throws {Error} names a status without a cause here, or without a code
 */
export function statusesTable(
  errors: Readonly<Record<string, { readonly status: number }>>,
): string {
  const codes = Map.groupBy(Object.keys(errors), (code) => errors[code]!.status);
  const all = new Set([...codes.keys(), ...Object.keys(WHEN).map(Number)]);
  const rows = [...all].sort((a, b) => a - b).map((status) => {
    const those = codes.get(status);
    const when = WHEN[status];
    if (those === undefined || when === undefined) {
      throw new Error(`scripts/write_docs/statuses.ts: ${status} has no code or is not explained`);
    }
    return [`${status}`, when, those.map((code) => `\`${code}\``).join(", ")];
  });
  return table(["status", "when", "codes"], rows);
}
