import {
  encoded,
  namespace,
  type Place,
  query,
  type Row,
  row,
  secret,
  talk,
} from "./fidelity_rows.ts";
import type { Ask } from "./fidelity_server.ts";

/** Four secrets to select from. */
function some({ secrets }: Place): Ask[] {
  return [
    secret("a", { data: { x: encoded("1") } }, { labels: { l: "1", app: "a" } }),
    secret("b", { type: "foo/bar", stringData: { y: "2", z: "3" } }, { labels: { l: "2" } }),
    secret("c", {}, { annotations: { note: "three" }, labels: { l: "" } }),
    secret("d", { immutable: true }),
  ].map((body) => ["POST", secrets, body]);
}

const labelSelectors = [
  "l=1",
  "l==1",
  "l!=1",
  "l!=1,l",
  "l in (1,2)",
  "l in (1),app=a",
  "l notin (1)",
  "l",
  "!l",
  "l,",
  ",l",
  "l=",
  "l in ()",
  "l in (1",
  "l in 1",
  "l in (,1)",
  "l notin ()",
  "a b",
  "l=1 2",
  "l=a/b",
  "-a=1",
  "a/b/c",
  "l>0",
  "l<2",
  "l>x",
  "l~1",
  "!l=1",
  "!!l",
  "l=(1)",
  "in in (in)",
  "=1",
  "l===1",
  "(l)",
  `l=${"v".repeat(64)}`,
  "k".repeat(64),
  "ü=1",
  " l = 1 , l ",
  "!",
  "l,,l",
  "l)",
  "l in (a,b/)",
];

const fieldSelectors = [
  "metadata.name=a",
  "metadata.name==a",
  "metadata.name!=a",
  "metadata.name=a,type=Opaque",
  "metadata.namespace!=default",
  "metadata.namespace=default",
  "type=foo/bar",
  "type!=Opaque",
  "type=",
  "metadata.name=",
  ",",
  "metadata.labels=a",
  "status.phase=Active",
  "metadata.name",
  "metadata.name~a",
  "=a",
];

const namespaceFieldSelectors = [
  "status.phase=Active",
  "status.phase!=Active",
  "metadata.name=default",
  "type=Opaque",
];

const as = (kind: string, version = "v1") => ({
  accept: `application/json;as=${kind};g=meta.k8s.io;v=${version}`,
});

