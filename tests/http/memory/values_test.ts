import assert from "node:assert/strict";
import { stored } from "../stage.ts";
import { docker, helm, refused, type Row, testsOf } from "../support.ts";

/** Values of fields: what is refused before a cluster is opened, and what is stored of the rest. */

const CLUSTER = /^Field 'cluster_name' is invalid: a cluster name /;
const NAME = /^Field 'name' must be a valid secret name: .*at most \d+ characters$/;
const NAMESPACES = /^Field 'namespaces' must contain valid namespace names: /;
const REGISTRY =
  /^Field 'registry' must be the host of a registry, such as ghcr.io, or a path of it, /;

const badNames: [what: string, name: string][] = [
  ["empty", ""],
  ["blank", " "],
  ["a path upwards", "../x"],
  ["an absolute path", "/etc/passwd"],
  ["a backslash", "..\\x"],
  ["NUL", "x\0y"],
  ["a line break at the end", "x\n"],
  ["a leading dash", "-v"],
  ["a leading dot", ".x"],
  ["an encoded slash", "x%2fy"],
  ["300 characters", "x".repeat(300)],
  ["254 characters", "x".repeat(254)],
  ["a letter outside ASCII", "clüster"],
  ["half a surrogate pair", "x\ud800"],
];

const badSecretNames: [what: string, name: string][] = [
  ...badNames,
  ["upper-case letters", "MySecret"],
  ["an underscore", "my_secret"],
  ["a dash at the end", "x-"],
  ["a dot at the end", "x."],
  ["two dots", "x..y"],
  ["a dash after a dot", "x.-y"],
];

const names: Row[] = [
  ...badNames.flatMap(([what, name]) => [
    refused(
      `add_docker with the cluster name ${what} opens none`,
      () => docker({ cluster_name: name }),
      400,
      CLUSTER,
    ),
    refused(
      `add_helm_repo with the cluster name ${what} opens none`,
      () => helm({ cluster_name: name }),
      400,
      CLUSTER,
    ),
  ]),
  ...badSecretNames.flatMap(([what, name]) => [
    refused(
      `add_docker with the secret name ${what} opens no cluster`,
      () => docker({ name }),
      400,
      NAME,
    ),
    refused(
      `add_helm_repo with the secret name ${what} opens no cluster`,
      () => helm({ name }),
      400,
      NAME,
    ),
  ]),
  refused(
    "a docker name that leaves no room for -iu is refused",
    () => docker({ name: "x".repeat(251), git_write_back: true }),
    400,
    /^Field 'name' must be a valid secret name: .*at most 250 characters$/,
  ),
  refused(
    "a docker name is of at most 253 characters",
    () => docker({ name: "x".repeat(254) }),
    400,
    /^Field 'name' must be a valid secret name: .*at most 253 characters$/,
  ),
  refused(
    "a repository name that leaves no room for -template is refused",
    () => helm({ name: "x".repeat(245), repository_url: "https://ghcr.io/" }),
    400,
    /^Field 'name' must be a valid secret name: .*at most 244 characters$/,
  ),
  refused(
    "a repository name is of at most 253 characters",
    () => helm({ name: "x".repeat(254), repository_url: "https://ghcr.io/", template: false }),
    400,
    /^Field 'name' must be a valid secret name: .*at most 253 characters$/,
  ),
];

/** A write that succeeds, and the namespaces that it wrote. */
const writes = (name: string, namespaces: unknown, expected: string[]): Row => ({
  name,
  request: () => docker({ namespaces }),
  status: 200,
  changes: true,
  after: ({ cluster }, body) => {
    assert.deepEqual((body as { namespaces: string[] }).namespaces, [...expected, "argocd"]);
    const written = [...cluster.secrets.values()].map(({ namespace }) => namespace);
    assert.deepEqual(written.sort(), [...expected, "argocd"].sort());
  },
});

/** The longest names that the secrets of a request have room for. */
const LONGEST: [
  what: string,
  length: number,
  request: (name: string) => Request,
  beside: string,
][] = [
  ["pull secret", 253, (name) => docker({ name }), ""],
  ["pull secret beside NAME-iu", 250, (name) => docker({ name, git_write_back: true }), "-iu"],
  ["chart repository", 253, (name) => helm({ name }), ""],
  [
    "chart repository beside its template",
    244,
    (name) => helm({ name, repository_url: "https://ghcr.io/" }),
    "-template",
  ],
  [
    "chart repository without the template that it could have",
    253,
    (name) => helm({ name, repository_url: "https://ghcr.io/", template: false }),
    "",
  ],
];

const longest = LONGEST.map(([what, length, request, beside]): Row => ({
  name: `a ${what} may have a name of ${length} characters`,
  request: () => request("x".repeat(length)),
  status: 200,
  changes: true,
  after: ({ cluster }) => {
    const names = new Set([...cluster.secrets.values()].map(({ name }) => name));
    const own = "x".repeat(length);
    assert.deepEqual(names, new Set([own, own + beside]));
  },
}));

