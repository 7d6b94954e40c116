import assert from "node:assert/strict";
import { ownTrust } from "../../files/trusted.ts";
import { parseConfig } from "../../kube/kubeconfig/shape.ts";
import { readYaml } from "../../kube/kubeconfig/yaml.ts";
import { loginOf } from "./login.ts";
import { clusterNamesOf } from "./names.ts";
import { planImport, type PlannedContext, type PlanOptions } from "./plan.ts";
import type { ExistingCluster } from "./existing.ts";

const RULES = { ...ownTrust(), allowExecPlugins: true };

/** A config of contexts, each with its server and token. */
const configWith = (contexts: Readonly<Record<string, readonly [server: string, token: string]>>) =>
  parseConfig(readYaml(JSON.stringify({
    clusters: Object.entries(contexts)
      .map(([name, [server]]) => ({ name, cluster: { server: `https://${server}` } })),
    users: Object.entries(contexts).map(([name, [, token]]) => ({ name, user: { token } })),
    contexts: Object.keys(contexts).map((name) => ({
      name,
      context: { cluster: name, user: name },
    })),
  })));

/** An existing cluster of the folder. */
function there(name: string, server: string, token: string, isSource = false): ExistingCluster {
  const login = loginOf(configWith({ x: [server, token] }), "x", RULES);
  return { name, login, isSource };
}

function planned(
  config: PlanOptions["config"],
  clusters: readonly ExistingCluster[] = [],
  more: Partial<PlanOptions> = {},
): readonly PlannedContext[] {
  const contexts = [...config.contexts]
    .map(([context, { cluster, user }]) => ({ context, cluster, user }));
  return planImport({
    config,
    contexts: contexts.map(({ context }) => context),
    names: clusterNamesOf(contexts),
    rules: RULES,
    there: new Map(clusters.map((each) => [each.name, each])),
    overwrite: false,
    ...more,
  });
}

/** The action as text: `create prod`, or the reason. */
const told = (rows: readonly PlannedContext[]) =>
  rows.map(({ cluster, action, sameServerAs }) =>
    [
      action.kind,
      cluster,
      "why" in action ? action.why : undefined,
      sameServerAs && `as ${sameServerAs}`,
    ].filter(Boolean).join(" ")
  );

const PROD = configWith({ prod: ["a.example.com", "fake"] });

Deno.test("a context that is not in the folder is created", () => {
  assert.deepEqual(told(planned(PROD)), ["create prod"]);
  assert.equal(planned(PROD)[0]!.server, "https://a.example.com");
});

Deno.test("a cluster that exists under any name is unchanged, unless another context has that name", () => {
  const rows = (cluster: ExistingCluster, config = PROD) => told(planned(config, [cluster]));
  assert.deepEqual(rows(there("prod", "a.example.com", "fake")), ["unchanged prod"]);
  assert.deepEqual(rows(there("mine", "a.example.com", "fake")), ["unchanged mine"]);
  const two = configWith({ mine: ["b.example.com", "x"], prod: ["a.example.com", "fake"] });
  assert.deepEqual(rows(there("mine", "a.example.com", "fake"), two), [
    "skipped mine its cluster already exists with another server; --overwrite replaces it",
    "create prod as mine",
  ]);
});

const KEPT: [sentence: string, cluster: ExistingCluster, why: string][] = [
  ["another credential", there("prod", "a.example.com", "other"), "with another credential"],
  ["another server", there("prod", "b.example.com", "fake"), "with another server"],
  [
    "a rejected kubeconfig",
    { name: "prod", isSource: false, why: "it is empty" },
    "with an unusable kubeconfig (it is empty)",
  ],
];

for (const [sentence, cluster, why] of KEPT) {
  Deno.test(`a cluster with ${sentence} is replaced only with --overwrite`, () => {
    assert.deepEqual(told(planned(PROD, [cluster])), [
      `skipped prod its cluster already exists ${why}; --overwrite replaces it`,
    ]);
    assert.deepEqual(told(planned(PROD, [cluster], { overwrite: true })), ["replace prod"]);
  });
}

