import { account, namespace, type Row, row, secret, talk } from "./fidelity_rows.ts";

const otherUid = "11111111-2222-3333-4444-555555555555";
const pulls = (...names: string[]) => ({ imagePullSecrets: names.map((name) => ({ name })) });

/** One POST to the namespace's service accounts, and the service accounts afterwards. */
const created = (name: string, body: unknown, search = ""): Row =>
  row(`create a service account: ${name}`, ({ accounts }) => [
    ["POST", `${accounts}${search}`, body],
    ["GET", accounts],
  ]);

/** One PUT over a service account with a pull secret, and the service accounts afterwards. */
const replaced = (name: string, body: unknown, search = "", path = "a"): Row =>
  row(`replace a service account: ${name}`, ({ accounts }) => [
    ["POST", accounts, account("a", pulls("one"), { annotations: { note: "kept" } })],
    ["PUT", `${accounts}/${path}${search}`, body],
    ["GET", accounts],
  ]);

const all = {
  secrets: [{ name: "mounted", namespace: "elsewhere", kind: "Secret" }, { name: "mounted" }],
  imagePullSecrets: [{ name: "one" }, { name: "one" }, { name: "" }, null],
  automountServiceAccountToken: false,
};

const table = { accept: "application/json;as=Table;g=meta.k8s.io;v=v1" };
const metadataOnly = { accept: "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1" };

