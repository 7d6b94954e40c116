import { type Row, row, secret } from "./fidelity_rows.ts";
import type { Answer, Ask } from "./fidelity_server.ts";

type Body = Answer["body"];

/** These fields of a body. */
const fields = (...names: string[]) => (body: Body): Body =>
  Object.fromEntries(names.filter((name) => name in body).map((name) => [name, body[name]]));

const served = ["namespaces", "secrets", "serviceaccounts"];

/** The emulator has these resources, and does not support watching them. */
function ofThoseServed(body: Body): Body {
  const resources = (body.resources as Body[])
    .filter(({ name }) => served.includes(name))
    .map((resource) => ({
      ...resource,
      verbs: resource.verbs.filter((verb: string) => verb !== "watch"),
    }));
  return { ...body, resources };
}

const REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

/** The real server adds a reason that depends on its configuration. */
const decided = ({ kind, apiVersion, spec, status }: Body): Body => ({
  kind,
  apiVersion,
  spec,
  status: status?.allowed === undefined ? status : { allowed: status.allowed },
});

function part(name: string, path: string, compared: (body: Body) => unknown): Row {
  return { ...row(name, () => [["GET", path], ["GET", `${path}/`]]), part: compared };
}

const unknown: Ask[] = [
  ["GET", "/nope"],
  ["POST", "/nope", {}],
  ["GET", "/api/v2"],
  ["GET", "/api/v1/foos"],
  ["POST", "/api/v1/foos", {}],
  ["GET", "/apis/nope/v1"],
  ["GET", "/apis/nope/v1/foos"],
];

export const discoveryRows: readonly Row[] = [
  part("the versions of the API", "/api", fields("kind", "versions")),
  part("the groups of the API", "/apis", fields("kind", "apiVersion")),
  part("the resources served", "/api/v1", ofThoseServed),
  {
    ...row("the version of the server", () => [["GET", "/version"]]),
    part: fields("major", "minor", "gitVersion", "emulationMajor", "minCompatibilityMinor"),
  },
  row("the server's health", () => [["GET", "/healthz"], ["GET", "/livez"], ["GET", "/readyz"]]),
  ...unknown.map(([method, path, body]) =>
    row(`the unknown path ${method} ${path}`, () => [[method, path, body]])
  ),
  {
    ...row("an access review", ({ namespace }) => [
      ["POST", REVIEWS, {
        apiVersion: "authorization.k8s.io/v1",
        kind: "SelfSubjectAccessReview",
        spec: { resourceAttributes: { verb: "list", resource: "secrets", namespace } },
      }],
    ]),
    part: decided,
  },
  {
    ...row("the resources of access reviews", () => [["GET", "/apis/authorization.k8s.io/v1"]]),
    part: ({ resources, ...body }) => ({
      ...fields("kind", "apiVersion", "groupVersion")(body),
      resources: resources.filter(({ name }: Body) => name === "selfsubjectaccessreviews"),
    }),
  },
  {
    ...row("no deployments", ({ namespace }) => [
      ["GET", `/apis/apps/v1/namespaces/${namespace}/deployments?limit=5`],
      ["GET", `/apis/apps/v1/namespaces/${namespace}/deployments`, undefined, {
        accept: "application/json;as=Table;g=meta.k8s.io;v=v1",
      }],
    ]),
    part: ({ kind, apiVersion, items, rows, columnDefinitions }) => ({
      kind,
      apiVersion,
      items: items ?? null,
      rows: rows ?? [],
      columns: columnDefinitions?.map(({ name, priority }: Body) => ({ name, priority }))
        .filter(({ name }: Body) => name !== "Selector"),
    }),
  },
  row("unknown paths in a namespace", ({ secrets, namespaces, namespace }) => [
    ["GET", `${namespaces}/${namespace}/foos`],
    ["GET", `${namespaces}/${namespace}/foos/a`],
    ["DELETE", `${namespaces}/${namespace}/foos/a`],
    ["POST", secrets, secret("a")],
    ["GET", `${secrets}/a/foo`],
    ["GET", `${secrets}/a/foo/bar`],
  ]),
  row("methods that a resource does not have", ({ secrets, namespaces, namespace }) => [
    ["POST", secrets, secret("a")],
    ["POST", `${secrets}/a`, secret("a")],
    ["PUT", secrets, secret("a")],
    ["PATCH", secrets, {}],
    ["POST", "/api/v1/secrets", secret("a", {}, { namespace })],
    ["DELETE", "/api/v1/secrets"],
    ["PUT", "/api/v1/secrets", {}],
    ["PUT", namespaces, {}],
    ["DELETE", namespaces],
    ["POST", `${namespaces}/${namespace}`, {}],
    ["OPTIONS", secrets],
    ["FOO", secrets],
  ]),
  ...["/api", "/apis", "/api/v1"].map((path): Row => ({
    ...row(`discovery of ${path} by other methods`, () => [["POST", path, {}], ["DELETE", path]]),
    part: fields("kind", "apiVersion", "reason", "message", "code"),
  })),
  row("an unknown token", ({ secrets }) => {
    const headers = { authorization: "Bearer nobody" };
    return [
      ["GET", secrets, undefined, headers],
      ["POST", secrets, secret("a"), headers],
      ["GET", "/version", undefined, headers],
      ["GET", "/nope", undefined, headers],
    ];
  }),
];
