import { KubeError } from "../../../src/kube/errors.ts";
import { NO_LOGIN, remove, repo, sent, show, verification } from "../requests.ts";
import { CANARY, docker, get, helm, post, refused, type Row, testsOf } from "../support.ts";
import { bearer, options } from "../tokens.ts";

/**
 * Machine-readable fields of errors, which the seed's paths do not have.
 * No response contains the password of the request.
 */

const upsert = { upsert: true };
const force = { force: true };

const FOREIGN = { namespace: "argocd", name: "my-repo", type: "Opaque" };
const OWNED = {
  ...FOREIGN,
  labels: {
    "app.kubernetes.io/managed-by": "argocd-configurer",
    "argocd.argoproj.io/secret-type": "repository",
  },
  ownerReferences: [{
    apiVersion: "external-secrets.io/v1",
    kind: "ExternalSecret",
    name: "x",
    uid: "1",
  }],
};

const put = (secret: typeof FOREIGN): Row["before"] => ({ cluster }) =>
  void cluster.put(secret, { url: btoa("https://example.com/x"), password: btoa(CANARY) });

type Case = [
  what: string,
  request: () => Request,
  status: number,
  message: RegExp,
  told: object,
  more?: Partial<Row>,
];

/** Requests that open no cluster. */
const AT_THE_EDGE: Case[] = [
  ["two missing fields", () => repo({ url: undefined, name: undefined }), 400, /./, {
    code: "missing_field",
    field: "name",
    fields: ["name", "url"],
  }],
  ["two missing parameters", () => get("/secrets", {}, "DELETE"), 400, /./, {
    code: "missing_field",
    field: "cluster",
    fields: ["cluster", "name"],
  }],
  ["an invalid value", () => repo({ depth: CANARY }), 400, /^Field 'depth' must be/, {
    code: "invalid_field",
    field: "depth",
  }],
  [
    "an invalid second URL",
    () => repo({ url: undefined, urls: ["https://h/x", `ftp://${CANARY}/x`] }),
    400,
    /./,
    {
      code: "invalid_field",
      field: "urls.1",
    },
  ],
  ["a misspelled field", () => repo({ [`usernam`]: CANARY }), 400, /did you mean/, {
    code: "unknown_field",
    field: "usernam",
    remedy: { field: "username" },
  }],
  ["an unknown field", () => repo({ [CANARY]: 1 }), 400, /^Unknown field\. Known fields:/, {
    code: "unknown_field",
  }],
  [
    "a parameter that belongs in the body",
    () => post("/secrets/add_repo?dry_run=true", {}),
    400,
    /./,
    {
      code: "misplaced_field",
      field: "dry_run",
    },
  ],
  ["an invalid body", () => post("/secrets/verify", `{"a": "${CANARY}`), 400, /./, {
    code: "invalid_body",
  }],
  ["an unknown path", () => get("/nowhere"), 404, /^No such path/, { code: "path_not_found" }],
  ["an unknown method", () => get("/audit", {}, "PUT"), 405, /Use GET on/, {
    code: "method_not_allowed",
    remedy: { methods: ["GET"] },
  }],
  ["no audit log", () => get("/audit"), 404, /./, {
    code: "no_audit_log",
    remedy: { setting: "audit-log" },
  }],
  ["no token", () => repo(), 401, /./, { code: "token_missing" }, { options }],
  ["a token without the required role", () => repo({}, bearer("reader")), 403, /./, {
    code: "role_required",
    remedy: { role: "writer" },
  }, { options }],
  ["a token for another cluster", () => repo({}, bearer("other-cluster")), 403, /./, {
    code: "cluster_not_allowed",
  }, { options }],
  ["too many requests at once", () => repo(), 503, /./, {
    code: "too_many_requests",
    remedy: { retry_after: 1 },
  }, { options: { deps: { maxRequests: 0 } } }],
];

const UNKNOWN_CLUSTER =
  /^Cluster 'test-clutser' not found\. No kubeconfig file at .*; did you mean 'test-cluster'\?$/;
const near = { cluster: "test-clutser" };

