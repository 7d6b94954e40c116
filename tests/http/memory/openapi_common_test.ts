import assert from "node:assert/strict";
import { KubeError } from "../../../src/kube/errors.ts";
import { tokensFrom } from "../../../src/tokens/tokens.ts";
import type { OperationModule } from "../../../src/operations/operation.ts";
import { dockerAnswer } from "../../../src/operations/respond/docker.ts";
import { OPERATIONS } from "../../../src/operations/table.ts";
import { assertDocumented } from "../documented.ts";
import { PREFIX as V1 } from "../../../src/operations/routes.ts";
import { REPO, REPO_BODY, VERIFY } from "../requests.ts";
import { ROUTES } from "../routes.ts";
import { stage, type StageOptions } from "../stage.ts";
import {
  CANARY,
  DOCKER,
  DOCKER_BODY,
  get,
  type Headers as Given,
  HELM,
  HELM_BODY,
  post,
} from "../support.ts";
import { bearer, options as withTokens } from "../tokens.ts";

/**
 * The responses of the middleware before the endpoints match `/openapi.json` for every endpoint,
 * including headers.
 */

const BODIES: Readonly<Record<string, object>> = {
  [DOCKER]: DOCKER_BODY,
  [HELM]: HELM_BODY,
  [REPO]: REPO_BODY,
  [VERIFY]: { username: "octocat", password: CANARY },
  [`${V1}/credentials/find`]: { password: CANARY },
  [`${V1}/checks`]: {},
  [`${V1}/rotations`]: {
    ...{ find: { password: CANARY }, set: { password: `${CANARY}-new` }, clusters: ["*"] },
  },
};

/** A body that a path accepts; below `/api/v1` its field for the cluster is renamed. */
function bodyOf(path: string): object {
  const [root] = ROUTES.filter(({ face, name }) =>
    face !== "v1" && ROUTES.some((route) => route.path === path && route.name === name)
  ).filter(({ method }) => method === "post");
  const known = BODIES[root?.path ?? path];
  const { cluster_name: cluster, ...rest } = known as { cluster_name?: string };
  if (cluster === undefined) return rest;
  return path === root?.path ? { ...rest, cluster_name: cluster } : { ...rest, cluster };
}

/** A valid request to an endpoint. */
function requestTo({ method, path }: typeof ROUTES[number], headers: Given): Request {
  if (method === "post") return post(path, bodyOf(path), headers);
  const query = /\/secrets/.test(path)
    ? "?cluster=test-cluster"
    : path.endsWith("/explain")
    ? "?cluster=test-cluster&url=https://git.example.com/app"
    : "";
  const name = method === "delete" ? "&name=my-repo" : "";
  const at = path.replace("{name}", "my-repo").replace("{id}", "rotation-1");
  return get(at + query + name, headers, method.toUpperCase());
}

const GUARDED = ROUTES.filter(({ role }) => role !== "anyone");
const POSTS = ROUTES.filter(({ method }) => method === "post");

/** Every request runs into a bug. */
const bug = () => Promise.reject(new TypeError("a bug"));
const bugs: StageOptions = {
  clusters: { names: bug, list: bug, open: bug },
  verifyOne: bug,
};
const USES_ONE = GUARDED.filter(({ tag, name }) =>
  (tag === "clusters" || tag === "secrets") && name !== "showRotation"
);

const OF_ANOTHER_SITE = { "Sec-Fetch-Site": "cross-site" };
const OF_A_PAGE = { Origin: "http://localhost:3000", "Content-Type": "text/plain" };
const noFile = { deps: { tokens: tokensFrom({ file: "/nowhere/tokens.yaml" }) } };

const ROWS: [
  status: number,
  why: string,
  endpoints: typeof ROUTES,
  headers: Given,
  options?: StageOptions,
][] = [
  [400, "an invalid Host", GUARDED, { Host: "a b" }],
  [401, "no token", GUARDED, {}, withTokens],
  [401, "an expired token", GUARDED, bearer("expired"), withTokens],
  [403, "a page of another site", GUARDED, OF_ANOTHER_SITE],
  [421, "an unknown host", GUARDED, { Host: "example.com" }],
  [500, "a bug", USES_ONE, {}, bugs],
  [503, "a missing token file", GUARDED, bearer("admin"), noFile],
  [503, "too many requests", GUARDED, {}, { deps: { maxRequests: 0 } }],
  [415, "a page that does not send JSON", POSTS, OF_A_PAGE],
];

