import { namespace, type Row, row, secret, talk } from "./fidelity_rows.ts";

const otherUid = "11111111-2222-3333-4444-555555555555";

/** One DELETE of a secret, and the secrets afterwards. */
const deleted = (name: string, body?: unknown, search = "", path = "a"): Row =>
  row(`delete: ${name}`, ({ secrets }) => [
    ["POST", secrets, secret("a", { stringData: { k: "v" } })],
    ["DELETE", `${secrets}/${path}${search}`, body],
    ["GET", secrets],
  ]);

const preconditions = (is: object) => ({ preconditions: is });

export const deleteRows: readonly Row[] = [
  deleted("without options"),
  deleted("with empty options", {}),
  deleted("with all options", {
    apiVersion: "v1",
    kind: "DeleteOptions",
    propagationPolicy: "Background",
    gracePeriodSeconds: 0,
  }),
  deleted("a missing object", undefined, "", "b"),
  deleted("a missing object, by uid", preconditions({ uid: otherUid }), "", "b"),
  deleted("another uid", preconditions({ uid: otherUid })),
  deleted("an empty uid", preconditions({ uid: "" })),
  deleted("a stale resourceVersion", preconditions({ resourceVersion: "1" })),
  deleted(
    "a wrong uid and resourceVersion",
    preconditions({ uid: otherUid, resourceVersion: "1" }),
  ),
  deleted("preconditions that are a string", preconditions("x" as unknown as object)),
  deleted("dry run, by query", undefined, "?dryRun=All"),
  deleted("dry run, by body", { dryRun: ["All"] }),
  deleted("dry run, by query beside a body, of which only the body counts", {}, "?dryRun=All"),
  deleted("an unknown dryRun, by query beside a body", {}, "?dryRun=Some"),
  deleted("an unknown dryRun, by query", undefined, "?dryRun=Some"),
  deleted("an unknown dryRun, by body", { dryRun: ["Some"] }),
  deleted("an unknown propagation policy", { propagationPolicy: "Nope" }),
  deleted("invalid JSON", "{"),
  deleted("another kind", { apiVersion: "v1", kind: "Foo" }),
  talk("delete: by uid and resourceVersion", function* ({ secrets }) {
    const { body: old } = yield ["POST", secrets, secret("a")];
    const { body: made } = yield ["PUT", `${secrets}/a`, { ...old, stringData: { k: "v" } }];
    const { uid, resourceVersion } = made.metadata;
    const path = `${secrets}/a`;
    yield ["DELETE", path, preconditions({ resourceVersion: old.metadata.resourceVersion })];
    yield ["DELETE", path, preconditions({ uid: otherUid, resourceVersion })];
    yield ["DELETE", path, { dryRun: ["All"], ...preconditions({ uid, resourceVersion }) }];
    yield ["DELETE", path, preconditions({ uid, resourceVersion })];
    yield ["DELETE", path, preconditions({ uid, resourceVersion })];
    yield ["POST", secrets, secret("a")];
    yield ["DELETE", path, preconditions({ uid })];
    yield ["GET", path];
  }),
  row("delete: in a missing namespace", ({ namespace }) => [
    ["DELETE", `/api/v1/namespaces/${namespace}-nope/secrets/a`],
  ]),
  talk("delete: a secret with a finalizer", function* ({ secrets }) {
    const path = `${secrets}/a`;
    yield ["POST", secrets, secret("a", {}, { finalizers: ["a.b/held"] })];
    yield ["DELETE", `${path}?dryRun=All`];
    yield ["DELETE", path];
    yield ["DELETE", path];
    const { body: held } = yield ["GET", path];
    yield ["POST", secrets, secret("a")];
    const { metadata } = held;
    const more = { ...metadata, finalizers: ["a.b/held", "c.d/held"] };
    yield ["PUT", path, { ...held, metadata: more }];
    const none = { ...metadata, resourceVersion: undefined, finalizers: [] };
    yield ["PUT", path, { ...held, metadata: none }];
    yield ["GET", path];
  }),
  row("delete: all secrets of a namespace", ({ secrets }) => [
    ["POST", secrets, secret("a", {}, { labels: { l: "1" } })],
    ["POST", secrets, secret("b", {}, { labels: { l: "2" } })],
    ["POST", secrets, secret("c", {}, { labels: { l: "2" }, finalizers: ["a.b/held"] })],
    ["DELETE", `${secrets}?labelSelector=l%3D3`],
    ["DELETE", `${secrets}?labelSelector=l%3D1&dryRun=All`],
    ["DELETE", `${secrets}?labelSelector=l%3D1`],
    ["DELETE", `${secrets}?labelSelector=a+b`],
    ["DELETE", `${secrets}?fieldSelector=metadata.name%3Dx`, { dryRun: ["Some"] }],
    ["GET", secrets],
    ["DELETE", secrets],
    ["GET", secrets],
  ]),
  row("a terminating namespace accepts no new secrets", ({ namespaces, namespace: base }) => {
    const name = `${base}-held`;
    const path = `${namespaces}/${name}`;
    const secrets = `${path}/secrets`;
    return [
      ["POST", namespaces, namespace(name, { finalizers: ["a.b/held"] })],
      ["DELETE", `${path}?dryRun=All`],
      ["DELETE", path],
      ["GET", path],
      ["DELETE", path],
      ["POST", secrets, secret("b")],
      ["POST", `${secrets}?dryRun=All`, secret("b")],
      ["POST", secrets, secret("A_b")],
      ["POST", secrets, secret("")],
      ["GET", secrets],
      ["PUT", `${secrets}/b`, secret("b")],
      ["POST", namespaces, namespace(name)],
      ["PUT", path, namespace(name, { finalizers: ["a.b/held"], labels: { a: "b" } })],
    ];
  }),
  row("delete: a namespace", ({ namespaces, namespace }) => {
    const path = `${namespaces}/${namespace}`;
    return [
      ["DELETE", path, preconditions({ uid: otherUid })],
      ["DELETE", path, preconditions({ resourceVersion: "1" })],
      ["DELETE", `${path}?dryRun=All`],
      ["GET", path],
      ["DELETE", `${path}-nope`],
      ["DELETE", `${namespaces}/default`],
      ["DELETE", `${namespaces}/kube-system`],
      ["DELETE", path],
    ];
  }),
];