Deno.test("the imported file counts as a cluster only for the context of its own name, and is never replaced", () => {
  const all = there("all", "a.example.com", "fake", true);
  assert.deepEqual(told(planned(PROD, [all])), ["create prod"]);
  const own = there("prod", "a.example.com", "fake", true);
  assert.deepEqual(told(planned(PROD, [own], { overwrite: true })), ["unchanged prod"]);
  const other = there("prod", "b.example.com", "fake", true);
  for (const overwrite of [false, true]) {
    assert.deepEqual(told(planned(PROD, [other], { overwrite })), [
      "skipped prod its cluster is the file being imported; move the file out of the clusters " +
      "folder first",
    ]);
  }
});

Deno.test("contexts with the same server are reported, whatever their credentials", () => {
  const config = configWith({
    a: ["x.example.com", "1"],
    b: ["X.example.com:443/", "2"],
    c: ["y.example.com", "1"],
  });
  assert.deepEqual(told(planned(config)), ["create a", "create b as a", "create c"]);
  const rows = told(planned(config, [there("old", "y.example.com", "9")]));
  assert.deepEqual(rows, ["create a", "create b as a", "create c as old"]);
});

Deno.test("an existing cluster is created again under a name that the user gives", () => {
  const names = new Map([["prod", { name: "new" }]]);
  const mine = there("mine", "a.example.com", "fake");
  const rows = told(planned(PROD, [mine], { names, anyName: false }));
  assert.deepEqual(rows, ["create new as mine"]);
});

/** Kubeconfigs with one context `x`, and why it is skipped. */
const LEFT_OUT: [user: object, cluster: object, why: string][] = [
  [{}, {}, "its user has no credentials"],
  [{ token: "a", username: "b" }, {}, "its user has both a token and a user name or password"],
  [{ token: "a" }, { server: "" }, "the 'server' of its cluster is not an http or https URL"],
  [
    { token: "a" },
    { "certificate-authority": "/nonexistent/ca" },
    "the 'certificate-authority' of its cluster (/nonexistent/ca) does not exist",
  ],
  [
    { "client-key": "/nonexistent/key", token: "a" },
    {},
    "a file that it names cannot be read",
  ],
  [
    { token: "a", "client-key": "/dev/zero" },
    {},
    "a file that it names cannot be trusted: it is not a " +
    "regular file",
  ],
  [
    { exec: { command: "no-such-plugin", apiVersion: "client.authentication.k8s.io/v1beta1" } },
    {},
    "the credential plugin 'no-such-plugin' of its user is not on the server's PATH (executable not found)",
  ],
];

for (const [user, cluster, why] of LEFT_OUT) {
  Deno.test(`a context is skipped when ${why}`, () => {
    const config = parseConfig(readYaml(JSON.stringify({
      clusters: [{ name: "c", cluster: { server: "https://a.example.com", ...cluster } }],
      users: [{ name: "u", user }],
      contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    })));
    const rules = { ...RULES, programs: "/nonexistent" };
    assert.deepEqual(told(planned(config, [], { rules })), [`skipped ${why}`]);
  });
}

Deno.test("a context that runs a credential plugin is skipped if plugins are not allowed", () => {
  const exec = { command: "aws", apiVersion: "client.authentication.k8s.io/v1beta1" };
  const config = parseConfig(readYaml(JSON.stringify({
    clusters: [{ name: "c", cluster: { server: "https://a.example.com" } }],
    users: [{ name: "u", user: { exec } }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
  })));
  const rules = { ...RULES, allowExecPlugins: false };
  assert.deepEqual(told(planned(config, [], { rules })), [
    "skipped its user runs a credential plugin, and allow-exec-plugins is false",
  ]);
});
