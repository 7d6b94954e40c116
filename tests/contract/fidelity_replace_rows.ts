import { namespace, type Row, row, secret, talk } from "./fidelity_rows.ts";

const original = secret("a", { stringData: { k: "old" } }, { labels: { l: "1" } });

/** One PUT over `original`, and the secrets afterwards. */
const replaced = (name: string, body: unknown, search = "", path = "a"): Row =>
  row(`replace: ${name}`, ({ secrets }) => [
    ["POST", secrets, original],
    ["PUT", `${secrets}/${path}${search}`, body],
    ["GET", secrets],
  ]);

/** The same over an immutable secret. */
const replacedImmutable = (name: string, body: unknown): Row =>
  row(`replace an immutable secret: ${name}`, ({ secrets }) => [
    ["POST", secrets, { ...original, immutable: true }],
    ["PUT", `${secrets}/a`, body],
    ["GET", `${secrets}/a`],
  ]);

const otherUid = "11111111-2222-3333-4444-555555555555";
const changed = { stringData: { k: "new" } };

export const replaceRows: readonly Row[] = [
  replaced("another value", secret("a", changed)),
  replaced("the same", secret("a", { stringData: { k: "old" } }, { labels: { l: "1" } })),
  replaced("no data", secret("a")),
  replaced("dry run", secret("a", changed), "?dryRun=All"),
  replaced("an invalid object, dry run", secret("a", { data: { "/": "" } }), "?dryRun=All"),
  replaced("an unknown dryRun", secret("a"), "?dryRun=Some"),
  replaced("a missing object", secret("b"), "", "b"),
  replaced("a missing object, by uid", secret("b", {}, { uid: otherUid }), "", "b"),
  replaced("a missing object, by version", secret("b", {}, { resourceVersion: "5" }), "", "b"),
  replaced("another name than the path's", secret("b")),
  replaced("no name", secret("")),
  replaced("another namespace than the path's", secret("a", {}, { namespace: "default" })),
  replaced("another type", secret("a", { type: "another" })),
  replaced("a type that requires data", secret("a", { type: "kubernetes.io/dockerconfigjson" })),
  replaced("another uid", secret("a", changed, { uid: otherUid })),
  replaced("the resourceVersion 0", secret("a", changed, { resourceVersion: "0" })),
  replaced("a stale resourceVersion", secret("a", changed, { resourceVersion: "1" })),
  replaced(
    "a resourceVersion that is not a number",
    secret("a", changed, { resourceVersion: "abc" }),
  ),
  replaced("an invalid label", secret("a", {}, { labels: { a: "not ok" } })),
  replaced("an invalid key", secret("a", { data: { "a/b": "" } })),
  replaced("base64 with invalid characters", secret("a", { data: { a: "*" } })),
  replaced("too large", secret("a", { stringData: { a: "x".repeat(1024 * 1024 + 1) } })),
  replaced("invalid JSON", "{nope"),
  replaced("an empty body", ""),
  replaced("another kind", namespace("a")),
  replaced("an unknown field", { ...secret("a"), bar: 1 }),
  replaced("an unknown field, strict", { ...secret("a"), bar: 1 }, "?fieldValidation=Strict"),
  replaced("immutable from now on", secret("a", { ...changed, immutable: true })),
  replacedImmutable("other data", secret("a", { ...changed, immutable: true })),
  replacedImmutable("no longer immutable", secret("a", { stringData: { k: "old" } })),
  replacedImmutable("another type", secret("a", { type: "b", immutable: true })),
  replacedImmutable(
    "other labels",
    secret("a", { stringData: { k: "old" }, immutable: true }, { labels: { l: "2" } }),
  ),
  replacedImmutable("everything changed", secret("a", { type: "b", ...changed })),
  talk("replace: with uid and resourceVersion, which are then stale", function* ({ secrets }) {
    const { body: made } = yield ["POST", secrets, original];
    yield ["PUT", `${secrets}/a?dryRun=All`, { ...made, stringData: { k: "1" } }];
    yield ["PUT", `${secrets}/a`, { ...made, stringData: { k: "2" } }];
    yield ["PUT", `${secrets}/a`, { ...made, stringData: { k: "3" } }];
    yield ["PUT", `${secrets}/a?dryRun=All`, { ...made, stringData: { k: "4" } }];
    yield ["PUT", `${secrets}/a`, { ...made, type: "another" }];
    const { uid } = made.metadata;
    yield ["PUT", `${secrets}/a`, secret("a", { stringData: { k: "5" } }, { uid })];
    yield ["GET", `${secrets}/a`];
  }),
  talk("replace: a secret that was deleted and created again", function* ({ secrets }) {
    const { body: made } = yield ["POST", secrets, original];
    yield ["DELETE", `${secrets}/a`];
    yield ["PUT", `${secrets}/a`, made];
    yield ["POST", secrets, original];
    yield ["PUT", `${secrets}/a`, { ...made, stringData: { k: "2" } }];
    yield ["GET", `${secrets}/a`];
  }),
  row("replace: in a missing namespace", ({ namespace }) => [
    ["PUT", `/api/v1/namespaces/${namespace}-nope/secrets/a`, secret("a")],
  ]),
  talk("replace: a namespace", function* ({ namespaces, namespace: name }) {
    const path = `${namespaces}/${name}`;
    yield ["PUT", path, namespace(name)];
    yield ["PUT", path, namespace(name, { labels: { a: "b" } })];
    yield ["PUT", path, namespace(name, { resourceVersion: "1" })];
    yield ["PUT", path, namespace(name, { uid: otherUid })];
    yield ["PUT", path, namespace(name, { labels: { a: "b c" } })];
    yield ["PUT", path, namespace("other")];
    yield ["PUT", `${path}-nope`, namespace(`${name}-nope`)];
  }),
  ...["merge-patch", "strategic-merge-patch"].map((patch) => {
    const headers = { "content-type": `application/${patch}+json` };
    return talk(`a ${patch}`, function* ({ secrets }) {
      const path = `${secrets}/a`;
      yield ["POST", secrets, original];
      yield ["PATCH", path, { metadata: { labels: { l: null, m: "2" } } }, headers];
      yield ["PATCH", path, { stringData: { k: "new" } }, headers];
      yield ["PATCH", `${path}?dryRun=All`, { data: null }, headers];
      yield ["PATCH", path, { metadata: { resourceVersion: "1" } }, headers];
      yield ["PATCH", path, { metadata: { uid: otherUid } }, headers];
      yield ["PATCH", path, { metadata: { name: "b" } }, headers];
      yield ["PATCH", path, { type: "b" }, headers];
      yield ["PATCH", path, "[]", headers];
      yield ["PATCH", path, "{", headers];
      yield ["PATCH", `${path}?fieldValidation=Nope`, {}, headers];
      yield ["PATCH", `${secrets}/b`, {}, headers];
      yield ["GET", path];
    });
  }),
];
