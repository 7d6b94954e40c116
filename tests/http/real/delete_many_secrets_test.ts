import assert from "node:assert/strict";
import { uniqueName } from "../../support/api_objects.ts";
import { encodeBase64 } from "../../support/base64.ts";
import { type RealProgram, realTests } from "../../support/real_program.ts";
import { versions } from "./cluster.ts";

const { realTestOver, realTestWith } = realTests((test) => Deno.test(test));

/** DELETE /secrets for more secrets than kubectl can delete in time, on the real API server. */

const COUNT = 80;

/** Creates a managed pull secret in many namespaces; returns their names. */
async function putMany(program: RealProgram, name: string): Promise<string[]> {
  const auths = JSON.stringify({ auths: { "ghcr.io": { password: program.canary.value } } });
  const putting = Array.from({ length: COUNT }, async () => {
    const namespace = await program.namespace();
    await program.put({
      metadata: {
        namespace,
        name,
        labels: { "app.kubernetes.io/managed-by": "argocd-configurer" },
      },
      type: "kubernetes.io/dockerconfigjson",
      data: { ".dockerconfigjson": encodeBase64(auths) },
    });
    return namespace;
  });
  return await Promise.all(putting);
}

const removeMany = (program: RealProgram, name: string, namespaces: string[], more = "") =>
  program.delete(
    `/secrets?cluster=administrator&name=${name}&namespaces=${namespaces.join(",")}${more}`,
  );

realTestOver(
  "kubectl",
  { kubectl_timeout: 2.5 },
  "a deletion of more secrets than the timeout allows deletes none",
  async (program) => {
    const name = uniqueName("pull");
    const namespaces = await putMany(program, name);
    const before = await versions(namespaces);
    for (const more of ["&dry_run=true", ""]) {
      const { status, body } = await removeMany(program, name, namespaces, more);
      // A machine with many cores may delete all of them in time.
      if (status === 200) return;
      assert.equal(status, 504);
      // A slow one may not even read them in time.
      assert.match(
        body.message,
        /^Cannot (delete 80 secrets of cluster 'administrator': one kubectl process per secret takes about \d+ seconds, but only \d are left, so nothing was deleted\. Set kubectl_timeout to \d+ or transport to api$|read |list |.* no response within )/,
      );
      assert.deepEqual(await versions(namespaces), before);
    }
  },
);

realTestWith(
  { kubectl_timeout: 60 },
  "with enough time many secrets are deleted",
  async (program) => {
    const name = uniqueName("pull");
    const namespaces = await putMany(program, name);
    const { status, body } = await removeMany(program, name, namespaces);
    assert.deepEqual([status, body.message], [200, `${COUNT} secrets deleted`]);
    for (const namespace of namespaces) {
      assert.equal(await program.find(namespace, name), undefined, namespace);
    }
  },
);
