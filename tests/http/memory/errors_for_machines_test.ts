import { KubeError } from "../../../src/kube/errors.ts";
import { NO_LOGIN, remove, repo, sent, show, verification } from "../requests.ts";
import { CANARY, docker, get, helm, post, refused, type Row, testsOf } from "../support.ts";
import { bearer, options } from "../tokens.ts";

/**
 * What errors say for machines off the seed's own paths, and that there they say it to people alone.
 * No answer has the password that the request has.
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

/** Of requests that get no further than the edge. */
const AT_THE_EDGE: Case[] = [
  ["two fields that are missing", () => repo({ url: undefined, name: undefined }), 400, /./, {
    code: "missing_field",
    field: "name",
    fields: ["name", "url"],
  }],
  ["two parameters that are missing", () => get("/secrets", {}, "DELETE"), 400, /./, {
    code: "missing_field",
    field: "cluster",
    fields: ["cluster", "name"],
  }],
  ["a value that is none", () => repo({ depth: CANARY }), 400, /^Field 'depth' must be/, {
    code: "invalid_field",
    field: "depth",
  }],
  [
    "the second of two URLs",
    () => repo({ url: undefined, urls: ["https://h/x", `ftp://${CANARY}/x`] }),
    400,
    /./,
    {
      code: "invalid_field",
      field: "urls.1",
    },
  ],
  ["a field that is misspelled", () => repo({ [`usernam`]: CANARY }), 400, /did you mean/, {
    code: "unknown_field",
    field: "usernam",
    remedy: { field: "username" },
  }],
  ["a field that is none", () => repo({ [CANARY]: 1 }), 400, /^Unknown field\. Known fields:/, {
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
  ["a body that is none", () => post("/secrets/verify", `{"a": "${CANARY}`), 400, /./, {
    code: "invalid_body",
  }],
  ["a path that is none", () => get("/nowhere"), 404, /^No such path/, { code: "path_not_found" }],
  ["a method that is none", () => get("/audit", {}, "PUT"), 405, /Use GET on/, {
    code: "method_not_allowed",
    remedy: { methods: ["GET"] },
  }],
  ["no audit log", () => get("/audit"), 404, /./, {
    code: "no_audit_log",
    remedy: { setting: "audit-log" },
  }],
  ["no token", () => repo(), 401, /./, { code: "token_missing" }, { options }],
  ["a token that may not", () => repo({}, bearer("reader")), 403, /./, {
    code: "role_required",
    remedy: { role: "writer" },
  }, { options }],
  ["a token for another cluster", () => repo({}, bearer("other-cluster")), 403, /./, {
    code: "cluster_not_allowed",
  }, { options }],
  ["too many at once", () => repo(), 503, /./, {
    code: "too_many_requests",
    remedy: { retry_after: 1 },
  }, { options: { deps: { maxRequests: 0 } } }],
];

const UNKNOWN_CLUSTER =
  /^Cluster 'test-clutser' not found\. No kubeconfig file at .*; did you mean 'test-cluster'\?$/;
const near = { cluster: "test-clutser" };

/** Of what the cluster, or the program for it, finds. */
const BEYOND: Case[] = [
  ["a cluster that is misspelled in a query", () => show("x", near), 404, UNKNOWN_CLUSTER, {
    code: "cluster_not_found",
    field: "cluster",
    remedy: { cluster: "test-cluster" },
  }],
  [
    "a cluster that is misspelled in a body",
    () => repo({ cluster_name: "test-clutser" }),
    400,
    UNKNOWN_CLUSTER,
    {
      code: "cluster_not_found",
      field: "cluster_name",
      remedy: { cluster_name: "test-cluster" },
    },
  ],
  ["a cluster that is misspelled in a DELETE", () => remove(near), 400, UNKNOWN_CLUSTER, {
    code: "cluster_not_found",
    field: "cluster",
    remedy: { cluster: "test-cluster" },
  }],
  [
    "a cluster like one that the token is not for",
    () => show("x", { cluster: "test-production-cluste" }, bearer("one-cluster")),
    404,
    /No kubeconfig file at \S+$/,
    { code: "cluster_not_found", field: "cluster" },
    { options },
  ],
  ["a secret that is there", () => repo(), 409, /^Secrets already exist: my-repo$/, {
    code: "exists",
    remedy: upsert,
  }, {
    before: sent(() => repo()),
    // Besides the envelope it has what is there.
    body: undefined,
  }],
  ["a secret of somebody else's", () => repo(upsert), 409, /^Secret argocd\/my-repo /, {
    code: "foreign",
    field: "name",
    remedy: { ...force, ...upsert },
  }, { before: put(FOREIGN) }],
  ["a secret that is looked after", () => repo(upsert), 409, /^Secret argocd\/my-repo /, {
    code: "owned",
    field: "force",
    remedy: force,
  }, { before: put(OWNED) }],
  ["a URL that another secret holds", () => repo({ name: "mine" }), 409, /already used by/, {
    code: "identity_held",
    field: "name",
    remedy: { ...upsert, name: "my-repo" },
  }, { before: sent(() => repo()) }],
  ["deleting what is not ours", () => remove({ namespaces: "argocd" }), 409, /force=true/, {
    code: "not_ours",
    field: "force",
    remedy: force,
  }, { before: put(FOREIGN) }],
  [
    "deleting what is not there",
    () => remove(),
    404,
    /^No secret 'my-repo' managed by argocd-configurer found in cluster /,
    {
      code: "secret_not_found",
      field: "name",
    },
  ],
  ["showing what is not there", () => show("nothing"), 404, /^Secret 'nothing' not found/, {
    code: "secret_not_found",
    field: "name",
  }],
  ["a cluster with too much to do", () => remove(), 503, /./, {
    code: "busy",
    remedy: { retry_after: 7 },
  }, { options: { refused: new KubeError("busy", "Cannot: too much", { retryAfter: 7 }) } }],
];

const rows = ([what, request, status, message, told, more = {}]: Case): Row => ({
  name: `${what} is told to machines`,
  request,
  status,
  body: message,
  told,
  changes: false,
  ...more,
});

/** On the seed's own paths: to the letter as always, and nothing besides. */
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
    "a method that is none",
    () => get("/clusters", {}, "PUT"),
    405,
    "Method not allowed. Use GET on /clusters",
  ],
] as const).map(([what, request, status, message]) => ({
  name: `on the seed's own path ${what} is told to people alone`,
  request,
  status,
  body: { error: true, message, status_code: status },
  told: {},
  changes: false,
}));

/** The password is nowhere, whatever is wrong with it. */
const PASSWORDS = [{ password: [CANARY] }, { password: { [CANARY]: CANARY } }, { [CANARY]: 1 }];

for (
  const test of testsOf([
    ...AT_THE_EDGE.map((row) => ({ ...rows(row), opens: false })),
    ...BEYOND.map(rows),
    ...SEED,
    ...PASSWORDS.flatMap((more, i) =>
      [docker, helm, repo, verification].map((request) =>
        refused(
          `no value is in any error: ${i} at ${request({}).url}`,
          () => request(more),
          400,
          /./,
        )
      )
    ),
  ])
) Deno.test(test);
