import assert from "node:assert/strict";
import { stored } from "../stage.ts";
import { docker, helm, refused, type Row, testsOf } from "../support.ts";

/** Values of fields: what is rejected before a cluster is opened, and how the rest is stored. */

const CLUSTER = /^Field 'cluster_name' is invalid: a cluster name /;
const NAME = /^Field 'name' must be a valid secret name: .*at most \d+ characters$/;
const NAMESPACES = /^Field 'namespaces' must contain valid namespace names: /;
const REGISTRY =
  /^Field 'registry' must be the host of a registry, such as ghcr.io, or a path of it, /;

const badNames: [what: string, name: string][] = [
  ["empty", ""],
  ["blank", " "],
  ["a relative path upwards", "../x"],
  ["an absolute path", "/etc/passwd"],
  ["a backslash", "..\\x"],
  ["NUL", "x\0y"],
  ["a line break at the end", "x\n"],
  ["a leading dash", "-v"],
  ["a leading dot", ".x"],
  ["a percent-encoded slash", "x%2fy"],
  ["300 characters", "x".repeat(300)],
  ["254 characters", "x".repeat(254)],
  ["a non-ASCII letter", "clüster"],
  ["a lone surrogate", "x\ud800"],
];

const badSecretNames: [what: string, name: string][] = [
  ...badNames,
  ["upper-case letters", "MySecret"],
  ["an underscore", "my_secret"],
  ["a trailing dash", "x-"],
  ["a trailing dot", "x."],
  ["two dots", "x..y"],
  ["a dash after a dot", "x.-y"],
];

const names: Row[] = [
  ...badNames.flatMap(([what, name]) => [
    refused(
      `add_docker with an invalid cluster name opens no cluster: ${what}`,
      () => docker({ cluster_name: name }),
      400,
      CLUSTER,
    ),
    refused(
      `add_helm_repo with an invalid cluster name opens no cluster: ${what}`,
      () => helm({ cluster_name: name }),
      400,
      CLUSTER,
    ),
  ]),
  ...badSecretNames.flatMap(([what, name]) => [
    refused(
      `add_docker with an invalid secret name opens no cluster: ${what}`,
      () => docker({ name }),
      400,
      NAME,
    ),
    refused(
      `add_helm_repo with an invalid secret name opens no cluster: ${what}`,
      () => helm({ name }),
      400,
      NAME,
    ),
  ]),
  refused(
    "a docker name that leaves no room for -iu is rejected",
    () => docker({ name: "x".repeat(251), git_write_back: true }),
    400,
    /^Field 'name' must be a valid secret name: .*at most 250 characters$/,
  ),
  refused(
    "a docker name over 253 characters is rejected",
    () => docker({ name: "x".repeat(254) }),
    400,
    /^Field 'name' must be a valid secret name: .*at most 253 characters$/,
  ),
  refused(
    "a repository name that leaves no room for -template is rejected",
    () => helm({ name: "x".repeat(245), repository_url: "https://ghcr.io/" }),
    400,
    /^Field 'name' must be a valid secret name: .*at most 244 characters$/,
  ),
  refused(
    "a repository name over 253 characters is rejected",
    () => helm({ name: "x".repeat(254), repository_url: "https://ghcr.io/", template: false }),
    400,
    /^Field 'name' must be a valid secret name: .*at most 253 characters$/,
  ),
];

/** A write that succeeds, and the namespaces it has written to. */
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

/** The longest names that leave room for the other secrets of a request. */
const LONGEST: [
  what: string,
  length: number,
  request: (name: string) => Request,
  beside: string,
][] = [
  ["pull secret", 253, (name) => docker({ name }), ""],
  ["pull secret with its NAME-iu", 250, (name) => docker({ name, git_write_back: true }), "-iu"],
  ["chart repository", 253, (name) => helm({ name }), ""],
  [
    "chart repository with its template",
    244,
    (name) => helm({ name, repository_url: "https://ghcr.io/" }),
    "-template",
  ],
  [
    "chart repository whose URL has no template",
    253,
    (name) => helm({ name, repository_url: "https://ghcr.io/", template: false }),
    "",
  ],
];

const longest = LONGEST.map(([what, length, request, beside]): Row => ({
  name: `the name of a ${what} may have ${length} characters`,
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
  writes("one namespace as a string is accepted", "default", ["default"]),
  writes("namespaces as an array are accepted", ["default", "kube-system"], [
    "default",
    "kube-system",
  ]),
  writes("the order of namespaces is kept", "kube-system,default", ["kube-system", "default"]),
  writes(
    "white space around namespaces and empty entries are dropped",
    " default ,, \tkube-system,\n",
    [
      "default",
      "kube-system",
    ],
  ),
  writes("duplicate namespaces are dropped", ["default", " default", "default"], ["default"]),
  {
    name: "1,000 namespaces are written to",
    request: () => docker({ namespaces: many(1000).join(",") }),
    before: ({ cluster }) => many(1000).forEach((name) => cluster.namespaces.set(name, "Active")),
    status: 200,
    after: ({ cluster }) => assert.equal(cluster.secrets.size, 1001),
  },
  refused(
    "1,001 namespaces are rejected",
    () => docker({ namespaces: many(1001) }),
    400,
    /at most 1000 namespaces$/,
  ),
  ...["", " ", ",", " , ,\n", []].map((given) =>
    refused(
      `namespaces ${JSON.stringify(given)} are rejected as empty`,
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
      // The name of Argo CD's namespace is a label of the cluster, which is not contacted for that.
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
      `namespaces ${JSON.stringify(given).slice(0, 40)} are rejected as invalid names`,
      () => docker({ namespaces: given }),
      400,
      NAMESPACES,
    )
  ),
  {
    name: "missing and terminating namespaces are all named, and nothing is written",
    request: () => docker({ namespaces: "default,gone,leaving,lost" }),
    before: ({ cluster }) => cluster.namespaces.set("leaving", "Terminating") && undefined,
    status: 400,
    body: /^Namespaces do not exist: gone, lost; Namespaces are being deleted: leaving$/,
    changes: false,
  },
  {
    name: "a missing Argo CD namespace is named as Argo CD's own",
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
    name: `registry ${registry} is stored under ${keys.join(" and ")}`,
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
        `registry ${JSON.stringify(registry)} is rejected`,
        () => docker({ registry }),
        400,
        REGISTRY,
      )
    ),
];

const plain = ["http://registry.example.com:5000", " HTTP://ghcr.io/v2/"].map((registry) =>
  refused(
    `registry ${JSON.stringify(registry)} is rejected because of its scheme`,
    () => docker({ registry }),
    400,
    PLAIN_HTTP,
  )
);

for (const test of testsOf([...names, ...longest, ...namespaces, ...registries, ...plain])) {
  Deno.test(test);
}
