import assert from "node:assert/strict";
import { assertTakesLess } from "../../tests/support/takes_less.ts";
import { ConfigError, loadConfig } from "./load.ts";
import type { SettingKey } from "./schema.ts";
import { warningText } from "./warning.ts";

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

Deno.test("configs/defaults.yaml has the seed's values", async () => {
  const file = new URL("../../configs/defaults.yaml", import.meta.url).pathname;
  const { settings, warnings } = await loadConfig({ file, env: {}, flags: {}, fileRequired: true });
  assert.deepEqual(warnings, []);
  assert.equal(settings["clusters-folder"], "clusters");
  assert.equal(settings.kubectl_timeout, 10);
  assert.equal(settings["argocd-namespace"], "argocd");
});

Deno.test("without kubectl_timeout, the timeout is 30 seconds", async () => {
  assert.equal((await loaded("")).settings.kubectl_timeout, 30);
});

Deno.test("a flag overrides the environment, which overrides the file, which overrides the default", async () => {
  const file = "port: 1\nkubectl_timeout: 1\nhost: file\n";
  const env = { ARGOCD_CONFIGURER_KUBECTL_TIMEOUT: "2", ARGOCD_CONFIGURER_HOST: "env" };
  const { settings } = await loaded(file, { env, flags: { host: "flag" } });
  assert.deepEqual(
    [settings.port, settings.kubectl_timeout, settings.host, settings["argocd-namespace"]],
    [1, 2, "flag", "argocd"],
  );
});

Deno.test("lists and maps in environment variables are YAML", async () => {
  const { settings } = await loaded("", {
    env: {
      ARGOCD_CONFIGURER_DOCKER_LABELS: "{team/type: docker}",
      ARGOCD_CONFIGURER_ALLOWED_HOSTS: "[ops, ops.example]",
    },
  });
  assert.deepEqual(settings["docker-labels"], { "team/type": "docker" });
  assert.deepEqual(settings["allowed-hosts"], ["ops", "ops.example"]);
});

Deno.test("behind-proxy is a list or true, in the file and in the environment", async () => {
  const of = async (file: string, env: Record<string, string> = {}) =>
    (await loaded(file, { env })).settings["behind-proxy"];
  assert.equal(await of(""), false);
  assert.equal(await of("behind-proxy: true\n"), true);
  assert.deepEqual(await of("behind-proxy: [10.0.0.1, fd00::/8]\n"), ["10.0.0.1", "fd00::/8"]);
  const env = { ARGOCD_CONFIGURER_BEHIND_PROXY: '["::1"]' };
  assert.deepEqual(await of("", env), ["::1"]);
});

Deno.test("audit-log-max-size 0 never rotates the audit log", async () => {
  const { settings } = await loaded("audit-log-max-size: 0\n");
  assert.equal(settings["audit-log-max-size"], 0);
});

Deno.test("a missing default file is ignored, and a missing named file is an error", async () => {
  assert.deepEqual((await loaded(undefined)).warnings, []);
  await assert.rejects(loaded(undefined, { fileRequired: true }), ConfigError);
});

Deno.test("an unknown key gives a warning with the nearest one", async () => {
  const { warnings } = await loaded("kubectl-timeout: 5\n");
  assert.match(
    warningText(warnings[0]!),
    /'kubectl-timeout' in .*config.yaml:1; did you mean 'kubectl_timeout'/,
  );
});

Deno.test("a protecting setting that is misspelled in hyphens or case is an error", async () => {
  const refused = (content: string, env: Record<string, string>, message: RegExp) =>
    assert.rejects(loaded(content, { env }), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, message);
      return true;
    });
  for (
    const [key, right] of [
      ["tokens_file", "tokens-file"],
      ["Tokens-File", "tokens-file"],
      ["tokensfile", "tokens-file"],
      ["tls_cert", "tls-cert"],
      ["tlsKey", "tls-key"],
      ["allow_exec_plugins", "allow-exec-plugins"],
      ["audit_log", "audit-log"],
    ]
  ) {
    await refused(
      `port: 1\n${key}: x\n`,
      {},
      new RegExp(`'${key}' in .*config\\.yaml:2\\. Use '${right}'$`),
    );
  }
  for (const name of ["TOKENSFILE", "TOKENS-FILE", "tokens_file", "Token", "AUDITLOG"]) {
    await refused(
      "",
      { [`ARGOCD_CONFIGURER_${name}`]: "a-value" },
      /\. Use 'ARGOCD_CONFIG/,
    );
  }
  await refused("", { argocd_configurer_token: "a-value" }, /\. Use 'ARGOCD_CONFIGURER_TOKEN'$/);
});

