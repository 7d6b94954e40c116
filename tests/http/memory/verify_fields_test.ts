import { NO_LOGIN, verification, VERIFY } from "../requests.ts";
import { CANARY, post, refused, testsOf } from "../support.ts";

/** Wrong fields of POST /secrets/verify; no server is contacted, and none is echoed. */

const envelope = (message: string) => ({ error: true, message, status_code: 400 });
const shown = (value: unknown) =>
  (JSON.stringify(value) ?? "nothing").replaceAll(CANARY, "x").slice(0, 80);

const asksNobody = {
  options: { verifyOne: () => Promise.reject(new Error("a server was contacted")) },
};

const FIELDS = "type, url, urls, password, username, registry, registries, ssh_private_key, " +
  "github_app, bearer_token, gcp_service_account_key, " +
  "azure_service_principal, use_azure_workload_identity, tls_client_cert, tls_client_key, proxy, " +
  "no_proxy, insecure, insecure_oci_http";

const git = { type: "git", url: "https://github.com/org/app" };
const login = { registry: "quay.io", username: "user", password: CANARY };
const AZURE = {
  client_id: "11111111-2222-3333-4444-555555555555",
  client_secret: CANARY,
  tenant_id: "example.onmicrosoft.com",
};
const REPO_ONLY = "is for repositories only";
const PULL_ONLY = "is for pull credentials only";