for (const [status, why, endpoints, headers, options] of ROWS) {
  for (const endpoint of endpoints) {
    const { method, path } = endpoint;
    Deno.test(`${why}: ${method.toUpperCase()} ${path} is ${status}, as documented`, async () => {
      await assertAnswered(requestTo(endpoint, headers), status, options);
    });
  }
}

async function assertAnswered(request: Request, status: number, options?: StageOptions) {
  await assertGiven(stage(options).app.fetch(request), request, status);
}

async function assertGiven(
  answer: Response | Promise<Response>,
  request: Request,
  status: number,
): Promise<void> {
  const response = await answer;
  assert.equal(response.status, status);
  await assertDocumented(request, status, await response.json(), response.headers);
}

for (const endpoint of GUARDED) {
  const { method, path, role } = endpoint;
  const what = `${method.toUpperCase()} ${path}`;

  Deno.test(`${what} answers a token without role ${role} as documented`, async () => {
    const may = role === "reader" || role === "writer";
    const { app } = stage(withTokens);
    for (const [name, isEnough] of [["reader", role === "reader"], ["writer", may]] as const) {
      const request = requestTo(endpoint, bearer(name));
      const response = await app.fetch(request);
      assert.equal(response.status === 403, !isEnough, name);
      await assertDocumented(request, response.status, await response.json(), response.headers);
    }
  });

  Deno.test(`${what} answers the eleventh request without a token as documented`, async () => {
    const { app } = stage(withTokens);
    const request = () => requestTo(endpoint, {});
    for (let i = 0; i < 10; i++) await assertGiven(app.fetch(request()), request(), 401);
    await assertGiven(app.fetch(request()), request(), 429);
  });
}

for (const endpoint of ROUTES) {
  const { method, path } = endpoint;
  Deno.test(`during shutdown ${method.toUpperCase()} ${path} is 503, as documented`, async () => {
    const { app } = stage();
    await app.drain();
    const request = requestTo(endpoint, {});
    await assertGiven(app.fetch(request), request, 503);
  });
}

for (const { path } of POSTS) {
  Deno.test(`a body to ${path} that is too large or too slow is answered as documented`, async () => {
    const large = post(path, { ...bodyOf(path), password: CANARY.padEnd(1024 * 1024, "x") });
    await assertAnswered(large, 413);
    const slow = post(path, new ReadableStream({ cancel() {} }));
    await assertAnswered(slow, 408, { deps: { bodySeconds: 0.01 } });
  });
}

for (const name of ["verify", "add_docker"]) {
  Deno.test(`showing a secret named ${name}, whose path is another endpoint's, is 405 as documented`, async () => {
    await assertAnswered(get(`/secrets/${name}?cluster=test-cluster`), 405);
  });
}

Deno.test("a failed write with every kind of leftover is answered as documented", async () => {
  const error = new KubeError("timeout", "Cannot write: no answer");
  const ref = { namespace: "default", name: "my-docker-secret" };
  const states = ["new", "missing", "changed", "unknown"] as const;
  const failed: OperationModule["take"] = () => ({
    run: () =>
      Promise.resolve({
        reply: () =>
          dockerAnswer(
            {
              kind: "docker",
              cluster: "test-cluster",
              name: ref.name,
              namespaces: ["default"],
              verified: [],
              hints: [],
              verdict: {
                kind: "failed",
                error,
                secrets: [{ ...ref, why: "no answer" }],
                notRestored: [
                  ...states.map((state) => ({ ...ref, state })),
                  { namespace: "default", name: "builder", state: "new", isServiceAccount: true },
                ],
                namespaces: ["made"],
              },
            },
            { argocdNamespace: "argocd" },
            "seed",
          ),
      }),
  });
  const operations = OPERATIONS.map((operation) => ({
    ...operation,
    load: async () => ({ ...await operation.load(), take: failed }),
  }));
  await assertAnswered(post(DOCKER, DOCKER_BODY), 504, { services: { operations } });
});
