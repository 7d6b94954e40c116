import assert from "node:assert/strict";
import { join } from "node:path";
import { kubeconfigFor } from "../support/kubeconfig.ts";
import { silentPort } from "../support/silent_port.ts";
import { trustTests } from "./world.ts";

const trustTest = trustTests((test) => Deno.test(test));

/** Cluster names that would leave the folder, or be a flag of kubectl. */

const NAMES = [
  "../x",
  "..%2fx",
  "%2e%2e%2fx",
  "%2e%2e%2f",
  "../clusters/c",
  "c/../../x",
  "c/../c",
  "/etc/passwd",
  "c\0",
  "\0",
  "-v",
  "-v=9",
  "--kubeconfig=x",
  ".kubeconfig",
  "c\n",
  "c ",
  "x".repeat(300),
];

trustTest(
  "a cluster name ../x, %2e%2e%2f, NUL, -v or of 300 characters: 400, and no process is started",
  async ({ folder, clusters, start, kubectlStarts }) => {
    // A server listens at the target of the path upwards.
    const outside = silentPort();
    try {
      const kubeconfig = kubeconfigFor(outside.url);
      await Deno.writeTextFile(join(folder, "x.kubeconfig"), kubeconfig, { mode: 0o600 });
      await Deno.writeTextFile(join(clusters, ".kubeconfig"), kubeconfig, { mode: 0o600 });
      const running = await start();
      for (const name of NAMES) {
        const encoded = encodeURIComponent(name);
        const queries = [
          encoded,
          encodeURIComponent(encoded),
          ...(/^[.%]/.test(name) ? [name] : []),
        ];
        const answers = [
          ...await Promise.all(
            queries.map((each) => running.ask("GET", `/secrets?cluster=${each}`)),
          ),
          await running.addDocker({ cluster_name: name, name: "x", namespaces: "default" }),
          await running.addHelmRepo({ cluster_name: name, name: "x", repository_url: "ghcr.io/x" }),
        ];
        for (const { status, text, body } of answers) {
          assert.equal(status, 400, `${JSON.stringify(name)}: ${text}`);
          assert.match(body.message, /is invalid: a cluster name /);
          assert.ok(!text.includes("passwd") && !text.includes("x".repeat(300)), text);
        }
      }
      assert.deepEqual(kubectlStarts(), []);
      assert.equal(outside.connections, 0);
    } finally {
      await outside.close();
    }
  },
);
