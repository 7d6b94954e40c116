import type { NamespacesWrong } from "../cluster_kinds.ts";
import type { ErrorCode, ErrorDetails, ErrorMore } from "../errors.ts";

/** The response that is expected for an error. */
export interface Expected {
  readonly status: number;
  readonly message: string;
  /** On the seed's paths, if it differs there. */
  readonly seed?: string;
  readonly fields?: readonly string[];
  readonly remedy?: object;
  readonly more?: ErrorMore;
}

/** At least one for each code: a new code without any does not compile. */
export const ALL_ERRORS: {
  [Code in ErrorCode]: readonly (readonly [ErrorDetails<Code>, Expected])[];
} = {
  missing_field: [
    [{ kind: "field", fields: ["username"] }, {
      status: 400,
      message: "Missing required field: username",
      fields: ["username"],
    }],
    [{ kind: "field", fields: ["password"], instead: ["ssh_private_key", "fingerprint"] }, {
      status: 400,
      message: "Missing one of the fields password, ssh_private_key, fingerprint",
      fields: ["password"],
    }],
    [{ kind: "field", fields: ["password", "username"] }, {
      status: 400,
      message: "Missing required fields: password, username",
      seed: "Missing required field: password",
      fields: ["password", "username"],
    }],
    [{ kind: "parameter", fields: ["cluster", "name"] }, {
      status: 400,
      message: "Missing required parameters 'cluster', 'name'",
      seed: "Missing required parameter 'cluster'",
      fields: ["cluster", "name"],
    }],
  ],
  selection_required: [
    [{ kind: "field", fields: ["cluster"] }, {
      status: 400,
      message: "No cluster selected: set 'cluster', 'clusters' ([\"*\"] for all) or " +
        "'cluster_selector'",
      fields: ["cluster"],
    }],
    [{ kind: "parameter", fields: ["cluster", "name"] }, {
      status: 400,
      message: "No cluster selected: set 'cluster', 'clusters' (* for all) or " +
        "'cluster_selector'. Also missing: name",
      fields: ["cluster", "name"],
    }],
  ],
  invalid_field: [
    [{ kind: "field", field: "urls.1", rule: "has no host" }, {
      status: 400,
      message: "Field 'urls.1' has no host",
      fields: ["urls.1"],
    }],
    [{ kind: "parameter", field: "clusters", rule: "", whole: "No clusters are configured" }, {
      status: 400,
      message: "No clusters are configured",
      fields: ["clusters"],
    }],
    [{ kind: "parameter", field: "", rule: "must be an object" }, {
      status: 400,
      message: "Parameter must be an object",
    }],
  ],
  unknown_field: [
    [{ kind: "field", name: "usrname", nearest: "username", known: ["name", "username"] }, {
      status: 400,
      message: "Unknown field 'usrname'; did you mean 'username'?",
      fields: ["usrname"],
      remedy: { field: "username" },
    }],
    [{ kind: "parameter", known: ["cluster", "name"] }, {
      status: 400,
      message: "Unknown parameter. Known parameters: cluster, name",
    }],
    [{ kind: "parameter", known: [] }, {
      status: 400,
      message: "Unknown parameter. This path takes no parameters",
    }],
    [{ kind: "field", known: ["github_app"], at: "github_app" }, {
      status: 400,
      message: "Field 'github_app' has an unknown field",
      fields: ["github_app"],
    }],
    [{ kind: "field", known: ["id"], at: "github_app", name: "ids", nearest: "id" }, {
      status: 400,
      message: "Unknown field 'github_app.ids'; did you mean 'id'?",
      fields: ["github_app.ids"],
      remedy: { field: "github_app.id" },
    }],
  ],
  misplaced_field: [
    [{ why: "in_path", field: "name" }, {
      status: 400,
      message: "Parameter 'name' is part of the path and not allowed in the query",
      fields: ["name"],
    }],
    [{ why: "in_body", field: "dry_run" }, {
      status: 400,
      message: "Parameter 'dry_run' is a field of the JSON body and not allowed in the query",
      fields: ["dry_run"],
    }],
    [{ why: "like_field", name: "dryrun", field: "dry_run" }, {
      status: 400,
      message: "Unknown parameter 'dryrun'; did you mean the field 'dry_run' of the JSON body?",
      fields: ["dryrun"],
      remedy: { field: "dry_run" },
    }],
    [{ why: "no_query", known: ["name", "url"] }, {
      status: 400,
      message:
        "Unknown parameter. This path takes no parameters. Fields of the JSON body: name, url",
    }],
  ],
  invalid_body: [[{ why: "is not valid UTF-8" }, {
    status: 400,
    message: "Request body is not valid UTF-8",
  }]],
  body_not_allowed: [[{ method: "DELETE", parameters: ["cluster", "name"] }, {
    status: 400,
    message: "DELETE takes no request body. Parameters of the query: cluster, name",
  }]],
  body_too_large: [[{ max: 1024 }, {
    status: 413,
    message: "Request body is larger than 1024 bytes",
  }]],
  body_timeout: [[{ seconds: 10 }, {
    status: 408,
    message: "Request body was not complete within 10 seconds",
  }]],
  unsupported_content_type: [[{}, {
    status: 415,
    message: "Web pages must send the body as Content-Type: application/json",
  }]],
  invalid_host: [
    [{ isMissing: true }, { status: 400, message: "Header 'Host' is missing" }],
    [{ isMissing: false }, { status: 400, message: "Header 'Host' is not a single host name" }],
  ],
  host_not_allowed: [[{}, {
    status: 421,
    message: "Host name not allowed. Add it to the setting allowed-hosts",
    remedy: { setting: "allowed-hosts" },
  }]],
  cross_site: [[{}, {
    status: 403,
    message: "Requests from web pages of other sites are not allowed",
  }]],
  origin_not_allowed: [[{}, {
    status: 403,
    message: "Requests from web pages of this origin are not allowed. Add the origin to " +
      "the setting cors-origins",
    remedy: { setting: "cors-origins" },
  }]],
  token_missing: [[{}, {
    status: 401,
    message: "Token missing. Send the header 'Authorization: Bearer TOKEN'",
  }]],
  token_malformed: [[{}, {
    status: 401,
    message: "Header 'Authorization' is not 'Bearer TOKEN'",
  }]],
  token_unknown: [[{}, {
    status: 401,
    message: "Unknown token. It was mistyped or removed, or belongs to another server",
  }]],
  token_expired: [[{ token: "ci" }, {
    status: 401,
    message: "Token 'ci' has expired. Create a new one with 'argocd-configurer token create'",
  }]],
  tokens_unavailable: [[{}, {
    status: 503,
    message: "Cannot verify tokens. The reason is in the server's log",
    more: { retryAfter: 5 },
    remedy: { retry_after: 5 },
  }]],
  role_required: [[{ token: "ci", role: "reader", needed: "writer" }, {
    status: 403,
    message: "Token 'ci' has role reader. This operation requires role writer",
    remedy: { role: "writer" },
  }]],
  cluster_not_allowed: [[{ token: "ci", cluster: "prod", clusters: ["dev", "test-*"] }, {
    status: 403,
    message: "Token 'ci' is not allowed on cluster 'prod'. Allowed clusters: dev, test-*",
  }]],
  rate_limited: [[{ what: "missing or wrong tokens from this address" }, {
    status: 429,
    message: "Too many missing or wrong tokens from this address",
    more: { retryAfter: 60 },
    remedy: { retry_after: 60 },
  }]],
  too_many_requests: [[{ full: "count", count: 256 }, {
    status: 503,
    message: "Busy: more than 256 concurrent requests",
    more: { retryAfter: 1 },
    remedy: { retry_after: 1 },
  }]],
  shutting_down: [[{}, { status: 503, message: "The server is shutting down" }]],
  path_not_found: [[{}, { status: 404, message: "No such path. GET / lists the endpoints" }]],
  method_not_allowed: [[{ path: "/secrets", methods: ["GET", "DELETE"] }, {
    status: 405,
    message: "Method not allowed. Use GET or DELETE on /secrets",
    remedy: { methods: ["GET", "DELETE"] },
  }]],
  no_audit_log: [[{}, {
    status: 404,
    message:
      "No audit log is configured. Set audit-log in the configuration file, such as audit-log: audit.log",
    remedy: { setting: "audit-log" },
  }]],
  fingerprints_unavailable: [[{}, {
    status: 503,
    message: "Cannot create fingerprints: their key cannot be read. The reason is in the " +
      "server's log. Search by the value itself, or repair the key",
  }], [{ why: "the audit log has no key yet" }, {
    status: 503,
    message: "Cannot search by a fingerprint of another key: the audit log has no key yet. " +
      "Search by the value itself, or set fingerprint-key-file to the file of that key",
  }]],
  audit_log_unreadable: [[{}, { status: 503, message: "Cannot read the audit log" }]],

  cluster_not_found: [
    [{ cluster: "prod-e", file: "clusters/prod-e.kubeconfig", field: "cluster" }, {
      status: 404,
      message: "Cluster 'prod-e' not found. No kubeconfig file at clusters/prod-e.kubeconfig",
      fields: ["cluster"],
    }],
    [
      {
        cluster: "prod-e",
        file: "c/prod-e.kubeconfig",
        field: "cluster_name",
        nearest: "prod-eu",
      },
      {
        status: 404,
        message: "Cluster 'prod-e' not found. No kubeconfig file at c/prod-e.kubeconfig; did you " +
          "mean 'prod-eu'?",
        seed: "Cluster 'prod-e' not found. No kubeconfig file at c/prod-e.kubeconfig",
        fields: ["cluster_name"],
        remedy: { cluster_name: "prod-eu" },
      },
    ],
  ],
  unreachable: [
    [{ why: "Cannot write: nothing listens" }, {
      status: 503,
      message: "Cannot write: nothing listens",
    }],
    [{ why: "Cannot list: nothing listens", readSeconds: 10 }, {
      status: 503,
      message: "Cannot list: nothing listens",
      seed: "Cannot connect to cluster. Please check if the cluster is running and accessible.",
    }],
  ],
  untrusted: [[{ why: "Cannot list: its certificate is not trusted" }, {
    status: 502,
    message: "Cannot list: its certificate is not trusted",
  }]],
  timeout: [
    [{
      why: "Cannot write: no answer",
      after: { notRestored: ["default/a"], namespaces: ["new"] },
    }, {
      status: 504,
      message: "Cannot write: no answer. Not restored: default/a. Namespaces created and " +
        "not removed: new",
    }],
    [{ why: "Cannot list: no answer", readSeconds: 10 }, {
      status: 504,
      message: "Commands timed out after 10 seconds",
    }],
  ],
  unauthorized: [[{ why: "Cannot list: unauthorized" }, {
    status: 502,
    message: "Cannot list: unauthorized",
  }]],
  forbidden: [[{ why: "Cannot write: forbidden", after: { notRestored: [], namespaces: [] } }, {
    status: 502,
    message: "Cannot write: forbidden. Nothing was changed",
  }]],
  not_found: [[{ why: "Cannot write: it is gone" }, {
    status: 502,
    message: "Cannot write: it is gone",
  }]],
  not_begun: [
    [{ cluster: "b", why: "stopped" }, {
      status: 503,
      message: "Cluster 'b' was skipped: the request was stopped (server shutdown or client " +
        "disconnect). Nothing was changed",
    }],
    [{ cluster: "b", why: "first_failed" }, {
      status: 503,
      message: "Cluster 'b' was skipped: a cluster in 'first' failed. Nothing was changed",
    }],
    [{ cluster: "b", why: "labels_changed" }, {
      status: 503,
      message: "Cluster 'b' was skipped: its labels have changed and no longer match " +
        "'cluster_selector'. Nothing was changed",
    }],
    [{ cluster: "b", why: "too_many_failures", maxFailures: 1 }, {
      status: 503,
      message: "Cluster 'b' was skipped: more clusters failed than max_failures (1) " +
        "allows. Nothing was changed",
    }],
    [{ cluster: "b", why: "too_many_failures", maxFailures: 0 }, {
      status: 503,
      message: "Cluster 'b' was skipped: more clusters failed than max_failures (0) " +
        "allows. Nothing was changed",
    }],
  ],
  clusters_failed: [
    [{ count: 2, cluster: "a", message: "It is gone" }, {
      status: 502,
      message: "None of 2 clusters succeeded. Cluster 'a': It is gone",
    }],
    [{ count: 1, cluster: "a", message: "It is gone" }, {
      status: 502,
      message: "Cluster 'a': It is gone",
    }],
  ],
  no_argocd: [
    [{ cluster: "spoke", labelsAt: "clusters/labels.yaml", field: "cluster" }, {
      status: 422,
      message: "Cluster 'spoke' has no Argo CD (label " +
        "argocd-configurer.io/argocd-namespace: none in clusters/labels.yaml). " +
        "Leave the cluster out, or set the label to Argo CD's namespace",
      fields: ["cluster"],
    }],
    [{ cluster: "spoke", field: "git_write_back" }, {
      status: 422,
      message: "Cluster 'spoke' has no Argo CD (label " +
        "argocd-configurer.io/argocd-namespace: none). Leave out 'git_write_back' " +
        "for this cluster",
      fields: ["git_write_back"],
      remedy: { git_write_back: false },
    }],
  ],
  namespace_not_found: [
    [
      namespaces({
        missing: ["b", "argocd"],
        terminating: ["c"],
        labelsAt: "clusters/labels.yaml",
      }),
      {
        status: 400,
        message:
          "Namespaces do not exist: b, argocd. Namespaces are being deleted: c. 'argocd' is " +
          "Argo CD's own (setting argocd-namespace). If this cluster has no Argo CD, set its label " +
          "argocd-configurer.io/argocd-namespace: none in clusters/labels.yaml",
        seed: "Namespaces do not exist: b, argocd; Namespaces are being deleted: c; 'argocd' is " +
          "Argo CD's own (setting argocd-namespace)",
        fields: ["namespaces"],
        remedy: { labels: { "argocd-configurer.io/argocd-namespace": "none" } },
      },
    ],
    [namespaces({ missing: ["kube-sytem"], nearest: { "kube-sytem": "kube-system" } }), {
      status: 400,
      message: "Namespaces do not exist: kube-sytem. Did you mean 'kube-system'?",
      seed: "Namespaces do not exist: kube-sytem",
      fields: ["namespaces"],
      remedy: { namespaces: { "kube-sytem": "kube-system" } },
    }],
    [{ why: "Cannot write: there is no namespace 'a'" }, {
      status: 400,
      message: "Cannot write: there is no namespace 'a'",
      fields: ["namespaces"],
    }],
  ],
  namespace_terminating: [[namespaces({ terminating: ["c", "c"] }), {
    status: 400,
    message: "Namespaces are being deleted: c",
    fields: ["namespaces"],
  }]],
  exists: [
    [{ of: "docker", namespaces: ["default", "argocd"] }, {
      status: 409,
      message: "Secrets already exist in namespaces: default, argocd",
      remedy: { upsert: true },
    }],
    [{ of: "repository", names: ["a", "b"] }, {
      status: 409,
      message: "Secrets already exist: a, b",
      remedy: { upsert: true },
    }],
    [{ of: "helm" }, {
      status: 409,
      message: "Helm repository secret already exists",
      remedy: { upsert: true },
    }],
    [{ why: "Cannot write: it exists" }, {
      status: 409,
      message: "Cannot write: it exists",
      remedy: { upsert: true },
    }],
  ],
  conflict: [[{ why: "Cannot write: it has changed" }, {
    status: 409,
    message: "Cannot write: it has changed",
  }]],
  invalid: [[{ why: "Cannot write: too long" }, {
    status: 400,
    message: "Cannot write: too long",
  }]],
  invalid_kubeconfig: [[{ why: "Cannot use kubeconfig 'a'" }, {
    status: 500,
    message: "Cannot use kubeconfig 'a'",
  }]],
  labels_unreadable: [[{ why: "Cannot read cluster labels in a:1: why" }, {
    status: 500,
    message: "Cannot read cluster labels in a:1: why",
  }]],
  invalid_labels: [[{ why: "Cannot use cluster 'a': its label b is 'c'" }, {
    status: 500,
    message: "Cannot use cluster 'a': its label b is 'c'",
  }]],
  kubectl_missing: [[{ why: "Cannot run kubectl" }, {
    status: 503,
    message: "Cannot run kubectl",
  }]],
  busy: [[{ why: "Cannot write: too much to do" }, {
    status: 503,
    message: "Cannot write: too much to do",
    more: { retryAfter: 7 },
    remedy: { retry_after: 7 },
  }]],
  too_large: [[{ why: "Cannot list: too large" }, {
    status: 502,
    message: "Cannot list: too large",
  }]],
  failed: [[{ why: "Cannot list: it failed" }, {
    status: 502,
    message: "Cannot list: it failed",
  }]],
  not_recorded: [[{ why: "Cannot write: the audit log cannot be written" }, {
    status: 503,
    message: "Cannot write: the audit log cannot be written",
  }]],
  internal: [
    [{}, { status: 500, message: "Internal server error" }],
    [{ why: "Cannot write: a bug", after: { notRestored: [], namespaces: [] } }, {
      status: 500,
      message: "Cannot write: a bug. Nothing was changed",
    }],
  ],

  credential_not_found: [
    [{}, {
      status: 404,
      message:
        "No credential of these clusters has this ID. Take the ID from GET /api/v1/credentials",
      fields: ["id"],
    }],
  ],

  secret_not_found: [
    [{ name: "a", cluster: "dev", namespaces: [], for: "show" }, {
      status: 404,
      message: "Secret 'a' not found in cluster 'dev'",
      fields: ["name"],
    }],
    [{ name: "a", cluster: "dev", namespaces: ["x", "y"], for: "delete" }, {
      status: 404,
      message: "Secret 'a' not found in namespaces: x, y",
      fields: ["name"],
    }],
    [{ name: "a", cluster: "dev", namespaces: [], for: "delete" }, {
      status: 404,
      message:
        "No secret 'a' managed by argocd-configurer found in cluster 'dev'. To delete a secret that it does " +
        "not manage, send force=true and its namespaces in 'namespaces'",
      fields: ["name"],
    }],
  ],
  service_account_not_found: [[{ accounts: [{ namespace: "x", name: "builder" }] }, {
    status: 400,
    message: "Service accounts do not exist: x/builder",
    fields: ["service_accounts"],
  }]],
  foreign: [
    [{ ...inBody(0), type: "Opaque", wanted: "pull secret" }, {
      status: 409,
      message:
        "Secret x/a already exists and is not a pull secret (type Opaque). Choose another name, " +
        'or send "force": true with "upsert": true to replace it',
      fields: ["name"],
      remedy: { force: true, upsert: true },
    }],
    [{ ...inBody(0), type: "a b" }, {
      status: 409,
      message: 'Secret x/a already exists and is not a credential of this kind (type "a b"). ' +
        'Choose another name, or send "force": true with "upsert": true to replace it',
      fields: ["name"],
      remedy: { force: true, upsert: true },
    }],
  ],
  owned: [
    [{ ...inBody(2), owner: "External Secrets" }, {
      status: 409,
      message: "Secret x/a is managed by External Secrets, which would revert the change " +
        '(and 2 more problems). Change it there, or send "force": true',
      fields: ["force"],
      remedy: { force: true },
    }],
    [{ ...inBody(0), by: "query", owner: "Helm" }, {
      status: 409,
      message: "Secret x/a is managed by Helm, which would revert the change. Change it there, " +
        "or send force=true",
      fields: ["force"],
      remedy: { force: true },
    }],
  ],
  not_ours: [[{ ...inBody(0), by: "query" }, {
    status: 409,
    message: "Secret x/a is not managed by argocd-configurer. Send force=true to delete it anyway",
    fields: ["force"],
    remedy: { force: true },
  }]],
  unmergeable: [[{ ...inBody(0), why: "must be a JSON object" }, {
    status: 409,
    message:
      "Secret x/a cannot be merged: its Docker configuration must be a JSON object. Use 'upsert' " +
      "instead of 'merge' to replace the whole secret",
    fields: ["merge"],
  }]],
  type_change: [[{ ...inBody(0), type: "Opaque" }, {
    status: 409,
    message: "Secret x/a has type Opaque, and Kubernetes does not allow a change of " +
      'type. Send "force": true to delete and recreate it: it is missing for a ' +
      "few seconds",
    fields: ["force"],
    remedy: { force: true },
  }]],
  immutable: [[inBody(1), {
    status: 409,
    message: 'Secret x/a is immutable (and 1 more problem). Send "force": true to delete and ' +
      "recreate it: it is missing for a few seconds",
    fields: ["force"],
    remedy: { force: true },
  }]],
  finalizers: [
    [inBody(0), {
      status: 409,
      message: "Secret x/a has finalizers, which delay its deletion. Remove them, or " +
        "choose another name",
    }],
    [{ ...inBody(0), by: "query" }, {
      status: 409,
      message: "Secret x/a has finalizers, which delay its deletion. Remove them first",
    }],
  ],
  being_deleted: [[inBody(0), {
    status: 409,
    message: "Secret x/a is being deleted. Retry later",
  }]],
  secret_changed: [[inBody(1), {
    status: 409,
    message:
      "Secret x/a was changed or deleted after it was read (and 1 more problem). Nothing was " +
      "changed on this cluster. Send the same request again",
  }]],
  identity_held: [
    [{ ...inBody(0), holders: ["b"] }, {
      status: 409,
      message: 'The URL of secret x/a is already used by secret x/b. Send "upsert": true ' +
        'and "name": "b" to replace that secret',
      fields: ["name"],
      remedy: { upsert: true, name: "b" },
    }],
    [{ ...inBody(1), holders: ["b", "c"] }, {
      status: 409,
      message: "The URL of secret x/a is already used by secrets x/b, x/c, and Argo CD " +
        "picks one of them at random (and 1 more problem). Delete all but one",
      fields: ["name"],
    }],
  ],
  credential_refused: [[{ at: "ghcr.io", why: "denied", isWrite: true }, {
    status: 422,
    message: "Credential refused by ghcr.io: denied. Nothing was changed",
  }]],
  credential_unverifiable: [[{ at: "ghcr.io", why: "no answer", isWrite: false }, {
    status: 422,
    message: "Cannot verify the credential at ghcr.io: no answer",
  }]],
  same_value: [[{}, {
    status: 400,
    message: "The old and the new credential are the same. Nothing was changed",
  }]],
  cannot_hold: [[{ places: [cannotHold("a"), cannotHold("b")] }, {
    status: 400,
    message: "Cannot store the new credential in secret y/x of cluster 'a': 'password' " +
      "holds a password (and 1 more). Nothing was changed",
    fields: ["set"],
  }]],
  clusters_not_seen: [
    [{ maxFailures: 0, isFirst: false, notSeen: [notSeen("a")] }, {
      status: 409,
      message: "Cannot read cluster 'a': no answer. Nothing was changed. Leave it out, " +
        'or send "max_failures": 1',
      fields: ["max_failures"],
    }],
    [{ maxFailures: 1, isFirst: false, notSeen: ["a", "b", "c", "d", "e"].map(notSeen) }, {
      status: 409,
      message: "Cannot read 5 clusters: 'a', 'b', 'c' and 2 more. Nothing was changed. " +
        'Leave them out, or send "max_failures": 5',
      fields: ["max_failures"],
    }],
    [{ maxFailures: 1, isFirst: true, notSeen: [notSeen("a")] }, {
      status: 409,
      message: "Cannot read cluster 'a': no answer. Nothing was changed. Leave it out, " +
        "or remove it from 'first'",
      fields: ["max_failures"],
    }],
    [{ maxFailures: 0, isFirst: true, notSeen: [notSeen("a")] }, {
      status: 409,
      message: "Cannot read cluster 'a': no answer. Nothing was changed. Leave it out, " +
        "or send \"max_failures\": 1 and remove it from 'first'",
      fields: ["max_failures"],
    }],
  ],
  first_not_found: [[{ clusters: ["a", "b"] }, {
    status: 409,
    message: "Nothing to rotate on these clusters of 'first': 'a', 'b'. Nothing was changed",
    fields: ["first"],
  }]],
  rotation_running: [[{ rotation: "rotation-1" }, {
    status: 409,
    message: "Rotation rotation-1 of the same credential is running. Nothing was changed",
  }], [{}, {
    status: 409,
    message: "A rotation of the same credential is running. Nothing was changed",
  }]],
  credential_untried: [[{ at: "ghcr.io", why: "no answer", isWrite: true }, {
    status: 422,
    message: "Cannot verify the new credential at ghcr.io: no answer. Nothing was " +
      'changed. To write it there unverified, send "allow_untried": true',
    fields: ["allow_untried"],
    remedy: { allow_untried: true },
  }]],
  rotation_not_found: [
    [{ id: "rotation-1", hasAuditLog: true }, {
      status: 404,
      message: "Rotation 'rotation-1' not found. 'argocd-configurer audit' lists the rotations",
      fields: ["id"],
    }],
    [{ id: "rotation-1", hasAuditLog: false }, {
      status: 404,
      message:
        "Rotation 'rotation-1' not found. Without an audit log (setting audit-log), rotations of " +
        "other processes are not remembered",
      fields: ["id"],
    }],
  ],
};

function namespaces(some: Partial<NamespacesWrong>): NamespacesWrong {
  return { missing: [], terminating: [], argocdNamespace: "argocd", ...some };
}

function inBody(more: number) {
  return { namespace: "x", name: "a", more, by: "body" } as const;
}

function notSeen(cluster: string) {
  return { cluster, status: "timeout", message: "no answer" };
}

function cannotHold(cluster: string) {
  return {
    ...{ cluster, namespace: "y", name: "x", key: "password" },
    why: "'password' holds a password",
  };
}
