import assert from "node:assert/strict";
import { ConfigError, loadConfig } from "./load.ts";
import type { SettingKey } from "./schema.ts";

async function loaded(
  content: string | undefined,
  options: {
    env?: Record<string, string>;
    flags?: Partial<Record<SettingKey, unknown>>;
    fileRequired?: boolean;
  } = {},
) {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/config.yaml`;
  try {
    if (content !== undefined) await Deno.writeTextFile(file, content);
    const { env = {}, flags = {}, fileRequired = false } = options;
    return await loadConfig({ file, env, flags, fileRequired });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("what ships in configs/defaults.yaml is the seed's", async () => {
  const file = new URL("../../configs/defaults.yaml", import.meta.url).pathname;
  const { settings, warnings } = await loadConfig({ file, env: {}, flags: {}, fileRequired: true });
  assert.deepEqual(warnings, []);
  assert.equal(settings["clusters-folder"], "clusters");
  assert.equal(settings.kubectl_timeout, 10);
  assert.equal(settings["argocd-namespace"], "argocd");
});

Deno.test("without the key the timeout is 30 seconds", async () => {
  assert.equal((await loaded("")).settings.kubectl_timeout, 30);
});

Deno.test("a flag wins over the environment, that over the file, that over the default", async () => {
  const file = "port: 1\nkubectl_timeout: 1\nhost: file\n";
  const env = { ARGOCD_CONFIGURER_KUBECTL_TIMEOUT: "2", ARGOCD_CONFIGURER_HOST: "env" };
  const { settings } = await loaded(file, { env, flags: { host: "flag" } });
  assert.deepEqual(
    [settings.port, settings.kubectl_timeout, settings.host, settings["argocd-namespace"]],
    [1, 2, "flag", "argocd"],
  );
});

Deno.test("lists and maps come from the environment as YAML", async () => {
  const { settings } = await loaded("", {
    env: {
      ARGOCD_CONFIGURER_DOCKER_LABELS: "{team/type: docker}",
      ARGOCD_CONFIGURER_ALLOWED_HOSTS: "[ops, ops.example]",
    },
  });
  assert.deepEqual(settings["docker-labels"], { "team/type": "docker" });
  assert.deepEqual(settings["allowed-hosts"], ["ops", "ops.example"]);
});

Deno.test("a missing default file is a warning, a missing named one an error", async () => {
  assert.match((await loaded(undefined)).warnings[0]!, /No configuration file/);
  await assert.rejects(loaded(undefined, { fileRequired: true }), ConfigError);
});

Deno.test("an unknown key is a warning that names the nearest", async () => {
  const { warnings } = await loaded("kubectl-timeout: 5\n");
  assert.match(
    warnings[0]!,
    /'kubectl-timeout' in .*config.yaml:1; did you mean 'kubectl_timeout'/,
  );
});

const INVALID: [content: string, message: RegExp][] = [
  ["# first\nport: many\n", /'port' from .*config\.yaml:2/],
  ["port: 70000\n", /'port' from .*config\.yaml:1/],
  ["kubectl_timeout: 0\n", /'kubectl_timeout'/],
  ["kubectl_timeout: soon\n", /'kubectl_timeout'/],
  ["transport: pigeon\n", /'transport'/],
  ["argocd-namespace: Argo CD\n", /'argocd-namespace'.*is not a namespace/],
  ["docker-labels: {}\n", /'docker-labels'.*at least one/],
  ["docker-namespaces: [a, B]\n", /'docker-namespaces.1'/],
  ["a: b: c\n", /config\.yaml:1:\d+: it is not valid YAML/],
  ["- a\n", /not a YAML mapping/],
];

for (const [content, message] of INVALID) {
  Deno.test(`a configuration of ${JSON.stringify(content)} stops the start`, () =>
    assert.rejects(loaded(content), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, message);
      return true;
    }));
}
