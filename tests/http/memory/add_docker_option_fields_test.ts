import {
  CANARY,
  DOCKER,
  docker,
  DOCKER_BODY,
  post,
  refused,
  type Row,
  testsOf,
} from "../support.ts";

/** Later fields of add_docker: wrong types, wrong values and contradictions; none is echoed. */

const envelope = (message: string) => ({ error: true, message, status_code: 400 });
const shown = (value: unknown) =>
  (JSON.stringify(value) ?? "nothing").replaceAll(CANARY, "x").slice(0, 60);

const wrong = (field: string, values: readonly unknown[], message: string, more: object = {}) =>
  values.map((value) =>
    refused(
      `add_docker with ${field} ${shown(value)}: ${message}`,
      () => docker({ ...more, [field]: value }),
      400,
      envelope(`Field '${field}' ${message}`),
    )
  );

const FLAGS = ["merge", "all_namespaces", "create_namespaces", "verify", "dry_run"];
const NO_LOGIN = { username: undefined, password: undefined };
const login = (registry: unknown, more: object = {}) => ({
  registry,
  username: "user",
  password: CANARY,
  ...more,
});
const fifty = Array.from({ length: 51 }, (_, i) => login(`r${i}.example.com`));

const WORDS = {
  accounts: "must contain valid service account names",
  selector: "must be a label selector such as team=web,env!=test",
  exclude: "must be namespace names or patterns with '*'",
  host: "must be the host of a registry, such as ghcr.io, or a path of it, such as ghcr.io/org",
};

const TYPES: Row[] = [
  ...FLAGS.flatMap((field) =>
    wrong(field, [null, 0, "true", CANARY, [true], {}], "must be a boolean")
  ),
  ...["registries", "service_accounts", "exclude_namespaces"].flatMap((field) =>
    wrong(field, [null, 1, CANARY, { 0: CANARY }], "must be an array")
  ),
  ...wrong("namespace_selector", [null, 1, [CANARY], { a: CANARY }], "must be a string"),
];

const VALUES: Row[] = [
  ...wrong("registries", [[]], "must name at least one registry", NO_LOGIN),
  ...wrong("registries", [fifty], "must name at most 50 registries", NO_LOGIN),
  ...wrong(
    "service_accounts",
    [Array.from({ length: 11 }, (_, i) => `a${i}`)],
    "must contain at most 10 service accounts",
  ),
  ...wrong("exclude_namespaces", [Array(1001).fill("a")], "must have at most 1000 entries"),
  ...wrong("namespace_selector", [""], "must not be empty"),
  ...wrong("namespace_selector", ["a".repeat(1001)], "must have at most 1000 characters"),
  ...wrong(
    "namespace_selector",
    [
      " ",
      "team=web,",
      ",team=web",
      "team web",
      "team=a b",
      "team in web",
      "team in (web",
      "team in (web,a b)",
      "team>web",
      "team!",
      "-team",
      "a= ,".repeat(40) + "!!", // once made a regular expression hang
      "a in (" + ",".repeat(900),
      "\u00a0",
      `te am=${CANARY}`,
      "team=web;rm",
      "team=--all",
      "team=web\nx",
      "/team=web",
      "team=" + "x".repeat(64),
    ],
    WORDS.selector,
  ),
];

const NESTED: [
  what: string,
  field: string,
  values: readonly unknown[],
  why: string,
  more?: object,
][] = [
  ["service_accounts.0", "service_accounts", [[1], [null], [[CANARY]]], "must be a string"],
  [
    "service_accounts.1",
    "service_accounts",
    [["a", ""], ["a", "A"], ["a", "a/b"], ["a", "-a"], ["a", "x".repeat(254)]],
    WORDS.accounts,
  ],
  ["exclude_namespaces.0", "exclude_namespaces", [[1], [{ a: CANARY }]], "must be a string"],
  [
    "exclude_namespaces.0",
    "exclude_namespaces",
    [[""], ["-a"], ["A"], ["a b"], ["a,b"], ["^.*$"], ["x".repeat(64)], ["kube-?"]],
    WORDS.exclude,
  ],
  ["registries.0", "registries", [[1], [CANARY], [null], [[]]], "must be an object", NO_LOGIN],
  ["registries.0.registry", "registries", [[login(1)]], "must be a string", NO_LOGIN],
  [
    "registries.0.registry",
    "registries",
    [[login("")], [login("ghcr.io//org")], [login(`u:${CANARY}@ghcr.io`)], [login("a b")]],
    WORDS.host,
    NO_LOGIN,
  ],
  [
    "registries.1.username",
    "registries",
    [[login("a.example"), login("b.example", { username: `u:${CANARY}` })]],
    "must not contain a colon",
    NO_LOGIN,
  ],
  [
    "registries.0.username",
    "registries",
    [[login("a.example", { username: "" })]],
    "must not be empty",
    NO_LOGIN,
  ],
  [
    "registries.0.password",
    "registries",
    [[login("a.example", { password: "" })]],
    "must not be empty",
    NO_LOGIN,
  ],
  [
    "registries.0.password",
    "registries",
    [[login("a.example", { password: undefined })], [login("a.example", { password: 1 })]],
    "must be a string",
    NO_LOGIN,
  ],
  [
    "registries.0",
    "registries",
    [[login("a.example", { [CANARY]: 1 })], [login("a.example", { auth: CANARY })]],
    "has an unknown field",
    NO_LOGIN,
  ],
];