const accepts: [name: string, accept: string][] = [
  ["a Table or, if not, JSON", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"],
  ["a Table of another version", "application/json;as=Table;v=v7;g=meta.k8s.io"],
  [
    "a Table of another version or JSON",
    "application/json;as=Table;v=v7;g=meta.k8s.io,application/json",
  ],
  ["a Table of another group", "application/json;as=Table;v=v1;g=example.org"],
  ["a Table without a group", "application/json;as=Table"],
  ["an unknown kind", "application/json;as=Chair;v=v1;g=meta.k8s.io"],
  ["a Table first, a list second", "application/json;as=Table;v=v1;g=meta.k8s.io;q=0.1,*/*"],
  ["anything", "*/*"],
  ["any application type", "application/*"],
  ["a web page", "text/html"],
  ["a web page or anything", "text/html,*/*;q=0.8"],
  ["nothing in particular", ""],
  ["JSON in UTF-8", "application/json;charset=utf-8"],
  ["pretty JSON", "application/json;pretty=1"],
];

export const readRows: readonly Row[] = [
  row("a secret and a namespace are read", (place) => [
    ...some(place),
    ["GET", `${place.secrets}/a`],
    ["GET", `${place.secrets}/b`],
    ["GET", `${place.secrets}/c`],
    ["GET", `${place.secrets}/d`],
    ["GET", `${place.secrets}/a?resourceVersion=0`],
    ["GET", `/api/v1/namespaces/${place.namespace}`],
  ]),
  row("a missing object is not found", ({ secrets }) => [
    ["GET", `${secrets}/nope`],
    ["GET", "/api/v1/namespaces/nope"],
    ["GET", "/api/v1/namespaces/nope/secrets/nope"],
    ["GET", "/api/v1/namespaces/nope/secrets"],
    ["GET", `${secrets}/${"n".repeat(300)}`],
    ["GET", `${secrets}/No_Name`],
  ]),
  row("a namespace lists its secrets", (place) => [
    ["GET", place.secrets],
    ...some(place),
    ["GET", place.secrets],
    ["GET", `${place.secrets}/`],
    ["GET", `${place.secrets}?resourceVersion=0`],
  ]),
  row("secrets of every namespace are listed by label", (place) => [
    ["POST", place.secrets, secret("a", {}, { labels: { place: place.namespace } })],
    ["GET", `/api/v1/secrets?labelSelector=place%3D${place.namespace}`],
    ["GET", `/api/v1/secrets?fieldSelector=metadata.namespace%3D${place.namespace}`],
  ]),
  ...labelSelectors.map((selector) =>
    row(`the label selector ${JSON.stringify(selector)}`, (place) => [
      ...some(place),
      ["GET", `${place.secrets}?labelSelector=${query(selector)}`],
    ])
  ),
  ...fieldSelectors.map((selector) =>
    row(`the field selector ${JSON.stringify(selector)}`, (place) => [
      ...some(place),
      ["GET", `${place.secrets}?fieldSelector=${query(selector)}`],
    ])
  ),
  ...namespaceFieldSelectors.map((selector) =>
    row(`the field selector ${JSON.stringify(selector)} of namespaces`, ({ namespace }) => {
      const both = `labelSelector=kubernetes.io/metadata.name+in+(default,${namespace})`;
      return [["GET", `/api/v1/namespaces?fieldSelector=${query(selector)}&${both}`]];
    })
  ),
  row("selectors of both kinds apply", (place) => [
    ...some(place),
    ["GET", `${place.secrets}?labelSelector=l&fieldSelector=type%3DOpaque`],
  ]),
  talk("a list in pages", function* (place) {
    yield* some(place);
    const first = yield ["GET", `${place.secrets}?limit=3`];
    const token = query(first.body.metadata.continue);
    yield ["DELETE", `${place.secrets}/d`];
    yield ["GET", `${place.secrets}?limit=3&continue=${token}`];
    yield ["GET", `${place.secrets}?continue=${token}`];
    yield ["GET", `${place.secrets}?limit=3&resourceVersion=5&continue=${token}`];
    yield ["GET", `${place.secrets}?limit=3`];
  }),
  talk("a selected list in pages", function* (place) {
    yield* some(place);
    const first = yield ["GET", `${place.secrets}?limit=1&labelSelector=l`];
    const token = query(first.body.metadata.continue);
    yield ["GET", `${place.secrets}?limit=1&labelSelector=l&continue=${token}`];
    yield ["GET", `${place.secrets}?limit=3&labelSelector=l`];
  }),
  talk("a Table in pages", function* (place) {
    yield* some(place);
    const first = yield ["GET", `${place.secrets}?limit=3`, undefined, as("Table")];
    const token = query(first.body.metadata.continue);
    yield ["GET", `${place.secrets}?limit=3&continue=${token}`, undefined, as("Table")];
    yield ["GET", `${place.secrets}?limit=3`, undefined, as("PartialObjectMetadataList")];
  }),
  row("invalid limits and continue tokens", ({ secrets }) => [
    ["GET", `${secrets}?limit=x`],
    ["GET", `${secrets}?limit=-1`],
    ["GET", `${secrets}?limit=`],
    ["GET", `${secrets}?limit=1.5`],
    ["GET", `${secrets}?limit=1&continue=x`],
    ["GET", `${secrets}?limit=1&continue=${btoa("{}")}`],
    ...["{}x", '{"v":"v9"}', '{"v":"meta.k8s.io/v1"}', '{"v":"meta.k8s.io/v1","rv":1}', "[", "x"]
      .map(
        (text): Ask => [
          "GET",
          `${secrets}?limit=1&continue=${btoa(text).replaceAll("=", "")}`,
        ],
      ),
    ["GET", `${secrets}?continue=`],
  ]),
  ...["Metadata", "None", "Object", undefined, "Something"].map((include) =>
    row(`a Table with includeObject ${include}`, (place) => {
      const search = include === undefined ? "" : `?includeObject=${include}`;
      return [
        ...some(place),
        ["GET", `${place.secrets}${search}`, undefined, as("Table")],
        ["GET", `${place.secrets}/b${search}`, undefined, as("Table")],
        ["GET", `/api/v1/namespaces/${place.namespace}${search}`, undefined, as("Table")],
        ["GET", `${place.secrets}/nope${search}`, undefined, as("Table")],
      ];
    })
  ),
  row("an empty Table", ({ secrets }) => [
    ["GET", `${secrets}?includeObject=Metadata`, undefined, as("Table")],
  ]),
  row("a Table of selected secrets", (place) => [
    ...some(place),
    ["GET", `${place.secrets}?labelSelector=l&fieldSelector=type%3DOpaque`, undefined, as("Table")],
    ["GET", `${place.secrets}?labelSelector=a+b`, undefined, as("Table")],
  ]),
  row("a Table of a terminating namespace", ({ namespaces, namespace: name }) => [
    ["POST", namespaces, namespace(`${name}-held`, { finalizers: ["a.b/held"] })],
    ["DELETE", `${namespaces}/${name}-held`],
    ["GET", `${namespaces}/${name}-held`, undefined, as("Table")],
    [
      "GET",
      `${namespaces}?labelSelector=kubernetes.io/metadata.name%3D${name}-held`,
      undefined,
      as("Table"),
    ],
  ]),
  ...["v1", "v1beta1"].flatMap((version) => [
    row(`a list as PartialObjectMetadataList ${version}`, (place) => [
      ...some(place),
      ["GET", place.secrets, undefined, as("PartialObjectMetadataList", version)],
      ["GET", `${place.secrets}?labelSelector=l%3D1`, undefined, as("PartialObjectMetadataList")],
      ["GET", `${place.secrets}/a`, undefined, as("PartialObjectMetadataList", version)],
      [
        "GET",
        `/api/v1/namespaces?labelSelector=kubernetes.io/metadata.name%3D${place.namespace}`,
        undefined,
        as("PartialObjectMetadataList", version),
      ],
    ]),
    row(`an object as PartialObjectMetadata ${version}`, (place) => [
      ...some(place),
      ["GET", `${place.secrets}/b`, undefined, as("PartialObjectMetadata", version)],
      [
        "GET",
        `/api/v1/namespaces/${place.namespace}`,
        undefined,
        as("PartialObjectMetadata", version),
      ],
      ["GET", place.secrets, undefined, as("PartialObjectMetadata", version)],
      ["GET", `${place.secrets}/nope`, undefined, as("PartialObjectMetadata", version)],
    ]),
    row(`a Table ${version}`, (place) => [
      ...some(place),
      ["GET", place.secrets, undefined, as("Table", version)],
    ]),
  ]),
  row("writes are answered in the requested format", ({ secrets }) => [
    ["POST", secrets, secret("p"), as("PartialObjectMetadata")],
    ["PUT", `${secrets}/p`, secret("p", { stringData: { a: "b" } }), as("PartialObjectMetadata")],
    ["PUT", `${secrets}/p`, secret("p", { stringData: { a: "c" } }), as("Table")],
    ["DELETE", `${secrets}/p`, undefined, as("PartialObjectMetadata")],
    ["POST", secrets, secret("p"), as("PartialObjectMetadataList")],
    ["POST", secrets, secret("q"), { accept: "text/html" }],
    ["GET", secrets],
  ]),
  ...accepts.map(([name, accept]) =>
    row(`the response to a client that accepts ${name}`, (place) => [
      ...some(place),
      ["GET", place.secrets, undefined, { accept }],
      ["GET", `${place.secrets}/a`, undefined, { accept }],
      ["GET", `${place.secrets}/nope`, undefined, { accept }],
    ])
  ),
];
