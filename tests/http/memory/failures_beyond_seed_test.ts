import assert from "node:assert/strict";
import { KubeError, type KubeErrorKind } from "../../../src/kube/errors.ts";
import type { StoreFault } from "../../../src/kube/fake/store.ts";
import { remove, repo, sent, show } from "../requests.ts";
import { type Stage, stage } from "../stage.ts";
import { docker, type Row, testsOf } from "../support.ts";

/** Failures of the cluster at the endpoints beyond the seed. */

const FAILURES: [kind: KubeErrorKind, status: number, word?: string][] = [
  ["unreachable", 503],
  ["timeout", 504],
  ["unauthorized", 502, "unauthorized"],
  ["forbidden", 502, "forbidden"],
  ["invalid_kubeconfig", 500, "invalid_kubeconfig"],
  ["untrusted", 502],
  ["kubectl_missing", 503],
  ["busy", 503],
  ["too_large", 502],
  ["failed", 502],
];

/** Reads that have their own message. */
const READ: Partial<Record<KubeErrorKind, { message?: string; status: string }>> = {
  unreachable: { status: "cluster_unreachable" },
  timeout: { message: "Commands timed out after 10 seconds", status: "timeout" },
};

const always = (fault: StoreFault) => ({ cluster }: Stage) => {
  cluster.fault = () => fault;
};

const selecting = () => docker({ namespaces: undefined, all_namespaces: true });
const WRITES: [what: string, request: () => Request][] = [
  ["add_repo", () => repo()],
  ["DELETE", () => remove()],
  ["DELETE in named namespaces", () => remove({ namespaces: "argocd" })],
  ["add_docker in all namespaces", selecting],
];

const whole = FAILURES.flatMap(([kind, status, word]): Row[] => {
  const message = `Cannot do it: ${kind}`;
  const before = always({ kind: "throw", error: kind });
  return [
    ...WRITES.map(([what, request]): Row => ({
      name: `cluster error ${kind} is ${status} and changes nothing: ${what}`,
      request,
      before,
      status,
      body: {
        error: true,
        message,
        status_code: status,
        ...(word ? { status: word } : {}),
      },
      changes: false,
    })),
    ...["", "argocd"].map((namespace): Row => ({
      name: `cluster error ${kind} is ${status}: showing a secret${
        namespace && " in one namespace"
      }`,
      request: () => show("my-repo", namespace ? { namespace } : {}),
      before,
      status,
      body: {
        error: true,
        message: READ[kind]?.message ?? message,
        status_code: status,
        status: READ[kind]?.status ?? word ?? "error",
      },
      changes: false,
    })),
  ];
});

const NAME = "my-docker-secret";
const pull = { name: NAME };
const withAccount = async (stage: Stage) => {
  stage.cluster.putAccount({ namespace: "default", name: "default" });
  await sent(() => docker({ namespaces: "default", service_accounts: ["default"] }))(stage);
};

const failed = (namespace: string, why: string) => ({
  namespace,
  result: { success: false, namespace, error: `secret/${NAME}: ${why}` },
});

const envelope = {
  error: true,
  message: "Cannot do it: forbidden. Nothing was changed",
  status_code: 502,
  status: "forbidden",
  cluster: "test-cluster",
  name: NAME,
};

const deletions: Row[] = [
  {
    name: "when one secret cannot be deleted, the others and the service account are rolled back",
    request: () => remove(pull),
    before: async (stage) => {
      await withAccount(stage);
      stage.cluster.fault = ({ method }) =>
        method === "remove" ? { kind: "reject", item: 1, error: "forbidden" } : undefined;
    },
    status: 502,
    body: {
      ...envelope,
      results: [
        failed("argocd", "deleted and rolled back"),
        failed("default", "Cannot do it: forbidden; not deleted"),
      ],
      rolled_back: true,
    },
    changes: false,
    after: ({ cluster }) =>
      assert.deepEqual(cluster.accounts.get("default/default")!.pullSecrets, [NAME]),
  },
  {
    name: "when a service account cannot be changed no secret is deleted",
    request: () => remove(pull),
    before: async (stage) => {
      await withAccount(stage);
      stage.cluster.fault = ({ method }) =>
        method === "detach" ? { kind: "reject", item: 0, error: "forbidden" } : undefined;
    },
    status: 502,
    body: {
      ...envelope,
      results: [
        failed("argocd", "not attempted; not deleted"),
        failed("default", "not attempted; not deleted"),
      ],
      rolled_back: true,
    },
    changes: false,
  },
  {
    name: "a failed rollback is reported exactly, for secrets and service accounts",
    request: () => remove(pull),
    options: { seconds: 0.3 },
    before: async (stage) => {
      await withAccount(stage);
      let isBroken = false;
      stage.cluster.fault = ({ method }) => {
        if (method !== "remove") return isBroken ? { kind: "throw", error: "failed" } : undefined;
        isBroken = true;
        return { kind: "reject", item: 1, error: "forbidden" };
      };
    },
    status: 502,
    body: {
      ...envelope,
      message: "Cannot do it: forbidden. Not restored: argocd/my-docker-secret, default/default",
      results: [
        failed("argocd", "not rolled back: missing"),
        failed("default", "Cannot do it: forbidden; not deleted"),
      ],
      not_restored: [
        { namespace: "argocd", name: NAME, state: "missing" },
        { namespace: "default", service_account: "default", state: "unknown" },
      ],
    },
    changes: true,
  },
  {
    name: "a deletion whose response was lost is settled by reading again",
    request: () => remove(pull),
    before: async (stage) => {
      await sent(docker)(stage);
      let isFirst = true;
      stage.cluster.fault = ({ method }) => {
        if (method !== "remove" || !isFirst) return undefined;
        isFirst = false;
        return { kind: "cut", item: 2, applied: true };
      };
    },
    status: 200,
    changes: true,
    after: ({ cluster }) => assert.equal(cluster.secrets.size, 0),
  },
];

const BUG = "a bug in the store";

const bugs = [...WRITES, ["GET of a secret", () => show("my-repo")] as const].map((
  [what, request],
): Row => ({
  name: `a bug in ${what} is 500 with the request ID, and only the log has the cause`,
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
      ...(request().url.endsWith("/add_docker") ? {} : { code: "internal" }),
      request_id: id,
    });
    const cause = logged.filter((line) => line.includes(BUG)).map((line) => JSON.parse(line));
    assert.deepEqual(cause.map((line) => [line.level, line.id]), [["error", id]]);
  },
}));

const busy = [...WRITES, ["GET of a secret", () => show("my-repo")] as const].map((
  [what, request],
): Row => ({
  name: `${what} in a busy cluster says when to retry`,
  request,
  options: { refused: new KubeError("busy", "Cannot: too much to do", { retryAfter: 7 }) },
  status: 503,
  headers: { "Retry-After": "7" },
}));

for (const test of testsOf([...whole, ...deletions, ...bugs, ...busy])) Deno.test(test);

Deno.test("during shutdown the operations beyond the seed get 503 like the rest", async () => {
  const it = stage();
  await it.app.drain();
  for (const request of [repo(), remove(), show("my-repo"), selecting()]) {
    const response = await it.app.fetch(request);
    assert.equal(response.status, 503);
    assert.equal(response.headers.get("Retry-After"), "5");
    await response.body?.cancel();
  }
  assert.deepEqual(it.opened, []);
});
