import { encoded, namespace, type Row, row, secret } from "./fidelity_rows.ts";

/** One POST to the namespace's secrets, and the secrets afterwards. */
const created = (name: string, body: unknown, search = ""): Row =>
  row(`create: ${name}`, ({ secrets }) => [
    ["POST", `${secrets}${search}`, body],
    ["GET", secrets],
  ]);

/** One POST to the namespaces; the function gets an unused name. */
const createdNamespace = (name: string, body: (unused: string) => unknown, search = ""): Row =>
  row(`create a namespace: ${name}`, ({ namespaces, namespace }) => [
    ["POST", `${namespaces}${search}`, body(`${namespace}-n`)],
    ["GET", `${namespaces}/${namespace}-n`],
  ]);

const docker = "kubernetes.io/dockerconfigjson";
const megabyte = 1024 * 1024;

/** Texts instead of a Docker configuration. */
const dockerTexts = [
  ...["", "{", "{}x", "[]", "5", '"s"', "true", "x", "null", '{"a":}', '{"a" 1}', "{'a':1}"],
  ...['{"a":1,}', "  {} ", '{"a":1]', "nul", '{"a":"\n"}', '{"a', "ü", "{1:2}", "01", "[1 2]"],
];

const bodies: [name: string, body: unknown][] = [
  ["invalid JSON", "{nope"],
  ["cut JSON", '{"metadata":'],
  ["an empty body", ""],
  ["an array", "[]"],
  ["a string", '"x"'],
  ["null", "null"],
  ["two objects", '{"metadata":{"name":"a"}} {}'],
  ["an object without kind", { metadata: { name: "a" } }],
  ["another kind", { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } }],
  ["an unknown kind", { apiVersion: "v1", kind: "Nope", metadata: { name: "a" } }],
  ["another version", { apiVersion: "v2", kind: "Secret", metadata: { name: "a" } }],
  ["no metadata", { apiVersion: "v1", kind: "Secret" }],
  ["metadata that is a string", { apiVersion: "v1", kind: "Secret", metadata: "x" }],
  ["base64 with invalid characters", secret("a", { data: { a: "***" } })],
  ["base64 without padding", secret("a", { data: { a: "YQ" } })],
  ["base64 with a line break", secret("a", { data: { a: "YWJj\nZGVm" } })],
  ["base64 with bits left over", secret("a", { data: { a: "YR==" } })],
  ["a value that is null", secret("a", { data: { a: null, b: "" } })],
  ["a value that is a number", secret("a", { data: { a: 5 } })],
  ["data that is a string", secret("a", { data: "x" })],
  ["stringData of numbers", secret("a", { stringData: { a: 5 } })],
  ["stringData over data", secret("a", { data: { a: "YQ==" }, stringData: { a: "ü" } })],
  ["a type that is a number", secret("a", { type: 5 })],
  ["immutable that is a string", secret("a", { immutable: "yes" })],
  ["a label that is a number", secret("a", {}, { labels: { a: 5 } })],
  ["labels that are a list", secret("a", {}, { labels: ["a"] })],
  ["a name that is a number", { ...secret("a"), metadata: { name: 5 } }],
  ["an invalid label key", secret("a", {}, { labels: { "a b": "ok" } })],
  ["an invalid label value", secret("a", {}, { labels: { c: "not ok" } })],
  ["a label that is too long", secret("a", {}, { labels: { a: "v".repeat(64) } })],
  ["an invalid annotation", secret("a", {}, { annotations: { "a b": "ok" } })],
  ["annotations that are too large", secret("a", {}, { annotations: { a: "x".repeat(262145) } })],
  ["a finalizer without a domain", secret("a", {}, { finalizers: ["nope"] })],
  // One at a time: the server checks them in no particular order.
  ["a key with a slash", secret("a", { data: { "a/b": "" } })],
  ["a key that is a parent directory", secret("a", { data: { "..": "" } })],
  ["an empty key", secret("a", { data: { "": "" } })],
  ["a key that is too long", secret("a", { data: { ["k".repeat(254)]: "" } })],
  ["no name", secret("")],
  ["a name with an underscore", secret("a_b")],
  ["a name in capitals", secret("Ab")],
  ["a name of the maximum length", secret("a".repeat(253))],
  ["a name that is too long", secret("a".repeat(254))],
  ["a name that is invalid in several ways", secret("-" + "A".repeat(254))],
  ["a resourceVersion", secret("a", {}, { resourceVersion: "5" })],
  ["the resourceVersion 0", secret("a", {}, { resourceVersion: "0" })],
  ["another namespace than the path's", secret("a", {}, { namespace: "default" })],
  ["fields that the server sets itself", secret("a", {}, { uid: "mine", generation: 4 })],
  ["an unknown field", { ...secret("a", {}, { foo: 1 }), bar: 1 }],
  ["an immutable secret", secret("a", { immutable: true, stringData: { a: "b" } })],
  [`${docker} without data`, secret("a", { type: docker })],
  [`${docker} without its key`, secret("a", { type: docker, stringData: { a: "b" } })],
  ["basic-auth without data", secret("a", { type: "kubernetes.io/basic-auth" })],
  ["ssh-auth without data", secret("a", { type: "kubernetes.io/ssh-auth" })],
  ["tls without data", secret("a", { type: "kubernetes.io/tls" })],
  [
    "several errors",
    secret("A_b", { type: docker, data: { "a/b": "" } }, { labels: { x: "a b" } }),
  ],
];

