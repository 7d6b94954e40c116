import assert from "node:assert/strict";
import { controlPlaneFromEnv } from "../../../scripts/control_plane/connect.ts";
import {
  type ConnectionName,
  connectionNames,
} from "../../../scripts/control_plane/connections.ts";
import { kubeconfigFor } from "../../support/kubeconfig.ts";
import { PATIENCE } from "../../support/patience.ts";
import { type RealProgram, realTests } from "../../support/real_program.ts";
import { silentPort } from "../../support/silent_port.ts";
import { assertTakesLess } from "../../support/takes_less.ts";
import { kubeconfigOf } from "./cluster.ts";

const plane = controlPlaneFromEnv();

const { realTest, realTestWith, realTestOver } = realTests((test) => Deno.test(test));

/** `GET /api/v1/clusters?check=true` on a real API server, over both transports. */

// deno-lint-ignore no-explicit-any -- a response, accessed by field names
type Json = any;

/** Self-contained kubeconfigs of the test cluster, for any of its users. */
async function checkOf(program: RealProgram, name: string): Promise<Json> {
  if ((connectionNames as readonly string[]).includes(name)) {
    const path = plane!.kubeconfigs[name as ConnectionName];
    await program.addCluster(name, await Deno.readTextFile(path));
  }
  const { status, body } = await program.get(`/api/v1/clusters?check=true&clusters=${name}`);
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual(body.clusters.map((each: Json) => each.name), [name]);
  return body.clusters[0].check;
}

const VERBS = ["get", "list", "create", "update", "delete"];
const READ = ["get", "list"];

/** Users of the test cluster and their rights: on secrets in argocd, on all secrets, and others. */
const PEOPLE: [
  name: string,
  argocd: string[],
  all: string[],
  namespaces: string[],
  sa: string[],
][] = [
  ["administrator", VERBS, VERBS, ["get", "list", "create"], ["get", "list", "update"]],
  ["two-namespaces", VERBS, [], [], []],
  ["reader", READ, READ, READ, []],
  ["impersonation", READ, READ, READ, []],
  ["no-rights", [], [], [], []],
];

realTest(
  "a check reports each kubeconfig's permissions as the API server does",
  async (program) => {
    for (const [name, argocd, secrets, namespaces, service_accounts] of PEOPLE) {
      const check = await checkOf(program, name);
      assert.deepEqual([check.reachable, check.status], [true, "success"], name);
      assert.match(check.version, /^v1\.\d+\.\d+/);
      const { missing, limited: _, ...rights } = check.rights;
      assert.deepEqual(rights, {
        argocd_namespace: { namespace: "argocd", secrets: argocd },
        all_namespaces: { secrets, namespaces, service_accounts },
      }, name);
      const lacking = VERBS.filter((verb) => !argocd.includes(verb)).join(", ");
      assert.deepEqual(missing, lacking === "" ? [] : [`${lacking} secrets in namespace 'argocd'`]);
      if (check.clock_skew_seconds !== undefined) {
        assert.ok(Math.abs(check.clock_skew_seconds) <= 2, `${check.clock_skew_seconds}`);
      }
    }
  },
);

realTest(
  "a check reports the rights of a new kubeconfig, and what it may not read",
  async (program) => {
    const SECRETS = { resources: ["secrets"], verbs: VERBS };
    await program.addCluster("limited", await kubeconfigOf(SECRETS));
    const check = await checkOf(program, "limited");
    assert.deepEqual(check.rights.all_namespaces.secrets, VERBS);
    assert.deepEqual(check.rights.missing, []);
    // Reading Argo CD's version requires a right that nothing else needs.
    assert.equal(check.argocd_version, undefined);
    assert.match(
      check.message,
      /^Cannot list deployments in namespace 'argocd' of cluster 'limited': .*no permission \(Forbidden\)/,
    );
  },
);