Deno.test("other unknown names give warnings, near ones with a suggestion", async () => {
  const { warnings, settings } = await loaded("token-file: x\nLog-Level: debug\nzebra: 1\n", {
    env: {
      ARGOCD_CONFIGURER_TOKEN_FILE: "a-value",
      ARGOCD_CONFIGURER_KUBECTLTIMEOUT: "1",
      ARGOCD_CONFIGURER_QQQQQ: "1",
      ARGOCD: "1",
    },
  });
  assert.equal(settings["tokens-file"], undefined);
  const texts = warnings.map((warning) =>
    warningText(warning).replace(/ in \S+config/, " in config")
  );
  assert.deepEqual(texts, [
    "Unknown setting 'token-file' in config.yaml:1; did you mean 'tokens-file'?",
    "Unknown setting 'Log-Level' in config.yaml:2; did you mean 'log-level'?",
    "Unknown setting 'zebra' in config.yaml:3",
    "Unknown environment variable 'ARGOCD_CONFIGURER_KUBECTLTIMEOUT'; " +
    "did you mean 'ARGOCD_CONFIGURER_KUBECTL_TIMEOUT'?",
    "Unknown environment variable 'ARGOCD_CONFIGURER_QQQQQ'",
    "Unknown environment variable 'ARGOCD_CONFIGURER_TOKEN_FILE'; " +
    "did you mean 'ARGOCD_CONFIGURER_TOKENS_FILE'?",
  ]);
});

Deno.test("the program's own variables and Kubernetes' service links give no warnings", async () => {
  const names = [
    "TOKEN",
    "PASSWORD",
    "FILE",
    "SERVER",
    "SERVER_CA",
    "SERVER_TOKEN",
    "TEST_PROGRAM",
  ];
  const links: Record<string, string> = {
    SERVICE_HOST: "10.0.0.1",
    SERVICE_PORT: "8091",
    SERVICE_PORT_HTTP: "8091",
    PORT_8091_TCP: "tcp://10.0.0.1:8091",
    PORT_8091_TCP_PROTO: "tcp",
    PORT_8091_TCP_PORT: "8091",
    PORT_8091_TCP_ADDR: "10.0.0.1",
    METRICS_PORT: "tcp://10.0.0.1:9090",
    METRICS_SERVICE_HOST: "10.0.0.1",
  };
  const all = { ...Object.fromEntries(names.map((name) => [name, "x"])), ...links };
  const env = Object.fromEntries(
    Object.entries(all).map(([name, value]) => [`ARGOCD_CONFIGURER_${name}`, value]),
  );
  assert.deepEqual((await loaded("", { env })).warnings, []);
});

Deno.test("a service link in the variable of the port is not reported as an invalid port", () =>
  assert.rejects(
    loaded("", { env: { ARGOCD_CONFIGURER_PORT: "tcp://10.0.0.1:8091" } }),
    /'port' from environment variable ARGOCD_CONFIGURER_PORT: .* enableServiceLinks: false/,
  ));

Deno.test("an empty variable that would protect something gives a warning", async () => {
  const { warnings } = await loaded("", {
    env: { ARGOCD_CONFIGURER_TOKEN: "", ARGOCD_CONFIGURER_HOST: "" },
  });
  assert.deepEqual(warnings.map(warningText), [
    "Environment variable 'ARGOCD_CONFIGURER_TOKEN' is empty and has no effect",
  ]);
});

Deno.test("the error for invalid YAML does not quote it", () =>
  assert.rejects(loaded("a: *a-secret\n"), (error) => {
    assert.match((error as Error).message, /config\.yaml:1:\d+: invalid YAML$/);
    return true;
  }));

