import { remove, repo, sent, show, verification } from "../requests.ts";
import { docker, type Headers, helm, type Row, testsOf } from "../support.ts";
import { bearer, closed, options, row } from "../tokens.ts";

/** Tokens at the endpoints beyond the seed: authentication and roles. */

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
const ASKED_NOBODY = { verifyOne: () => Promise.reject(new Error("a server was contacted")) };

const SHOW: [what: string, request: WithHeaders] = [
  "GET /secrets/{name}",
  (headers) => show("my-repo", {}, headers),
];

/** The repository to show and delete. */
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
        `a reader may not use ${what}, and the error names the missing role`,
        () => request(bearer("reader")),
        403,
        /^Token 'reader' has role reader\. This operation requires role writer$/,
        closed,
      ),
      ...(["writer", "admin"] as const).map((name) =>
        row(`role ${name} may use ${what}`, () => request(bearer(name)), 200, undefined, {
          options: { ...options, ...ACCEPTING },
          ...(what === "DELETE /secrets" ? { before: there } : {}),
        })
      ),
    ]),
    row(
      "a token for this cluster may delete in it",
      () => remove({}, bearer("one-cluster")),
      200,
      undefined,
      { before: there, changes: true },
    ),
    ...(["reader", "one-cluster"] as const).map((name) =>
      row(
        `token '${name}' may show a secret of this cluster`,
        () => show("my-repo", {}, bearer(name)),
        200,
        undefined,
        { before: there },
      )
    ),
    row(
      "a token limited to some clusters may verify a credential, which touches no cluster",
      () => verification({}, bearer("other-cluster")),
      200,
      undefined,
      { ...closed, options: { ...options, ...ACCEPTING } },
    ),
    ...ON_CLUSTER.flatMap(([what, request]) => [
      row(
        `a token for other clusters may not use ${what} on this one`,
        () => request("test-cluster", bearer("other-cluster")),
        403,
        /^Token 'other-cluster' is not allowed on cluster 'test-cluster'\. Allowed clusters: production-cluster$/,
        { ...closed, before: there },
      ),
      row(
        `${what} does not reveal whether a cluster outside the token's exists`,
        () => request("nowhere", bearer("other-cluster")),
        403,
        /^Token 'other-cluster' is not allowed on cluster 'nowhere'\. Allowed clusters: production-cluster$/,
        closed,
      ),
    ]),
    row(
      "a token for other clusters may not select namespaces of this one",
      () => docker({ namespaces: undefined, all_namespaces: true }, bearer("other-cluster")),
      403,
      /is not allowed on cluster 'test-cluster'/,
      closed,
    ),
    row(
      "a token for other clusters may not run a dry run on this one",
      () => repo({ dry_run: true, verify: true }, bearer("other-cluster")),
      403,
      /is not allowed on cluster 'test-cluster'/,
      { ...closed, options: { ...options, ...ASKED_NOBODY } },
    ),
  ])
) Deno.test(test);
