import assert from "node:assert/strict";
import { inventory, type InventorySettings } from "../../src/credentials/inventory.ts";
import { fingerprintsIn } from "../../src/credentials/fingerprints.ts";
import { encodeBase64 } from "../support/base64.ts";
import { soon } from "./secrets.ts";
import { contractTests } from "./subject.ts";
import { type EmulatedWorld, emulatorSubject, TRANSPORTS } from "./subjects.ts";

const contractTest = contractTests((test) => Deno.test(test));

/** The requests of an inventory, over each transport. */

const SETTINGS: InventorySettings = {
  argocdNamespace: "argocd",
  dockerLabels: { "tests.invalid/type": "docker" },
  dockerNamespaces: ["argocd"],
};

const EVERYTHING = { everywhere: true, serviceAccounts: true };

/** Creates this many of each, in namespaces of their own. */
function fill({ emulator: { cluster }, canary }: EmulatedWorld, count: number): void {
  const password = encodeBase64(canary.value);
  const auths = { "ghcr.io": { auth: encodeBase64(`robot:${canary.value}`) } };
  const data = { ".dockerconfigjson": encodeBase64(JSON.stringify({ auths })) };
  const type = "kubernetes.io/dockerconfigjson";
  for (let i = 0; i < count; i++) {
    const labels = { "argocd.argoproj.io/secret-type": i % 2 === 0 ? "repository" : "repo-creds" };
    const url = encodeBase64(`https://git.example.com/${i}`);
    const repository = { url, password };
    cluster.put({ metadata: { namespace: "argocd", name: `r-${i}`, labels }, data: repository });
    const docker: Record<string, string> = i % 2 === 0 ? { "tests.invalid/type": "docker" } : {};
    cluster.put({ metadata: { namespace: `n-${i}`, name: "pull", labels: docker }, type, data });
    cluster.putServiceAccount({ metadata: { namespace: `n-${i}`, name: "default" } });
  }
}

/** The requests to the cluster: path and query of each list. */
const asked = ({ emulator }: EmulatedWorld) =>
  emulator.requests.filter((line) => /\/(secrets|serviceaccounts)(\?| |$)/.test(line));

for (const transport of TRANSPORTS) {
  for (const count of [1, 120]) {
    contractTest(
      emulatorSubject(transport),
      `an inventory of ${count} of each takes five requests, and each credential has its fingerprint`,
      async (world) => {
        fill(world, count);
        const taken = await inventory(world.store, SETTINGS, EVERYTHING, soon());
        assert.equal(taken.argocd.length, count);
        assert.equal(taken.pullSecrets.length, count);
        assert.equal(taken.serviceAccounts?.length, count);
        assert.deepEqual([taken.warnings, taken.isWhole], [[], true]);
        assert.equal(asked(world).length, 5, asked(world).join("\n"));
        const prints = await Promise.all(
          [...taken.argocd, ...taken.pullSecrets].map((secret) =>
            fingerprintsIn(
              secret,
              (value) => Promise.resolve(value.reveal() === world.canary.value ? "same" : "other"),
            )
          ),
        );
        const values = new Set(prints.flatMap((each) => Object.entries(each).map(String)));
        assert.deepEqual(values, new Set(["password,same", "ghcr.io,same"]));
      },
    );
  }

  contractTest(
    emulatorSubject(transport),
    "an inventory without values requests none, and has the fields that are no credential",
    async (world) => {
      fill(world, 2);
      const scope = { ...EVERYTHING, values: false };
      const { argocd, pullSecrets } = await inventory(world.store, SETTINGS, scope, soon());
      assert.deepEqual(
        argocd.map(({ data }) => data.reveal().url),
        [0, 1].map((i) => encodeBase64(`https://git.example.com/${i}`)),
      );
      assert.deepEqual(pullSecrets.map(({ data }) => data.reveal()), [{}, {}]);
      const all = JSON.stringify(argocd.map(({ data }) => data.reveal()));
      assert.doesNotMatch(all, new RegExp(encodeBase64(world.canary.value)));
      if (transport.name !== "api") return; // kubectl reads the values, but they stay in its process
      const pulls = asked(world).filter((line) => /^GET \/api\/v1\/secrets\?/.test(line));
      assert.equal(pulls.length, 3);
      for (const line of pulls) assert.match(line, /includeObject=Metadata/);
    },
  );
}
