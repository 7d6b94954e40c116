import { makeGcpKey, makeRsaKey } from "../material.ts";
import { NO_LOGIN, REPO, repo, REPO_BODY } from "../requests.ts";
import { CANARY, post, refused, type Row, testsOf } from "../support.ts";

/** Missing, wrong and unknown fields of add_repo; none is echoed. */

const envelope = (message: string) => ({ error: true, message, status_code: 400 });

const without = (...gone: string[]) =>
  Object.fromEntries(Object.entries(REPO_BODY).filter(([field]) => !gone.includes(field)));

/** All missing fields are named at once, in the order of the schema. */
const missing = (fields: readonly string[], names: readonly string[], more: object = {}) =>
  refused(
    `add_repo without ${fields.join(", ")} reports ${names.join(", ")} as missing` +
      (Object.keys(more).length > 0 ? ", before other errors" : ""),
    () => post(REPO, { ...without(...fields), ...more }),
    400,
    envelope(`Missing required field${names.length > 1 ? "s" : ""}: ${names.join(", ")}`),
    {
      told: {
        code: "missing_field",
        field: names[0],
        ...(names.length > 1 ? { fields: names } : {}),
      },
    },
  );

const MISSING: Row[] = [
  ...["cluster_name", "name", "type", "url", "username", "password"].map((field) =>
    missing([field], [field])
  ),
  missing(["url", "type", "name", "cluster_name"], ["cluster_name", "name", "type", "url"]),
  missing(["name", "type", "url"], ["name", "type", "url"]),
  missing(["type", "url"], ["type", "url"]),
  missing(["url"], ["url"], { upsert: CANARY, [CANARY]: 1 }),
  missing(["name", "username"], ["name"], { type: CANARY }),
  refused(
    "add_repo with an empty body names every missing field",
    () => post(REPO, {}),
    400,
    envelope("Missing required fields: cluster_name, name, type, url"),
  ),
];

const NO_STRINGS = [null, 1, true, [], [CANARY], { value: CANARY }];
const NO_BOOLEANS = [null, 0, "", "true", CANARY, [true], {}];
const shown = (value: unknown) => JSON.stringify(value).replaceAll(CANARY, "x");

const wrong = (field: string, values: readonly unknown[], message: string, more: object = {}) =>
  values.map((value) =>
    refused(
      `add_repo with ${field} ${shown(value)}: ${message}`,
      () => repo({ ...more, [field]: value }),
      400,
      envelope(`Field '${field}' ${message}`),
    )
  );

const inside = (field: string, within: string, value: unknown, message: string, more: object) =>
  refused(
    `add_repo with ${within}.${field} ${shown(value)}: ${message}`,
    () => repo({ ...NO_LOGIN, [within]: { ...more, [field]: value } }),
    400,
    envelope(`Field '${within}.${field}' ${message}`),
  );

const TYPES: Row[] = [
  ...["cluster_name", "name", "url", "username", "password"].flatMap((field) =>
    wrong(field, NO_STRINGS, "must be a string")
  ),
  ...["ssh_private_key", "bearer_token", "tls_client_cert", "tls_client_key"].flatMap((field) =>
    wrong(field, NO_STRINGS, "must be a string", NO_LOGIN)
  ),
  ...["repository_name", "project", "proxy", "no_proxy"].flatMap((field) =>
    wrong(field, NO_STRINGS, "must be a string")
  ),
  ...[
    ...["insecure", "force_basic_auth", "enable_lfs", "insecure_oci_http", "template", "upsert"],
    ...["force", "verify", "dry_run"],
  ].flatMap((field) => wrong(field, NO_BOOLEANS, "must be a boolean")),
  ...wrong("type", [null, 1, "", "Git", "svn", CANARY, ["git"]], "must be git, helm or oci"),
  ...wrong("as", [null, 1, "", "template", CANARY], "must be repository or repo-creds"),
  ...wrong("urls", [null, 1, CANARY, { 0: CANARY }], "must be an array of strings", {
    url: undefined,
  }),
  ...wrong("github_app", [null, 1, CANARY, [CANARY]], "must be an object", NO_LOGIN),
  ...wrong(
    "gcp_service_account_key",
    [null, 1, "", [CANARY]],
    "must be the JSON of a key, as a text or an object",
    NO_LOGIN,
  ),
  ...wrong("azure_service_principal", [null, 1, CANARY, [CANARY]], "must be an object", NO_LOGIN),
  ...wrong(
    "use_azure_workload_identity",
    [null, 1, "true", CANARY],
    "must be true, or absent",
    NO_LOGIN,
  ),
  ...wrong("depth", [null, 1.5, "1", CANARY], "must be a whole number"),
];

