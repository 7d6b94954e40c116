import assert from "node:assert/strict";
import { operationNamed } from "../../operations/table.ts";
import { load } from "./load.ts";
import { flagNamesOf } from "./names.ts";

/** The names of an operation's fields in a command. */
async function namesFor(operation: string, places: Record<string, string> = {}) {
  const found = operationNamed(operation);
  const { loaded: [loaded] } = await load({ ...found.command!, operations: [found] });
  return flagNamesOf(loaded, places);
}

const DOCKER = await namesFor("addDocker", { cluster: "--cluster" });
const REPO = await namesFor("addRepo", { cluster: "--cluster" });
const ROTATE = await namesFor("rotateCredential", { clusters: "--cluster" });
const DELETE = await namesFor("deleteSecret", { cluster: "CLUSTER", name: "NAME" });

const NAMES: [names: typeof DOCKER, path: string, name: string][] = [
  [DOCKER, "cluster", "--cluster"],
  [DOCKER, "namespace_selector", "--namespace-selector"],
  [DOCKER, "password", "the password"],
  [DOCKER, "registries", "--registries-file"],
  [DOCKER, "registries.0.username", "--registries-file (at 0.username)"],
  [DOCKER, "dry_run", "--dry-run"],
  [REPO, "urls", "--url"],
  [REPO, "urls.1", "--url (at 1)"],
  [REPO, "proxy", "--proxy"],
  [REPO, "bearer_token", "the bearer token"],
  [REPO, "github_app", "--github-app-…"],
  [REPO, "github_app.id", "--github-app-id"],
  [REPO, "github_app.private_key", "--github-app-private-key-file"],
  [ROTATE, "find", "the credential to replace"],
  [ROTATE, "find.password", "the old password"],
  [ROTATE, "find.url_prefix", "--url-prefix"],
  [ROTATE, "find.username", "--old-username"],
  [ROTATE, "set.password", "the password"],
  [ROTATE, "set.username", "--username"],
  [ROTATE, "set.tls_client_key", "--tls-client-key-file"],
  [DELETE, "cluster", "CLUSTER"],
  [DELETE, "name", "NAME"],
];

for (const [names, path, name] of NAMES) {
  Deno.test(`${path} is called ${name}`, () => assert.equal(names.of(path), name));
}

const PASSWORD =
  "a password: give --password-stdin, --password-file FILE or the environment variable " +
  "ARGOCD_CONFIGURER_PASSWORD";

const MISSING: [names: typeof DOCKER, paths: string[], said: string][] = [
  [DOCKER, ["username"], "Missing --username"],
  [DOCKER, ["password", "username", "cluster"], `Missing --cluster, --username; ${PASSWORD}`],
  [
    DOCKER,
    ["password", "namespaces", "name"],
    `Missing --name; --namespaces, --namespace-selector or --all-namespaces; ${PASSWORD}`,
  ],
  [
    REPO,
    ["bearer_token", "tls_client_key"],
    "Missing --tls-client-key-file; " +
    "a bearer token: give --bearer-token-stdin or --bearer-token-file FILE",
  ],
  [DELETE, ["name", "cluster"], "Missing CLUSTER; NAME"],
];

for (const [names, paths, said] of MISSING) {
  Deno.test(`missing ${paths.join(", ")} is reported as: ${said}`, () => {
    assert.equal(names.missing(paths), said);
  });
}
