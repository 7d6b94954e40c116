import assert from "node:assert/strict";
import { KubeError, type KubeErrorKind } from "../../../src/kube/errors.ts";
import type { StoreFault } from "../../../src/kube/fake/store.ts";
import { fakeClock } from "../../support/fake_clock.ts";
import { type Stage, stage } from "../stage.ts";
import { CANARY, docker, get, helm, refused, type Row, testsOf } from "../support.ts";

/** Failures of the cluster: none is ever answered as an empty success. */

const secrets = () => get("/secrets?cluster=test-cluster");

const UNREACHABLE =
  "Cannot connect to cluster. Please check if the cluster is running and accessible.";
const TIMEOUT = "Commands timed out after 10 seconds";

interface Failure {
  readonly kind: KubeErrorKind;
  readonly status: number;
  /** `status` in the response to a read. */
  readonly word: string;
  /** Message of a read, if it is not the error's own. */
  readonly message?: string;
  /** Whether a write has `status`, too. */
  readonly tells?: true;
}

const FAILURES: readonly Failure[] = [
  { kind: "unreachable", status: 503, word: "cluster_unreachable", message: UNREACHABLE },
  { kind: "timeout", status: 504, word: "timeout", message: TIMEOUT },
  { kind: "unauthorized", status: 502, word: "unauthorized", tells: true },
  { kind: "forbidden", status: 502, word: "forbidden", tells: true },
  { kind: "invalid_kubeconfig", status: 500, word: "invalid_kubeconfig", tells: true },
  { kind: "untrusted", status: 502, word: "error" },
  { kind: "kubectl_missing", status: 503, word: "error" },
  { kind: "busy", status: 503, word: "error" },
  { kind: "too_large", status: 502, word: "error" },
  { kind: "failed", status: 502, word: "error" },
];

const always = (fault: StoreFault) => ({ cluster }: Stage) => {
  cluster.fault = () => fault;
};

const listFailed = (word: string, message: string) => ({
  cluster: "test-cluster",
  repo_creds_secrets: [],
  docker_creds_secrets: [],
  helm_creds_secrets: [],
  repository_secrets: [],
  total_repo_creds: 0,
  total_docker_creds: 0,
  total_helm_creds: 0,
  status: word,
  message,
});

const writesOf = [["add_docker", docker], ["add_helm_repo", helm]] as const;

const whole = FAILURES.flatMap(({ kind, status, word, message, tells }): Row[] => {
  const own = `Cannot do it: ${kind}`;
  const before = always({ kind: "throw", error: kind });
  const envelope = { error: true, message: own, status_code: status };
  return [
    {
      name: `cluster error ${kind} is ${status} for a read, with empty lists and the reason`,
      request: secrets,
      before,
      status,
      body: listFailed(word, message ?? own),
    },
    ...writesOf.map(([endpoint, request]): Row => ({
      name: `cluster error ${kind} is ${status} for ${endpoint}, which writes nothing`,
      request: () => request(),
      before,
      status,
      body: tells ? { ...envelope, status: word } : envelope,
      changes: false,
    })),
  ];
});

const atCreate = (fault: StoreFault) => ({ cluster }: Stage) => {
  cluster.fault = ({ method }) => method === "create" ? fault : undefined;
};

const failedResult = (namespace: string, why: string, name = "my-docker-secret") => ({
  namespace,
  result: { success: false, namespace, error: `secret/${name}: ${why}` },
});

const REJECTED: readonly (readonly [KubeErrorKind, number, string?])[] = [
  ["forbidden", 502, "forbidden"],
  ["unauthorized", 502, "unauthorized"],
  ["unreachable", 503],
  ["timeout", 504],
  ["invalid", 400],
  ["too_large", 502],
  ["failed", 502],
];

const halfWay = REJECTED.flatMap(([kind, status, word]): Row[] => {
  const own = `Cannot do it: ${kind}`;
  const begin = {
    error: true,
    message: `${own}. Nothing was changed`,
    status_code: status,
    ...(word ? { status: word } : {}),
    cluster: "test-cluster",
  };
  const before = atCreate({ kind: "reject", item: 1, error: kind });
  return [
    {
      name: `error ${kind} in one namespace is ${status} for add_docker, which is rolled back`,
      request: () => docker(),
      before,
      status,
      body: {
        ...begin,
        name: "my-docker-secret",
        results: [
          failedResult("kube-system", "written and rolled back"),
          failedResult("default", `${own}; not written`),
          failedResult("argocd", "written and rolled back"),
        ],
        rolled_back: true,
      },
      changes: false,
    },
    {
      name: `error ${kind} for the template is ${status} for add_helm_repo, which is rolled back`,
      request: () => helm({ repository_url: "https://ghcr.io/" }),
      before,
      status,
      body: {
        ...begin,
        name: "my-helm-repo",
        results: [
          failedResult("argocd", "written and rolled back", "my-helm-repo"),
          failedResult("argocd", `${own}; not written`, "my-helm-repo-template"),
        ],
        rolled_back: true,
      },
      changes: false,
    },
  ];
});