const PROJECT = "must be the name of an Argo CD project";
const PROXY = "must be a URL like http://proxy.example.com:3128";

const VALUES: Row[] = [
  ...wrong("username", [""], "must not be empty"),
  ...wrong("username", [`${CANARY}\n`, `a\0`], "must not contain control characters"),
  ...wrong("username", ["\ud800"], "must be valid Unicode"),
  ...wrong("password", [""], "must not be empty"),
  ...wrong("password", [`${CANARY}\udc00`], "must be valid Unicode"),
  ...wrong("urls", [[]], "must contain at least one URL", { url: undefined }),
  ...wrong("urls", [Array(101).fill("https://a.example/b")], "must have at most 100 URLs", {
    url: undefined,
  }),
  ...wrong("project", ["", "Team", "-a", "a-", "a b", "a/b", `${CANARY}!`], PROJECT),
  ...wrong("project", ["x".repeat(254)], PROJECT),
  ...wrong(
    "proxy",
    ["", "proxy.example.com", "ftp://proxy", "http://", `http://proxy/${CANARY}`, "http://a b"],
    PROXY,
  ),
  ...wrong("proxy", [`http://${"x".repeat(2048)}`], "must be shorter"),
  ...wrong("no_proxy", ["a, b", "a\nb", `${CANARY} `], "must be hosts separated by commas"),
  ...wrong("no_proxy", ["x".repeat(2049)], "must be shorter"),
  ...wrong("repository_name", [""], "must not be empty"),
  ...wrong("repository_name", ["x".repeat(254)], "must be at most 253 characters long"),
  ...wrong(
    "repository_name",
    [" a", `${CANARY} `, "a\nb", "a\0"],
    "must not begin or end with white space, or have control characters",
  ),
  ...wrong("depth", [-1], "must not be negative"),
  ...wrong("depth", [1_000_001], "must be at most 1000000"),
  ...wrong("bearer_token", [""], "must not be empty", NO_LOGIN),
];

const APP = { id: 1, installation_id: 2, private_key: CANARY };

const NESTED: Row[] = [
  inside("id", "github_app", "x", "must be a number", APP),
  inside("id", "github_app", 0, "must be a number", APP),
  inside("id", "github_app", "01", "must be a number", APP),
  inside("installation_id", "github_app", -1, "must be a number", APP),
  inside("installation_id", "github_app", "1".repeat(20), "must be a number", APP),
  inside("private_key", "github_app", 1, "must be a string", APP),
  inside("enterprise_url", "github_app", "http://ghe.example", "must be an https URL", APP),
  inside("enterprise_url", "github_app", `https://u:${CANARY}@x`, "must be an https URL", APP),
  refused(
    "add_repo reports an unknown field in github_app without echoing it",
    () => repo({ ...NO_LOGIN, github_app: { ...APP, [CANARY]: 1 } }),
    400,
    envelope("Field 'github_app' has an unknown field"),
  ),
  refused(
    "add_repo names the URL that is not a string",
    () => repo({ url: undefined, urls: ["https://a.example/b", 1] }),
    400,
    envelope("Field 'urls.1' must be a string"),
  ),
];

const FIELDS = "cluster_name, name, type, url, urls, as, username, password, ssh_private_key, " +
  "github_app, bearer_token, gcp_service_account_key, " +
  "azure_service_principal, use_azure_workload_identity, tls_client_cert, tls_client_key, " +
  "repository_name, project, proxy, no_proxy, insecure, force_basic_auth, enable_lfs, depth, insecure_oci_http, template, " +
  "upsert, force, expires, verify, dry_run";