/** Requests that fail because of the cluster's state. */
const BEYOND: Case[] = [
  ["a misspelled cluster in a query", () => show("x", near), 404, UNKNOWN_CLUSTER, {
    code: "cluster_not_found",
    field: "cluster",
    remedy: { cluster: "test-cluster" },
  }],
  [
    "a misspelled cluster in a body",
    () => repo({ cluster_name: "test-clutser" }),
    400,
    UNKNOWN_CLUSTER,
    {
      code: "cluster_not_found",
      field: "cluster_name",
      remedy: { cluster_name: "test-cluster" },
    },
  ],
  ["a misspelled cluster in a DELETE", () => remove(near), 400, UNKNOWN_CLUSTER, {
    code: "cluster_not_found",
    field: "cluster",
    remedy: { cluster: "test-cluster" },
  }],
  [
    "a cluster name close to one outside the token's clusters",
    () => show("x", { cluster: "test-production-cluste" }, bearer("one-cluster")),
    404,
    /No kubeconfig file at \S+$/,
    { code: "cluster_not_found", field: "cluster" },
    { options },
  ],
  ["an existing secret", () => repo(), 409, /^Secrets already exist: my-repo$/, {
    code: "exists",
    remedy: upsert,
  }, {
    before: sent(() => repo()),
    // Besides the usual fields it has the existing secrets.
    body: undefined,
  }],
  ["an unmanaged secret", () => repo(upsert), 409, /^Secret argocd\/my-repo /, {
    code: "foreign",
    field: "name",
    remedy: { ...force, ...upsert },
  }, { before: put(FOREIGN) }],
  ["a secret managed by another program", () => repo(upsert), 409, /^Secret argocd\/my-repo /, {
    code: "owned",
    field: "force",
    remedy: force,
  }, { before: put(OWNED) }],
  ["a URL held by another secret", () => repo({ name: "mine" }), 409, /already used by/, {
    code: "identity_held",
    field: "name",
    remedy: { ...upsert, name: "my-repo" },
  }, { before: sent(() => repo()) }],
  ["deleting an unmanaged secret", () => remove({ namespaces: "argocd" }), 409, /force=true/, {
    code: "not_ours",
    field: "force",
    remedy: force,
  }, { before: put(FOREIGN) }],
  [
    "deleting a missing secret",
    () => remove(),
    404,
    /^No secret 'my-repo' managed by argocd-configurer found in cluster /,
    {
      code: "secret_not_found",
      field: "name",
    },
  ],
  ["showing a missing secret", () => show("nothing"), 404, /^Secret 'nothing' not found/, {
    code: "secret_not_found",
    field: "name",
  }],
  ["a busy cluster", () => remove(), 503, /./, {
    code: "busy",
    remedy: { retry_after: 7 },
  }, { options: { refused: new KubeError("busy", "Cannot: too much", { retryAfter: 7 }) } }],
];

const rows = ([what, request, status, message, told, more = {}]: Case): Row => ({
  name: `the error has machine-readable fields: ${what}`,
  request,
  status,
  body: message,
  told,
  changes: false,
  ...more,
});

/** On the seed's paths: the exact messages and nothing else. */
const SEED: Row[] = ([
  [
    "two missing fields",
    () => docker({ ...NO_LOGIN, name: undefined }),
    400,
    "Missing required field: password",
  ],
  [
    "a misspelled cluster",
    () => helm({ cluster_name: "test-clutser" }),
    400,
    "Cluster 'test-clutser' not found. No kubeconfig file at clusters/test-clutser.kubeconfig",
  ],
  [
    "a misspelled cluster in a query",
    () => get("/secrets?cluster=test-clutser"),
    404,
    "Cluster 'test-clutser' not found. No kubeconfig file at clusters/test-clutser.kubeconfig",
  ],
  [
    "a misspelled namespace",
    () => docker({ namespaces: "kube-sytem" }),
    400,
    "Namespaces do not exist: kube-sytem",
  ],
  [
    "an unknown method",
    () => get("/clusters", {}, "PUT"),
    405,
    "Method not allowed. Use GET on /clusters",
  ],
] as const).map(([what, request, status, message]) => ({
  name: `on the seed's path the error has no machine-readable fields: ${what}`,
  request,
  status,
  body: { error: true, message, status_code: status },
  told: {},
  changes: false,
}));

/** The password is never shown, whatever is wrong with it. */
const PASSWORDS = [{ password: [CANARY] }, { password: { [CANARY]: CANARY } }, { [CANARY]: 1 }];

for (
  const test of testsOf([
    ...AT_THE_EDGE.map((row) => ({ ...rows(row), opens: false })),
    ...BEYOND.map(rows),
    ...SEED,
    ...PASSWORDS.flatMap((more, i) =>
      [docker, helm, repo, verification].map((request) =>
        refused(
          `no error contains a value: ${i} at ${request({}).url}`,
          () => request(more),
          400,
          /./,
        )
      )
    ),
  ])
) Deno.test(test);