/** Fields besides the default login, and the expected messages. */
const ROWS: [more: object, message: string][] = [
  [NO_LOGIN, "Missing required fields: password, username"],
  [{ username: undefined }, "Missing required field: username"],
  [{ password: undefined }, "Missing required field: password"],
  [{ ...NO_LOGIN, registry: "ghcr.io" }, "Missing required fields: password, username"],
  [{ type: "git" }, "Missing required field: url"],
  [{ type: "helm", ...NO_LOGIN }, "Missing required field: url"],
  [{ ...git, username: undefined }, "Missing required field: username"],
  [{ ...git, password: undefined }, "Missing required field: password"],
  [{ type: "docker" }, "Missing required field: url"],
  [{ ...git, type: "docker" }, "Field 'type' must be git, helm or oci"],
  [{ ...git, type: null }, "Field 'type' must be git, helm or oci"],
  [{ username: 1 }, "Field 'username' must be a string"],
  [{ username: `u:${CANARY}` }, "Field 'username' must not contain a colon"],
  [{ password: [CANARY] }, "Field 'password' must be a string"],
  [{ password: "" }, "Field 'password' must not be empty"],
  [{ registry: 1 }, "Field 'registry' must be a string"],
  [
    { registry: `https://u:${CANARY}@ghcr.io` },
    "Field 'registry' must be the host of a registry, such as ghcr.io, or a path of it, such as " +
    "ghcr.io/org",
  ],
  [{ registries: [login] }, "Field 'registries' cannot be combined with 'username'"],
  [
    { ...NO_LOGIN, registry: "ghcr.io", registries: [login] },
    "Field 'registries' cannot be combined with 'registry'",
  ],
  [
    { ...NO_LOGIN, registries: [login, { ...login, registry: "QUAY.io" }] },
    "Field 'registries' must name each registry once",
  ],
  [{ ...NO_LOGIN, registries: [] }, "Field 'registries' must name at least one registry"],
  [{ url: "https://github.com/org/app" }, `Field 'url' ${REPO_ONLY}`],
  [{ urls: ["https://github.com/org/app"] }, `Field 'urls' ${REPO_ONLY}`],
  [{ bearer_token: CANARY }, `Field 'bearer_token' ${REPO_ONLY}`],
  [{ ssh_private_key: CANARY }, `Field 'ssh_private_key' ${REPO_ONLY}`],
  [
    { github_app: { id: 1, installation_id: 2, private_key: CANARY } },
    `Field 'github_app' ${REPO_ONLY}`,
  ],
  [{ gcp_service_account_key: { a: CANARY } }, `Field 'gcp_service_account_key' ${REPO_ONLY}`],
  [{ azure_service_principal: AZURE }, `Field 'azure_service_principal' ${REPO_ONLY}`],
  [{ use_azure_workload_identity: true }, `Field 'use_azure_workload_identity' ${REPO_ONLY}`],
  [{ tls_client_cert: CANARY }, `Field 'tls_client_cert' ${REPO_ONLY}`],
  [{ tls_client_key: CANARY }, `Field 'tls_client_key' ${REPO_ONLY}`],
  [{ proxy: "http://proxy.example.com" }, `Field 'proxy' ${REPO_ONLY}`],
  [{ no_proxy: "localhost" }, `Field 'no_proxy' ${REPO_ONLY}`],
  [{ insecure: false }, `Field 'insecure' ${REPO_ONLY}`],
  [{ insecure_oci_http: true }, `Field 'insecure_oci_http' ${REPO_ONLY}`],
  [{ ...git, registry: "ghcr.io" }, `Field 'registry' ${PULL_ONLY}`],
  [{ ...git, ...NO_LOGIN, registries: [login] }, `Field 'registries' ${PULL_ONLY}`],
  [{ ...git, urls: [git.url] }, "Field 'urls' cannot be combined with 'url'"],
  [{ ...git, url: undefined, urls: [] }, "Field 'urls' must contain at least one URL"],
  [
    { ...git, url: `https://u:${CANARY}@github.com/org/app` },
    "Field 'url' must not contain credentials; give them as username and password",
  ],
  [
    { ...git, bearer_token: CANARY },
    "Field 'bearer_token' cannot be combined with 'username': give one kind of credential",
  ],
  [
    { ...git, type: "helm", ...NO_LOGIN, bearer_token: CANARY },
    "Field 'bearer_token' is for Git " +
    "repositories only",
  ],
  [
    { ...git, ...NO_LOGIN, bearer_token: `${CANARY}\n` },
    "Field 'bearer_token' must contain visible ASCII characters only, without spaces or line breaks",
  ],
  [{ ...git, ...NO_LOGIN, bearer_token: "" }, "Field 'bearer_token' must not be empty"],
  [
    { ...git, ...NO_LOGIN, ssh_private_key: CANARY },
    "Field 'ssh_private_key' needs an SSH URL, like git@host:path",
  ],
  [
    { ...git, proxy: `http://proxy.example.com/${CANARY}` },
    "Field 'proxy' must be a URL like http://proxy.example.com:3128",
  ],
  [{ ...git, no_proxy: `a ${CANARY}` }, "Field 'no_proxy' must be hosts separated by commas"],
  [{ ...git, insecure: "true" }, "Field 'insecure' must be a boolean"],
  [{ ...git, insecure_oci_http: true }, "Field 'insecure_oci_http' is for OCI registries only"],
  [{ usernam: CANARY }, "Unknown field 'usernam'; did you mean 'username'?"],
  [{ cluster_name: "test-cluster" }, `Unknown field. Known fields: ${FIELDS}`],
  [{ [CANARY]: 1 }, `Unknown field. Known fields: ${FIELDS}`],
];

for (
  const test of testsOf([
    ...ROWS.map(([more, message]) =>
      refused(
        `verify with ${shown(more)}: ${message.slice(0, 60)}`,
        () => verification(more),
        400,
        envelope(message),
        asksNobody,
      )
    ),
    ...[[], "text", 1, null].map((body) =>
      refused(
        `verify of ${JSON.stringify(body)} requires an object`,
        () => post(VERIFY, JSON.stringify(body)),
        400,
        envelope("Request body must be a JSON object"),
        asksNobody,
      )
    ),
    refused(
      "verify without a body is rejected",
      () => post(VERIFY, ""),
      400,
      envelope("Request body is empty. Send a JSON object"),
      asksNobody,
    ),
    refused(
      "verify of invalid JSON reports the position and quotes nothing",
      () => post(VERIFY, `{"password": "${CANARY}`),
      400,
      /^Request body is not valid JSON at line 1, column \d+: /,
      asksNobody,
    ),
  ])
) Deno.test(test);