const UNKNOWN: Row[] = [
  ...[["ulr", "url"], ["Password", "password"], ["dryrun", "dry_run"], ["projct", "project"], [
    "repository_url",
    "url",
  ]].map(
    ([field, nearest]) =>
      refused(
        `add_repo with the unknown field ${field} suggests ${nearest}`,
        () => repo({ [field!]: CANARY }),
        400,
        envelope(`Unknown field '${field}'; did you mean '${nearest}'?`),
      ),
  ),
  ...["something_else", CANARY, `"${CANARY}"`, ""].map((field) =>
    refused(
      `add_repo with the unknown field ${shown(field)} lists the fields`,
      () => repo({ [field]: 1 }),
      400,
      envelope(`Unknown field. Known fields: ${FIELDS}`),
    )
  ),
  refused(
    "a duplicate field is rejected",
    () => post(REPO, `{"name": "a", "name": "${CANARY}"}`),
    400,
    /^Request body has a duplicate field at line 1, column 15$/,
  ),
];

const rsa = makeRsaKey();
const OCI = "is for OCI registries only";
const kinds = (other: string) => `cannot be combined with '${other}': give one kind of credential`;

const TEMPLATE = { as: "repo-creds", url: "https://github.com/org/" };

/** Fields that contradict each other or the type. */
const CONTRADICTIONS: [what: string, more: object, field: string, why: string][] = [
  [
    "url and urls",
    { urls: ["https://a.example/b"] },
    "urls",
    "cannot be combined with 'url'",
  ],
  ["a password and an SSH key", { ssh_private_key: CANARY }, "ssh_private_key", kinds("username")],
  [
    "a token and a Google key",
    { ...NO_LOGIN, bearer_token: CANARY, gcp_service_account_key: CANARY },
    "gcp_service_account_key",
    kinds("bearer_token"),
  ],
  [
    "a password without a user name and a GitHub App",
    { username: undefined, github_app: APP },
    "github_app",
    kinds("password"),
  ],
  ...["helm", "oci"].flatMap((type): [string, object, string, string][] => {
    const of = { type, url: `${type}.example.com/x` };
    const git = "is for Git repositories only";
    return [
      [`${type} and a token`, { ...of, ...NO_LOGIN, bearer_token: CANARY }, "bearer_token", git],
      [`${type} and a GitHub App`, { ...of, ...NO_LOGIN, github_app: APP }, "github_app", git],
      [
        `${type} and an SSH key`,
        { ...of, ...NO_LOGIN, ssh_private_key: CANARY },
        "ssh_private_key",
        git,
      ],
      [
        `${type} and a Google key`,
        { ...of, ...NO_LOGIN, gcp_service_account_key: makeGcpKey(rsa) },
        "gcp_service_account_key",
        git,
      ],
      [`${type} and force_basic_auth`, { ...of, force_basic_auth: false }, "force_basic_auth", git],
      [`${type} and enable_lfs`, { ...of, enable_lfs: true }, "enable_lfs", git],
      [`${type} and depth`, { ...of, depth: 0 }, "depth", git],
    ];
  }),
  ...["repository_name", "project", "insecure", "enable_lfs", "depth"].map(
    (field): [string, object, string, string] => [
      `repo-creds and ${field}`,
      { ...TEMPLATE, [field]: { project: "team", depth: 1, repository_name: "x" }[field] ?? true },
      field,
      "is for repositories only: Argo CD does not read it from templates",
    ],
  ),
  [
    "several URLs and one name",
    { url: undefined, urls: ["https://a.example/b", "https://a.example/c"], repository_name: "x" },
    "repository_name",
    "is for a single URL: send one request per repository",
  ],
  ["Git and insecure_oci_http", { insecure_oci_http: true }, "insecure_oci_http", OCI],
  [
    "a chart repository and insecure_oci_http",
    { type: "helm", url: "charts.example.com/x", insecure_oci_http: true },
    "insecure_oci_http",
    OCI,
  ],
];

for (
  const test of testsOf([
    ...MISSING,
    ...TYPES,
    ...VALUES,
    ...NESTED,
    ...UNKNOWN,
    ...CONTRADICTIONS.map(([what, more, field, why]) =>
      refused(
        `${what} contradict each other`,
        () => repo(more),
        400,
        envelope(`Field '${field}' ${why}`),
      )
    ),
  ])
) Deno.test(test);