const CONTRADICTIONS: [what: string, more: object, field: string, why: string][] = [
  [
    "registries and registry",
    { ...NO_LOGIN, registry: "ghcr.io", registries: [login("quay.io")] },
    "registries",
    "cannot be combined with 'registry'",
  ],
  [
    "registries and username",
    { password: undefined, registries: [login("quay.io")] },
    "registries",
    "cannot be combined with 'username'",
  ],
  [
    "registries and password",
    { username: undefined, registries: [login("quay.io")] },
    "registries",
    "cannot be combined with 'password'",
  ],
  [
    "one registry given twice",
    { ...NO_LOGIN, registries: [login("Quay.io"), login("https://quay.io/v2/")] },
    "registries",
    "must name each registry once",
  ],
  [
    "Docker Hub under two of its names",
    { ...NO_LOGIN, registries: [login("docker.io"), login("https://index.docker.io/v1/")] },
    "registries",
    "must name each registry once",
  ],
  [
    "all_namespaces and namespace_selector",
    { all_namespaces: true, namespace_selector: "team=web" },
    "all_namespaces",
    "cannot be combined with 'namespace_selector'",
  ],
  [
    "exclude_namespaces without a selection to exclude from",
    { exclude_namespaces: ["kube-*"] },
    "exclude_namespaces",
    "requires 'all_namespaces' or 'namespace_selector'",
  ],
  [
    "git_write_back and registries",
    { ...NO_LOGIN, git_write_back: true, registries: [login("quay.io")] },
    "git_write_back",
    "requires one username and password, not 'registries'",
  ],
];

const without = (...gone: string[]) =>
  Object.fromEntries(Object.entries(DOCKER_BODY).filter(([field]) => !gone.includes(field)));

const missing = (name: string, gone: readonly string[], more: object = {}) =>
  refused(
    `add_docker without ${gone.join(", ")} and with ${
      Object.keys(more)
    } reports ${name} as missing`,
    () => post(DOCKER, { ...without(...gone), ...more }),
    400,
    envelope(`Missing required field: ${name}`),
  );

for (
  const test of testsOf([
    ...TYPES,
    ...VALUES,
    ...NESTED.flatMap(([what, field, values, why, more = {}]) =>
      values.map((value) =>
        refused(
          `add_docker with ${field} ${shown(value)}: ${what} ${why}`,
          () => docker({ ...more, [field]: value }),
          400,
          envelope(`Field '${what}' ${why}`),
        )
      )
    ),
    ...CONTRADICTIONS.map(([what, more, field, why]) =>
      refused(`${what} contradict each other`, () => docker(more), 400, {
        ...envelope(`Field '${field}' ${why}`),
      })
    ),
    missing("namespaces", ["namespaces"], { all_namespaces: false }),
    missing("password", ["password", "namespaces"], { all_namespaces: true }),
    missing("username", ["username"], { registry: "quay.io" }),
    missing("cluster_name", ["cluster_name", "username", "password"], {
      registries: [login("quay.io")],
    }),
    refused(
      "Argo CD's namespace in 'namespaces' is prohibited beside a selection, too",
      () => docker({ namespaces: "argocd", all_namespaces: true }),
      400,
      envelope("Field 'namespaces' must not name 'argocd': the secret is written there anyway"),
      { opens: true, asks: false },
    ),
  ])
) Deno.test(test);
