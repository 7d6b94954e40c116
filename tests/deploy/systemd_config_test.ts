import assert from "node:assert/strict";
import { loadConfig } from "../../src/config/load.ts";
import { deployFile, readDeployFile } from "./files.ts";

Deno.test("the service's settings are known, and it writes to its state folder", async () => {
  const { settings, warnings } = await loadConfig({
    file: deployFile("systemd/config.yaml"),
    env: {},
    flags: {},
    fileRequired: true,
  });
  assert.deepEqual(warnings, []);
  assert.equal(settings["audit-log"], "/var/lib/argocd-configurer/audit.log");
  assert.match(
    await readDeployFile("systemd/argocd-configurer.service"),
    /^StateDirectory=argocd-configurer$/m,
  );
});