export const createRows: readonly Row[] = [
  ...bodies.map(([name, body]) => created(name, body)),
  ...dockerTexts.map((text) =>
    created(
      `a Docker configuration ${JSON.stringify(text)}`,
      secret("a", { type: docker, data: { ".dockerconfigjson": encoded(text) } }),
    )
  ),
  created(
    "a Docker secret",
    secret("a", { type: docker, stringData: { ".dockerconfigjson": "{}" } }),
  ),
  row("create: the maximum size, and one byte more", ({ secrets }) => [
    ["POST", `${secrets}?dryRun=All`, secret("a", { stringData: { a: "x".repeat(megabyte) } }), {
      accept: "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
    }],
    ["POST", secrets, secret("a", { stringData: { a: "x".repeat(megabyte), b: "y" } })],
    // Not much more: with a longer body the server would close the connection without reading it all.
    ["POST", secrets, secret("a", { stringData: { a: "x".repeat(3 * megabyte) } })],
    ["GET", secrets],
  ]),
  created("dry run", secret("a", { stringData: { a: "b" } }), "?dryRun=All"),
  created("an invalid object, dry run", secret("A_b"), "?dryRun=All"),
  created("an unknown dryRun", secret("a"), "?dryRun=Some"),
  created("an empty dryRun", secret("a"), "?dryRun="),
  created("an unknown field, strict", { ...secret("a"), bar: 1 }, "?fieldValidation=Strict"),
  created("an unknown field, ignored", { ...secret("a"), bar: 1 }, "?fieldValidation=Ignore"),
  created("an unknown fieldValidation", secret("a"), "?fieldValidation=Nope"),
  created("with a field manager", secret("a"), "?fieldManager=a-program"),
  row("create: an existing secret", ({ secrets }) => [
    ["POST", secrets, secret("a", { stringData: { a: "1" } })],
    ["POST", secrets, secret("a", { stringData: { a: "2" } })],
    ["POST", `${secrets}?dryRun=All`, secret("a")],
    ["POST", secrets, secret("a", { type: "another" })],
    ["POST", secrets, secret("a", { data: { "/": "" } })],
    ["GET", `${secrets}/a`],
  ]),
  row("create: in a missing namespace", ({ namespace }) => [
    ["POST", `/api/v1/namespaces/${namespace}-nope/secrets`, secret("a")],
    ["POST", `/api/v1/namespaces/${namespace}-nope/secrets`, secret("A_b")],
    ["POST", `/api/v1/namespaces/${namespace}-nope/secrets?dryRun=All`, secret("a")],
  ]),
  row("create: bodies of other content types", ({ secrets }) => [
    ["POST", secrets, "x", { "content-type": "text/plain" }],
    ["POST", secrets, secret("a"), { "content-type": "application/json; charset=utf-8" }],
    ["POST", secrets, secret("b"), { "content-type": "" }],
    ["PUT", `${secrets}/a`, "x", { "content-type": "text/plain" }],
  ]),
  createdNamespace("plain", (name) => namespace(name)),
  createdNamespace("labelled", (name) => namespace(name, { labels: { a: "b" } })),
  createdNamespace("dry run", (name) => namespace(name), "?dryRun=All"),
  createdNamespace("that exists", () => namespace("default")),
  createdNamespace("with a dot in its name", () => namespace("a.b")),
  createdNamespace("in capitals", () => namespace("Ab")),
  createdNamespace("without a name", () => namespace("")),
  createdNamespace("with a name that is too long", () => namespace("a".repeat(64))),
  createdNamespace("with a finalizer", (name) => namespace(name, { finalizers: ["a.b/held"] })),
  createdNamespace("in a namespace", (name) => namespace(name, { namespace: "default" })),
  createdNamespace("of another kind", (name) => secret(name)),
];
