import { remove, repo, sent, show, verification } from "../requests.ts";
import { docker, type Headers, helm, type Row, testsOf } from "../support.ts";
import { bearer, closed, options, row } from "../tokens.ts";

/** Tokens and the endpoints that the seed does not know: who gets in, and how far. */

type WithHeaders = (headers: Headers) => Request;

const WRITES: [what: string, request: WithHeaders][] = [
  ["add_repo", (headers) => repo({}, headers)],
  ["add_helm_repo", (headers) => helm({}, headers)],
  ["verify", (headers) => verification({}, headers)],
  ["DELETE /secrets", (headers) => remove({}, headers)],
];

const ON_CLUSTER: [what: string, request: (cluster: string, headers: Headers) => Request][] = [
  ["add_repo", (cluster_name, headers) => repo({ cluster_name }, headers)],
  ["DELETE /secrets", (cluster, headers) => remove({ cluster }, headers)],
  ["GET /secrets/{name}", (cluster, headers) => show("my-repo", { cluster }, headers)],
];

const ACCEPTING = {
  verifyOne: () =>
    Promise.resolve({ reachable: true, accepted: true, may: [], asked: "", why: "It is fine" }),
};
const ASKED_NOBODY = { verifyOne: () => Promise.reject(new Error("somebody was asked")) };

const SHOW: [what: string, request: WithHeaders] = [
  "GET /secrets/{name}",
  (headers) => show("my-repo", {}, headers),
];

/** The repository that is shown and deleted. */
const there: Row["before"] = sent(() => repo({}, bearer("admin")));

for (
  const test of testsOf([
    ...[...WRITES, SHOW].map(([what, request]) =>
      row(
        `without a token ${what} is 401`,
        () => request({}),
        401,
        /^Token missing\. Send the header /,
        {
          ...closed,
          headers: { "WWW-Authenticate": 'Bearer realm="argocd-configurer"' },
        },
      )
    ),
    ...WRITES.flatMap(([what, request]) => [
      row(
        `a reader may not use ${what}, and is told which right is missing`,
        () => request(bearer("reader")),
        403,
        /^Token 'reader' has role reader\. This operation requires role writer$/,
        closed,
      ),
      ...(["writer", "admin"] as const).map((name) =>
        row(`a ${name} may use ${what}`, () => request(bearer(name)), 200, undefined, {
          options: { ...options, ...ACCEPTING },
          ...(what === "DELETE /secrets" ? { before: there } : {}),
        })
      ),
    ]),
    row(
      "who is for this cluster may delete in it",
      () => remove({}, bearer("one-cluster")),
      200,
      undefined,
      { before: there, changes: true },
    ),
    ...(["reader", "one-cluster"] as const).map((name) =>
      row(
        `${name} may see a secret of this cluster`,
        () => show("my-repo", {}, bearer(name)),
        200,
        undefined,
        { before: there },
      )
    ),
    row(
      "to try a credential touches no cluster, so who is for some may try one",
      () => verification({}, bearer("other-cluster")),
      200,
      undefined,
      { ...closed, options: { ...options, ...ACCEPTING } },
    ),
    ...ON_CLUSTER.flatMap(([what, request]) => [
      row(
        `who is for other clusters may not use ${what} on this one`,
        () => request("test-cluster", bearer("other-cluster")),
        403,
        /^Token 'other-cluster' is not allowed on cluster 'test-cluster'\. Allowed clusters: production-cluster$/,
        { ...closed, before: there },
      ),
      row(
        `whether a cluster exists is not told by ${what} to who is not for it`,
        () => request("nowhere", bearer("other-cluster")),
        403,
        /^Token 'other-cluster' is not allowed on cluster 'nowhere'\. Allowed clusters: production-cluster$/,
        closed,
      ),
    ]),
    row(
      "who is for other clusters may not select namespaces of this one",
      () => docker({ namespaces: undefined, all_namespaces: true }, bearer("other-cluster")),
      403,
      /is not allowed on cluster 'test-cluster'/,
      closed,
    ),
    row(
      "who is for other clusters may not have this one tell what would come of a write",
      () => repo({ dry_run: true, verify: true }, bearer("other-cluster")),
      403,
      /is not allowed on cluster 'test-cluster'/,
      { ...closed, options: { ...options, ...ASKED_NOBODY } },
    ),
  ])
) Deno.test(test);