const many = (count: number) => Array.from({ length: count }, (_, i) => `ns-${i}`);
const PROHIBITED =
  /^Field 'namespaces' must not name 'argocd': the secret is written there anyway$/;

const namespaces: Row[] = [
  writes("one namespace is a list of one", "default", ["default"]),
  writes("namespaces may be an array", ["default", "kube-system"], ["default", "kube-system"]),
  writes("the order of namespaces is kept", "kube-system,default", ["kube-system", "default"]),
  writes("blanks around namespaces and empty ones are dropped", " default ,, \tkube-system,\n", [
    "default",
    "kube-system",
  ]),
  writes("repeated namespaces are dropped", ["default", " default", "default"], ["default"]),
  {
    name: "1,000 namespaces are written",
    request: () => docker({ namespaces: many(1000).join(",") }),
    before: ({ cluster }) => many(1000).forEach((name) => cluster.namespaces.set(name, "Active")),
    status: 200,
    after: ({ cluster }) => assert.equal(cluster.secrets.size, 1001),
  },
  refused(
    "1,001 namespaces are refused",
    () => docker({ namespaces: many(1001) }),
    400,
    /at most 1000 namespaces$/,
  ),
  ...["", " ", ",", " , ,\n", []].map((given) =>
    refused(
      `namespaces ${JSON.stringify(given)} are none`,
      () => docker({ namespaces: given }),
      400,
      /^Field 'namespaces' must contain at least one namespace$/,
    )
  ),
  ...["argocd", " argocd ", "default,argocd", ["argocd"], ["default", " argocd"]].map((given) =>
    refused(
      `Argo CD's namespace in ${JSON.stringify(given)} is prohibited`,
      () => docker({ namespaces: given }),
      400,
      PROHIBITED,
      // Which namespace is Argo CD's is a matter of the cluster, which is not asked for that.
      { opens: true, asks: false },
    )
  ),
  ...[
    "ARGOCD",
    "Default",
    "kube_system",
    "a.b",
    "-a",
    "a-",
    "../x",
    "a b",
    "a\0",
    "default;argocd",
    "x".repeat(64),
    ["a,b"],
    "ünï",
  ].map((given) =>
    refused(
      `namespaces ${JSON.stringify(given).slice(0, 40)} are no names`,
      () => docker({ namespaces: given }),
      400,
      NAMESPACES,
    )
  ),
  {
    name: "namespaces that do not exist or are being deleted are all named, nothing is written",
    request: () => docker({ namespaces: "default,gone,leaving,lost" }),
    before: ({ cluster }) => cluster.namespaces.set("leaving", "Terminating") && undefined,
    status: 400,
    body: /^Namespaces do not exist: gone, lost; Namespaces are being deleted: leaving$/,
    changes: false,
  },
  {
    name: "a missing namespace of Argo CD is said to be Argo CD's own",
    request: () => docker(),
    before: ({ cluster }) => void cluster.namespaces.delete("argocd"),
    status: 400,
    body:
      /^Namespaces do not exist: argocd; 'argocd' is Argo CD's own \(setting argocd-namespace\)$/,
    changes: false,
  },
];

const PLAIN_HTTP = /^Field 'registry' must be the registry's host without http:\/\/: /;

const HUB = ["https://index.docker.io/v1/", "https://registry-1.docker.io"];

const registries: Row[] = [
  ...([
    ["ghcr.io", ["ghcr.io"]],
    [" GHCR.io ", ["ghcr.io"]],
    ["https://ghcr.io", ["ghcr.io"]],
    ["https://ghcr.io/v2/", ["ghcr.io"]],
    ["registry.example.com:5000", ["registry.example.com:5000"]],
    ["docker.io", HUB],
    ["https://index.docker.io/v1/", HUB],
  ] as [string, string[]][]).map(([registry, keys]): Row => ({
    name: `the registry ${registry} is stored as ${keys.join(" and ")}`,
    request: () => docker({ registry }),
    status: 200,
    after: ({ cluster }) => {
      const text = stored(cluster, "default/my-docker-secret", ".dockerconfigjson");
      assert.deepEqual(Object.keys(JSON.parse(text).auths), keys);
    },
  })),
  ...[
    "",
    "ghcr.io//org",
    "oci://ghcr.io",
    "a b",
    "user:pass@ghcr.io",
    "ghcr.io:port",
    "-x",
    "__proto__",
  ]
    .map((registry) =>
      refused(
        `the registry ${JSON.stringify(registry)} is refused`,
        () => docker({ registry }),
        400,
        REGISTRY,
      )
    ),
];

const plain = ["http://registry.example.com:5000", " HTTP://ghcr.io/v2/"].map((registry) =>
  refused(
    `the registry ${JSON.stringify(registry)} is refused, and that the scheme is why is said`,
    () => docker({ registry }),
    400,
    PLAIN_HTTP,
  )
);

for (const test of testsOf([...names, ...longest, ...namespaces, ...registries, ...plain])) {
  Deno.test(test);
}
