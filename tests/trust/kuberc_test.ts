import assert from "node:assert/strict";
import { join } from "node:path";
import { uniqueName } from "../support/api_objects.ts";
import { trustTests } from "./world.ts";

const trustTest = trustTests((test) => Deno.test(test));

/**
 * What a user has set for kubectl of one's own.
 * @see https://kubernetes.io/docs/reference/kubectl/kuberc/
 */
const KUBERC = `apiVersion: kubectl.config.k8s.io/v1beta1
kind: Preference
defaults:
  - command: create
    options: [{ name: dry-run, default: client }]
  - command: replace
    options: [{ name: dry-run, default: client }]
  - command: get
    options: [{ name: output, default: name }]
`;

trustTest(
  "a kuberc that makes every command a dry run does not affect writes",
  async ({ folder, argocd, find, start, namespace }) => {
    const file = join(folder, "kuberc");
    await Deno.writeTextFile(file, KUBERC);
    const running = await start({ env: { KUBERC: file, KUBECTL_KUBERC: "true" } });
    const write = { name: uniqueName("pull"), namespaces: await namespace(), upsert: true };
    const created = await running.addDocker(write);
    assert.equal(created.status, 200, created.text);
    const first = await find(argocd, write.name);
    assert.ok(first);
    const replaced = await running.addDocker({ ...write, username: "another" });
    assert.equal(replaced.status, 200, replaced.text);
    const second = await find(argocd, write.name);
    assert.notEqual(second?.metadata.resourceVersion, first.metadata.resourceVersion);
  },
  ["kubectl"],
);
