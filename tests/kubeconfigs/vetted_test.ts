import assert from "node:assert/strict";
import { KubeconfigRejected, vetKubeconfig, type VetRules } from "../../src/clusters/vet.ts";
import { makeAuthority } from "../../scripts/control_plane/certificates.ts";
import type { Parts } from "./row.ts";
import { ROWS } from "./rows.ts";
import { write } from "./stage.ts";

/**
 * The table without kubectl and without a cluster: what is rejected before any request, and that the
 * error quotes nothing of the file.
 */

const authority = makeAuthority("of the server");
const other = makeAuthority("of somebody else");
const PARTS: Parts = {
  url: "https://127.0.0.1:6443",
  ca: authority.certificate,
  otherCa: other.certificate,
  token: `token-${crypto.randomUUID()}`,
  client: authority.issue({ commonName: "u", for: "client" }),
  otherKey: other.issue({ commonName: "u", for: "client" }).key,
  plain: "127.0.0.1:8080",
  proxy: "http://127.0.0.1:3128",
  canary: `canary-${crypto.randomUUID()}`,
  plugin: Deno.execPath(),
  failingPlugin: Deno.execPath(),
};

for (const { where, row } of ROWS) {
  const { verdict } = row;
  const why = typeof verdict === "object" && "refused" in verdict ? verdict.refused : undefined;
  Deno.test(`kubeconfig ${where}: ${row.what}: ${why ? "is rejected" : "is accepted"}`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      const file = await write(row, PARTS, folder, "x");
      for (const isOverApi of [false, true]) {
        const rules: VetRules = {
          owners: [Deno.uid()!],
          group: Deno.gid()!,
          allowExecPlugins: true,
          programs: Deno.env.get("PATH"),
          isOverApi,
        };
        const vetting = vetKubeconfig(file, rules);
        if (why === undefined) await vetting;
        else await assert.rejects(vetting, refusal(why));
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

const SECRETS = [PARTS.canary, PARTS.token, PARTS.client.key, PARTS.otherKey];

function refusal(why: RegExp) {
  return (error: Error) => {
    assert.ok(error instanceof KubeconfigRejected, Deno.inspect(error));
    assert.match(error.why, why);
    for (const secret of SECRETS) {
      assert.ok(!Deno.inspect(error).includes(secret), "a secret is quoted");
    }
    return true;
  };
}