export const accountRows: readonly Row[] = [
  created("bare", account("a")),
  created("with all fields", account("a", all)),
  created("dry run", account("a", pulls("one")), "?dryRun=All"),
  created("an invalid object, dry run", account("A_b"), "?dryRun=All"),
  created("an unknown dryRun", account("a"), "?dryRun=Some"),
  created("no name", account("")),
  created("a name with an underscore", account("a_b")),
  created("a name with dots", account("a.b.c")),
  created("an invalid label", account("a", {}, { labels: { a: "b c" } })),
  created("another namespace than the path's", account("a", {}, { namespace: "default" })),
  created("of another kind", secret("a")),
  created("unknown fields", account("a", { foo: 1, imagePullSecrets: [{ name: "a", bar: 1 }] })),
  created("an unknown field, strict", account("a", { foo: 1 }), "?fieldValidation=Strict"),
  created("a pull secret that is a string", account("a", { imagePullSecrets: ["one"] })),
  created("a pull secret with a number", account("a", { imagePullSecrets: [{ name: 5 }] })),
  created("pull secrets that are not a list", account("a", { imagePullSecrets: { name: "a" } })),
  created("pull secrets that are null", account("a", { imagePullSecrets: null })),
  created("a secret that is a string", account("a", { secrets: ["one"] })),
  created("automount that is a string", account("a", { automountServiceAccountToken: "no" })),
  row("create a service account: an existing one, and in a missing namespace", (place) => [
    ["POST", place.accounts, account("a")],
    ["POST", place.accounts, account("a", pulls("one"))],
    ["POST", `${place.accounts}?dryRun=All`, account("a")],
    ["POST", `${place.namespaces}/${place.namespace}-nope/serviceaccounts`, account("a")],
    ["POST", "/api/v1/serviceaccounts", account("a", {}, { namespace: place.namespace })],
  ]),
  row("service accounts are read and listed", ({ accounts }) => [
    ["POST", accounts, account("a", pulls("one", "two"), { labels: { l: "1" } })],
    ["POST", accounts, account("b", all)],
    ["GET", `${accounts}/a`],
    ["GET", `${accounts}/c`],
    ["GET", accounts],
    ["GET", `${accounts}?labelSelector=l%3D1`],
    ["GET", `${accounts}?labelSelector=a+b`],
    ["GET", `${accounts}?fieldSelector=metadata.name%3Db`],
    ["GET", `${accounts}?fieldSelector=type%3Db`],
    ["GET", `${accounts}?limit=1`],
    ["GET", accounts, undefined, table],
    ["GET", `${accounts}/a`, undefined, table],
    ["GET", `${accounts}/a`, undefined, metadataOnly],
  ]),
  row("service accounts of a missing namespace", ({ namespaces, namespace }) => [
    ["GET", `${namespaces}/${namespace}-nope/serviceaccounts`],
    ["GET", `${namespaces}/${namespace}-nope/serviceaccounts/a`],
    ["PUT", `${namespaces}/${namespace}-nope/serviceaccounts/a`, account("a")],
    ["DELETE", `${namespaces}/${namespace}-nope/serviceaccounts/a`],
  ]),
  replaced("another pull secret", account("a", pulls("two"))),
  replaced("all fields", account("a", all)),
  replaced("no fields", account("a")),
  replaced("dry run", account("a", pulls("two")), "?dryRun=All"),
  replaced("an invalid object, dry run", account("a", { imagePullSecrets: [5] }), "?dryRun=All"),
  replaced("an unknown dryRun", account("a"), "?dryRun=Some"),
  replaced("a missing object", account("b"), "", "b"),
  replaced("another name than the path's", account("b")),
  replaced("another namespace than the path's", account("a", {}, { namespace: "default" })),
  replaced("another uid", account("a", {}, { uid: otherUid })),
  replaced("a stale resourceVersion", account("a", {}, { resourceVersion: "1" })),
  replaced("an invalid label", account("a", {}, { labels: { a: "b c" } })),
  replaced("an invalid annotation", account("a", {}, { annotations: { "a b": "" } })),
  replaced("another kind", secret("a")),
  talk("replace a service account: as read, changed, then stale", function* ({ accounts }) {
    const path = `${accounts}/a`;
    yield ["POST", accounts, account("a", all)];
    const { body: read } = yield ["GET", path];
    yield ["PUT", path, read];
    yield ["PUT", `${path}?dryRun=All`, { ...read, ...pulls("one", "two") }];
    yield ["PUT", path, { ...read, ...pulls("one", "two") }];
    yield ["PUT", path, { ...read, ...pulls("one") }];
    yield ["PUT", `${path}?dryRun=All`, { ...read, ...pulls("one") }];
    yield ["GET", path];
  }),
  talk("replace a service account: deleted and created again", function* ({ accounts }) {
    const path = `${accounts}/a`;
    const { body: made } = yield ["POST", accounts, account("a")];
    yield ["DELETE", path];
    yield ["PUT", path, { ...made, ...pulls("one") }];
    yield ["POST", accounts, account("a")];
    yield ["PUT", path, { ...made, ...pulls("one") }];
  }),
  // Every patch replaces the whole list, so none can add a single entry.
  ...["merge-patch", "strategic-merge-patch"].map((patch) => {
    const headers = { "content-type": `application/${patch}+json` };
    return talk(`a ${patch} of a service account`, function* ({ accounts }) {
      const path = `${accounts}/a`;
      yield ["POST", accounts, account("a", pulls("one"))];
      yield ["PATCH", `${path}?dryRun=All`, pulls("two"), headers];
      yield ["PATCH", path, pulls("two", "three"), headers];
      yield ["PATCH", path, { imagePullSecrets: [{ $patch: "delete", name: "two" }] }, headers];
      yield ["PATCH", path, { ...pulls("four"), foo: 1 }, headers];
      yield ["PATCH", path, { metadata: { resourceVersion: "1" }, ...pulls("five") }, headers];
      yield ["PATCH", path, { imagePullSecrets: null }, headers];
      yield ["PATCH", `${accounts}/b`, pulls("one"), headers];
      yield ["GET", path];
    });
  }),
  talk("delete: a service account", function* ({ accounts }) {
    const path = `${accounts}/a`;
    const { body: made } = yield ["POST", accounts, account("a", pulls("one"))];
    const { uid, resourceVersion } = made.metadata;
    yield ["DELETE", path, { preconditions: { uid: otherUid } }];
    yield ["DELETE", path, { preconditions: { uid, resourceVersion: "1" } }];
    yield ["DELETE", path, { dryRun: ["All"], preconditions: { uid, resourceVersion } }];
    yield ["DELETE", `${path}?dryRun=All`];
    yield ["DELETE", path, { preconditions: { uid, resourceVersion } }];
    yield ["DELETE", path];
    yield ["GET", accounts];
  }),
  row("delete: a service account with a finalizer, and all of a namespace", ({ accounts }) => [
    ["POST", accounts, account("a", {}, { finalizers: ["a.b/held"] })],
    ["DELETE", `${accounts}/a`],
    ["PUT", `${accounts}/a`, account("a")],
    ["GET", `${accounts}/a`],
    ["POST", accounts, account("b", pulls("one"))],
    ["DELETE", `${accounts}?dryRun=All`],
    ["DELETE", accounts],
    ["GET", accounts],
  ]),
  row("a terminating namespace and its service accounts", ({ namespaces, namespace: base }) => {
    const name = `${base}-held`;
    const path = `${namespaces}/${name}`;
    const accounts = `${path}/serviceaccounts`;
    return [
      ["POST", namespaces, namespace(name, { finalizers: ["a.b/held"] })],
      ["DELETE", path],
      ["POST", accounts, account("b")],
      ["POST", `${accounts}?dryRun=All`, account("b")],
      ["GET", accounts],
    ];
  }),
];
