import assert from "node:assert/strict";
import { REPO, REPO_BODY, sent, VERIFY } from "../requests.ts";
import { ROUTES } from "../routes.ts";
import { stage } from "../stage.ts";
import {
  CANARY,
  DOCKER,
  docker,
  DOCKER_BODY,
  get,
  HELM,
  HELM_BODY,
  post,
  refused,
  testsOf,
} from "../support.ts";

/** Queries are strict: an unknown parameter is meant for something. */

/** Operations that probes and browsers request, with arbitrary queries. */
const LENIENT = ["GET /", "GET /health", "GET /api/v1", "GET /api/v1/health"];

for (const { method, path } of ROUTES) {
  const operation = `${method.toUpperCase()} ${path}`;
  const isLenient = LENIENT.includes(operation);
  for (const parameter of ["no_such_parameter=1", "__proto__=1", "=1", "constructor"]) {
    Deno.test(`${operation}?${parameter} is ${isLenient ? "answered" : "rejected"}`, async () => {
      const { app, opened, cluster } = stage();
      const before = cluster.dump();
      const required = method === "post" ||
          /^(\/api\/v1)?\/(clusters|openapi.json|audit|credentials|rotations\/{id})?$/.test(path)
        ? ""
        : `cluster=test-cluster&${
          path.includes("{")
            ? ""
            : method === "delete"
            ? "name=a&"
            : path.endsWith("/explain")
            ? "url=a&"
            : ""
        }`;
      const target = `${path.replace(/{name}|{id}/, "a")}?${isLenient ? "" : required}${parameter}`;
      const request = method === "post"
        ? post(target, BODIES[path])
        : get(target, {}, method.toUpperCase());
      const response = await app.fetch(request);
      const { message } = await response.json();
      assert.equal(response.status, isLenient ? 200 : 400, message);
      if (isLenient) return;
      assert.match(message, /^Unknown parameter\. /);
      assert.deepEqual(opened, [], "a cluster was opened");
      assert.deepEqual(cluster.dump(), before);
    });
  }
}

/** A body that would succeed, for each POST. */
const BODIES: Readonly<Record<string, object>> = {
  [DOCKER]: DOCKER_BODY,
  [HELM]: HELM_BODY,
  [REPO]: REPO_BODY,
  [VERIFY]: { username: "octocat", password: CANARY, registry: "ghcr.io" },
};

/** Queries that show an intention, and the expected message. */
const MEANT: [what: string, request: () => Request, message: RegExp][] = [
  ...[DOCKER, HELM, REPO].map((path): [string, () => Request, RegExp] => [
    `POST ${path}?dry_run=true`,
    () => post(`${path}?dry_run=true`, BODIES[path]),
    /^Parameter 'dry_run' is a field of the JSON body and not allowed in the query$/,
  ]),
  [
    "a POST with upsert after another parameter",
    () => post(`${DOCKER}?x=1&upsert=true`, DOCKER_BODY),
    /^Parameter 'upsert' is a field of the JSON body/,
  ],
  [
    "a POST with a password in its query",
    () => post(`${VERIFY}?password=${CANARY}`, BODIES[VERIFY]),
    /^Parameter 'password' is a field of the JSON body/,
  ],
  [
    "a POST with ?dry-run",
    () => post(`${DOCKER}?dry-run`, DOCKER_BODY),
    /^Unknown parameter 'dry-run'; did you mean the field 'dry_run' of the JSON body\?$/,
  ],
  [
    "a POST with ?dryRun=true",
    () => post(`${HELM}?dryRun=true`, HELM_BODY),
    /^Unknown parameter 'dryRun'; did you mean the field 'dry_run' of the JSON body\?$/,
  ],
  [
    "a POST with a parameter that may be a misplaced value",
    () => post(`${HELM}?${CANARY}=1`, HELM_BODY),
    /^Unknown parameter\. This path takes no parameters\. Fields of the JSON body: name, /,
  ],
  [
    "a POST with a query and an invalid body",
    () => post(`${DOCKER}?dry_run=true`, "{"),
    /^Parameter 'dry_run' is a field of the JSON body/,
  ],
  [
    "GET /secrets with a misspelled parameter",
    () => get("/secrets?cluster=test-cluster&clusters=b"),
    /^Unknown parameter 'clusters'; did you mean 'cluster'\?$/,
  ],
  [
    "GET /audit with a misspelled parameter",
    () => get("/audit?Limit=1"),
    /^Unknown parameter 'Limit'; did you mean 'limit'\?$/,
  ],
  [
    "GET /clusters with any parameter",
    () => get("/clusters?cluster=test-cluster"),
    /^Unknown parameter\. This path takes no parameters$/,
  ],
  [
    "DELETE /secrets with a misspelled parameter",
    () => get("/secrets?cluster=test-cluster&name=my-docker-secret&dry-run=true", {}, "DELETE"),
    /^Unknown parameter 'dry-run'; did you mean 'dry_run'\?$/,
  ],
  [
    "DELETE /secrets with dry_run in a body",
    () =>
      new Request("http://localhost:8091/secrets?cluster=test-cluster&name=my-docker-secret", {
        method: "DELETE",
        headers: { Host: "localhost:8091" },
        body: '{"dry_run": true}',
      }),
    /^DELETE takes no request body\. Parameters of the query: .*dry_run$/,
  ],
];

for (
  const test of testsOf(
    MEANT.map(([what, request, message]) =>
      refused(`${what} is rejected, and nothing is changed`, request, 400, message, {
        before: sent(docker),
      })
    ),
  )
) Deno.test(test);

Deno.test("an empty query is treated as none", async () => {
  const { app } = stage();
  for (const request of [get("/clusters?"), post(`${DOCKER}?`, DOCKER_BODY)]) {
    const response = await app.fetch(request);
    assert.equal(response.status, 200, await response.text());
  }
});
