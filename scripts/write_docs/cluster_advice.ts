import type { CLUSTER_ERRORS } from "../../src/operations/cluster_kinds.ts";
import { type Advice, advice, WAIT } from "./advice.ts";

/** Advice for errors of clusters and of the connections to them. */
export const CLUSTER_ADVICE: Readonly<Record<keyof typeof CLUSTER_ERRORS, Advice>> = {
  cluster_not_found: advice(
    "No `NAME.kubeconfig` in the clusters folder has this name.",
    "Use the name in `remedy`, or list the names with `argocd-configurer clusters`.",
  ),
  not_begun: advice(
    "The request is for several clusters and stopped before it reached this one.",
    "Correct the cluster that failed, then send the request again for the clusters that were skipped.",
  ),
  clusters_failed: advice(
    "The request is for several clusters and failed on all of them.",
    "Look up the `code` of each cluster in the response.",
  ),
  no_argocd: advice(
    "The cluster's labels say that it has no Argo CD, and the request needs one.",
    "Leave the cluster out, or set `argocd-configurer.io/argocd-namespace` in `labels.yaml`.",
  ),
  unreachable: advice(
    "No connection to the API server: wrong host or port, network, or proxy; or the " +
      "[circuit breaker](operations.md#limits-timeouts-and-the-circuit-breaker) is open.",
    "Run `argocd-configurer clusters check --cluster NAME`. With `Retry-After`, wait that long first.",
  ),
  untrusted: advice(
    "TLS failed: the kubeconfig does not trust the API server's certificate, or the server does not " +
      "accept the client's.",
    "Renew `certificate-authority-data` or the client certificate in the kubeconfig.",
  ),
  timeout: advice(
    "The cluster did not respond within `kubectl_timeout`, or the request needs more time.",
    "Check the cluster. Raise `kubectl_timeout` or the label `argocd-configurer.io/timeout`, or use " +
      "`transport: api`.",
  ),
  unauthorized: advice(
    "The API server does not accept the kubeconfig's credentials, or its exec plugin gave none.",
    "Renew the kubeconfig's token or certificate. Run the exec plugin by hand as the server's user.",
  ),
  forbidden: advice(
    "RBAC, a quota or an admission policy does not allow it.",
    "Grant the right: [RBAC](operations.md#rbac). The message names the verb and the resource, or " +
      "the policy.",
  ),
  not_found: advice(
    "An object was deleted while the request was under way.",
    "Send the request again.",
  ),
  namespace_not_found: advice(
    "A namespace does not exist. Nothing was changed.",
    'Correct the name, leave it out, or send `"create_namespaces": true`.',
  ),
  namespace_terminating: advice(
    "A namespace is being deleted. Nothing was changed.",
    "Wait until it is gone, or leave it out of `namespaces`.",
  ),
  exists: advice(
    "A secret of this name exists. Nothing was changed.",
    'Send `"upsert": true` to replace it, or choose another name.',
  ),
  conflict: advice(
    "Another client kept changing the object at the same time.",
    "Send the request again. Find out which controller writes to it.",
  ),
  invalid: advice(
    "The API server or an admission policy does not accept the object.",
    "Correct the part that the message names, such as a label selector.",
  ),
  invalid_kubeconfig: advice(
    "The kubeconfig cannot be used: syntax, a missing file, wrong owner or mode, an exec plugin " +
      "that is not allowed.",
    "Correct the file. See [File ownership and permissions](configuration.md#file-ownership-and-permissions).",
  ),
  labels_unreadable: advice(
    "`labels.yaml` in the clusters folder cannot be read, so no cluster is used.",
    "Correct the file at the line that the message names.",
  ),
  invalid_labels: advice(
    "A label `argocd-configurer.io/…` of the cluster has a value that cannot be used.",
    "Correct it in `labels.yaml`. Other clusters are not affected.",
  ),
  kubectl_missing: advice(
    "The transport is `kubectl`, and kubectl is not available.",
    "Install kubectl on the server's PATH, or set `transport: api`.",
  ),
  busy: advice(
    "The server has no free process slot or file descriptor, or the API server limits its clients.",
    `${WAIT} If it persists, raise the limit of open files or use \`transport: api\`.`,
  ),
  too_large: advice(
    "The cluster's response is larger than the limit.",
    "Narrow the request: one namespace, or a narrower selector.",
  ),
  failed: advice(
    "The API server or kubectl reported another error, or the `server` of the kubeconfig is not a " +
      "Kubernetes API server.",
    "Check the `server` of the kubeconfig and the API server's log.",
  ),
  not_recorded: advice(
    "The audit log cannot be written, so nothing was changed.",
    "Free disk space, or correct the owner of the file. If another process holds the log, use " +
      "`--server`.",
  ),
  internal: advice(
    "A bug in argocd-configurer.",
    "Report it with the version and the log lines of the `request_id`, without credentials.",
  ),
};