const special: Row[] = [
  {
    name: "a failed rollback is reported exactly",
    request: () => docker(),
    options: { seconds: 0.3 },
    before: ({ cluster }) => {
      cluster.fault = ({ method, index }) => {
        if (method === "create") return { kind: "reject", item: 1, error: "forbidden" };
        return index >= 2 ? { kind: "throw", error: "unreachable" } : undefined;
      };
    },
    status: 502,
    body: {
      error: true,
      message: "Cannot do it: forbidden. Not restored: kube-system/my-docker-secret, " +
        "argocd/my-docker-secret",
      status_code: 502,
      status: "forbidden",
      cluster: "test-cluster",
      name: "my-docker-secret",
      results: [
        failedResult("kube-system", "not rolled back: new"),
        failedResult("default", "Cannot do it: forbidden; not written"),
        failedResult("argocd", "not rolled back: new"),
      ],
      not_restored: [
        { namespace: "kube-system", name: "my-docker-secret", state: "new" },
        { namespace: "argocd", name: "my-docker-secret", state: "new" },
      ],
    },
    changes: true,
  },
  {
    name: "a write whose connection was cut is settled by reading again",
    request: () => docker(),
    before: ({ cluster }) => {
      cluster.fault = ({ method, index }) =>
        method === "create" && index === 1 ? { kind: "cut", item: 1, applied: true } : undefined;
    },
    status: 200,
    changes: true,
  },
  {
    name: "a busy cluster says when to retry a read",
    request: secrets,
    options: { refused: new KubeError("busy", "Cannot read: too much to do", { retryAfter: 7 }) },
    status: 503,
    body: listFailed("error", "Cannot read: too much to do"),
    headers: { "Retry-After": "7" },
  },
  {
    name: "a busy cluster says when to retry a write",
    request: () => docker(),
    options: { refused: new KubeError("busy", "Cannot write: too much to do", { retryAfter: 7 }) },
    status: 503,
    body: { error: true, message: "Cannot write: too much to do", status_code: 503 },
    headers: { "Retry-After": "7" },
  },
];

const BUG = "a bug in the store";

/** The cause is in the log under the request ID, and nowhere else. */
const bug = (name: string, request: () => Request): Row => ({
  name,
  request,
  before: always({ kind: "bug" }),
  status: 500,
  changes: false,
  after: ({ logged }, body, response) => {
    const id = response.headers.get("X-Request-Id");
    assert.deepEqual(body, {
      error: true,
      message: "Internal server error",
      status_code: 500,
      request_id: id,
    });
    const cause = logged.filter((line) => line.includes(BUG)).map((line) => JSON.parse(line));
    assert.deepEqual(cause.map((line) => [line.level, line.id]), [["error", id]]);
  },
});

for (
  const test of testsOf([
    ...whole,
    ...halfWay,
    ...special,
    bug("a bug in a read is 500 with the request ID", secrets),
    bug("a bug in add_docker is 500 with the request ID", () => docker()),
    bug("a bug in add_helm_repo is 500 with the request ID", () => helm()),
    refused("a rejected kubeconfig is 500 for a write", () => docker(), 500, {
      error: true,
      message: "Cannot use kubeconfig 'clusters/test-cluster.kubeconfig': it is empty",
      status_code: 500,
      status: "invalid_kubeconfig",
    }, {
      opens: true,
      options: {
        refused: new KubeError(
          "invalid_kubeconfig",
          "Cannot use kubeconfig 'clusters/test-cluster.kubeconfig': it is empty",
        ),
      },
    }),
  ])
) Deno.test(test);

for (const logFormat of ["text", "json"] as const) {
  Deno.test(`no ${logFormat} line shows a password, whatever fails`, async () => {
    using _clock = fakeClock({ runs: true });
    for (const method of ["list", "read", "create", "replace", "remove"]) {
      for (const kind of ["throw", "reject", "cut", "bug"] as const) {
        const it = stage({ logFormat, seconds: 0.2 });
        await it.app.fetch(docker());
        it.cluster.fault = (call) =>
          call.method === method
            ? { kind, error: "failed", item: 0, applied: true } as StoreFault
            : undefined;
        for (const request of [secrets(), docker({ upsert: true, username: "x" }), helm()]) {
          const response = await it.app.fetch(request);
          const text = await response.text() + it.logged.join("");
          assert.ok(!text.includes(CANARY) && !text.includes(btoa(CANARY).slice(0, -4)), text);
        }
      }
    }
  });
}

Deno.test("during shutdown new requests get 503 and those in progress are answered", async () => {
  const begun = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const it = stage({
    clusters: {
      names: async () => {
        begun.resolve();
        await go.promise;
        return [];
      },
    },
  });
  const underWay = it.app.fetch(get("/clusters"));
  await begun.promise;
  let drained = false;
  const drain = it.app.drain().then(() => drained = true);
  for (const request of [get("/clusters"), secrets(), docker(), helm()]) {
    const response = await it.app.fetch(request);
    assert.equal(response.status, 503);
    assert.equal(response.headers.get("Retry-After"), "5");
    assert.deepEqual(await response.json(), {
      error: true,
      message: "The server is shutting down",
      status_code: 503,
    });
  }
  assert.equal(drained, false);
  go.resolve();
  assert.equal((await underWay).status, 200);
  await drain;
  assert.deepEqual(it.opened, []);
});