const INVALID: [content: string, message: RegExp][] = [
  ["# first\nport: many\n", /'port' from .*config\.yaml:2: must be a number$/],
  ["port: 70000\n", /'port' from .*config\.yaml:1: must be at most 65535$/],
  ["port: 80.5\n", /'port' from .*: must be a whole number$/],
  ["host: 1\n", /'host' from .*: must be a string$/],
  ["host: foo bar\n", /'host' from .*: must be an IP address or a host name$/],
  ["docker-labels: [a]\n", /'docker-labels' from .*: must be a map$/],
  ["docker-labels: {a b: c}\n", /'docker-labels.a b' from .*: must be a valid label key$/],
  ["allowed-hosts: a\n", /'allowed-hosts' from .*: must be a list$/],
  ["allow-exec-plugins: maybe\n", /'allow-exec-plugins' from .*: must be true or false$/],
  ["kubectl_timeout: 0\n", /'kubectl_timeout' from .*: must be more than 0$/],
  ["kubectl_timeout: soon\n", /'kubectl_timeout' from .*: must be a number$/],
  ["transport: pigeon\n", /'transport' from .*: must be auto, kubectl or api$/],
  ["argocd-namespace: Argo CD\n", /'argocd-namespace'.*must be a valid namespace name/],
  ["docker-labels: {}\n", /'docker-labels'.*at least one/],
  ["docker-namespaces: [a, B]\n", /'docker-namespaces' \(item 2\)/],
  ["audit-log-max-size: 1000\n", /'audit-log-max-size'.*: must be 0 or at least 1048576$/],
  ["audit-log-max-size: 64 MiB\n", /'audit-log-max-size'/],
  ["audit-log-files: 0\n", /'audit-log-files' from .*: must be at least 1$/],
  ["audit-log-files: 101\n", /'audit-log-files' from .*: must be at most 100$/],
  ["behind-proxy: 10.0.0.1\n", /'behind-proxy'.*: must be true, false, or a list of addresses/],
  [
    "behind-proxy: [10.0.0.0/33]\n",
    /'behind-proxy' \(item 1\).*: must be an address or a network$/,
  ],
  ["a: b: c\n", /config\.yaml:1:\d+: invalid YAML: bad indentation of a mapping entry$/],
  ["port: 1\nhost: a\nport: 2\n", /config\.yaml:3:1: duplicate key$/],
  ["- a\n", /not a YAML mapping/],
];

for (const [content, message] of INVALID) {
  Deno.test(`a configuration of ${JSON.stringify(content)} is rejected at the start`, () =>
    assert.rejects(loaded(content), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, message);
      return true;
    }));
}

Deno.test("a configuration file over 64 KiB is rejected, and a variable over 16 KiB", async () => {
  const long = (bytes: number) => `docker-labels: {a: ${"b".repeat(bytes)}}\n`;
  await assert.rejects(loaded(long(64 * 1024)), {
    name: "ConfigError",
    message: /^Cannot use configuration file .*config\.yaml: larger than 64 KiB$/,
  });
  const env = { ARGOCD_CONFIGURER_ALLOWED_HOSTS: `[${"a,".repeat(9000)}]` };
  await assert.rejects(loaded("", { env }), {
    name: "ConfigError",
    message: /from environment variable ARGOCD_CONFIGURER_ALLOWED_HOSTS: longer than 16 KiB$/,
  });
});

const HOSTILE: [what: string, part: string][] = [
  ["brackets", "["],
  ["lists", "- "],
  ["anchors", "&a "],
  ["documents", "---\n"],
  ["merges", "a: &a {<<: *a}\n"],
  ["comments", "#\n"],
  ["white space", " "],
  ["quotes", '"'],
];

for (const [what, part] of HOSTILE) {
  Deno.test(`a configuration file of ${what} is read quickly`, async () => {
    const text = part.repeat(Math.floor(64 * 1024 / part.length));
    await assertTakesLess(1500, () => loaded(text).catch(() => {}));
  });
}

Deno.test("many unknown settings are each reported with their line, and quickly", async () => {
  const text = Array.from({ length: 7000 }, (_, i) => `k${i}: 1`).join("\n");
  await assertTakesLess(1500, async () => {
    const { warnings } = await loaded(text);
    assert.match(warningText(warnings[6999]!), /^Unknown setting 'k6999' in .*config\.yaml:7000$/);
  });
});