const REFUSED: [name: string, reachable: boolean, status: string, message: RegExp][] = [
  ["wrong-token", true, "unauthorized", /rejected the kubeconfig's credentials \(Unauthorized\)$/],
  [
    "expired-certificate",
    true,
    "unauthorized",
    /rejected the kubeconfig's credentials \(Unauthorized\)$/,
  ],
  ["exec-plugin-fails", false, "unauthorized", /credential plugin returned no credentials$/],
  ["closed-port", false, "cluster_unreachable", /connection refused$/],
  ["wrong-ca", false, "error", /does not trust the server's certificate \(x509: .*\)$/],
];

realTest(
  "a check tells a rejected credential from an unreachable cluster",
  async (program) => {
    for (const [name, reachable, status, message] of REFUSED) {
      const check = await checkOf(program, name);
      assert.deepEqual([check.reachable, check.status], [reachable, status], name);
      assert.match(check.message, message, name);
      assert.deepEqual(check.rights, { unknown: check.message });
      assert.equal(check.version, undefined);
    }
  },
);

realTest(
  "a check reports when a client certificate expires or has expired",
  async (program) => {
    const now = Date.now();
    const good = await checkOf(program, "client-certificate");
    assert.equal(good.status, "success");
    assert.ok(Date.parse(good.credential_expires) > now, good.credential_expires);
    const { credential_expires } = await checkOf(program, "expired-certificate");
    assert.ok(Date.parse(credential_expires) < now, credential_expires);
  },
);

realTestWith(
  { kubectl_timeout: PATIENCE },
  "a hung cluster costs only its own timeout, without further requests to it",
  async (program) => {
    const port = silentPort();
    try {
      await program.addCluster("hung", kubeconfigFor(port.url));
      const labels = "hung: {argocd-configurer.io/timeout: 2}\n";
      await Deno.writeTextFile(`${program.folder}/labels.yaml`, labels, { mode: 0o600 });
      await checkOf(program, "reader"); // warms up shared caches
      await assertTakesLess(6000, async () => {
        const began = performance.now();
        const names = "hung,reader,closed-port";
        const { body } = await program.get(`/api/v1/clusters?check=true&clusters=${names}`);
        const took = performance.now() - began;
        assert.ok(took >= 1950, `it took ${took} ms`);
        const statuses = Object.fromEntries(
          body.clusters.map(({ name, check }: Json) => [name, check.status]),
        );
        assert.deepEqual(statuses, {
          "closed-port": "cluster_unreachable",
          hung: "timeout",
          reader: "success",
        });
      });
    } finally {
      await port.close();
    }
  },
);

realTestWith(
  { kubectl_timeout: 2 },
  "a check contacts a cluster whose circuit breaker is open",
  async (program) => {
    const port = silentPort();
    try {
      await program.addCluster("moody", kubeconfigFor(port.url));
      for (let i = 0; i < 2; i++) await program.get("/secrets?cluster=moody");
      const left = await program.get("/secrets?cluster=moody");
      assert.equal(left.status, 503);
      const before = port.connections;
      assert.equal((await checkOf(program, "moody")).status, "timeout");
      assert.ok(port.connections > before, "the cluster was not contacted");
      assert.equal((await program.get("/secrets?cluster=moody")).status, 503);
    } finally {
      await port.close();
    }
  },
);

realTest(
  "two names of one server are reported, and nothing of a kubeconfig is shown",
  async (program) => {
    const { body } = await program.get("/api/v1/clusters");
    const of = (name: string) => body.clusters.find((each: Json) => each.name === name);
    assert.ok(of("reader").same_server_as.includes("administrator"));
    assert.ok(of("administrator").same_server_as.includes("reader"));
    assert.match(of("reader").server, /^https:\/\/127\.0\.0\.1:\d+$/);
  },
);

realTestOver(
  "api",
  {},
  "the expiry of a plugin's credential is known when the plugin was run by the server",
  async (program) => {
    const before = Date.now();
    const { status, credential_expires } = await checkOf(program, "exec-plugin");
    assert.equal(status, "success");
    const left = Date.parse(credential_expires) - before;
    assert.ok(left > 0 && left <= 11 * 60_000, credential_expires);
  },
);

realTestOver(
  "kubectl",
  {},
  "the expiry of a plugin's credential is unknown when kubectl ran the plugin",
  async (program) => {
    const { status, credential_expires } = await checkOf(program, "exec-plugin");
    assert.deepEqual([status, credential_expires], ["success", undefined]);
  },
);
