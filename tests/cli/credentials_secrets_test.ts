import assert from "node:assert/strict";
import { join } from "node:path";
import { linesOf, makeGcpKey, makeRsaKey, makeSshKey, makeTlsPair } from "../http/material.ts";
import { commandLinesDuring } from "../support/processes.ts";
import {
  assertEnded,
  eachOf,
  type Given,
  onStage,
  type Stage,
  storedData,
  storedPassword,
  testsBothWays,
} from "./credentials_support.ts";

const bothWays = testsBothWays((test) => Deno.test(test));

/** Sources of secrets; they reach the cluster and nothing else. */

const DOCKER = ["docker", "add", "--cluster", "one", "--username", "u", "--namespaces", "team-a"];
const REPO = ["repo", "add", "--cluster", "one", "--username", "u"];

type Source = [what: string, flags: string[], given: (value: string) => Given, stored?: string];

const env = (value: string) => ({ ARGOCD_CONFIGURER_PASSWORD: value });

/** `VALUE` stands for the password, and is stored unless `stored` differs. */
const SOURCES: Source[] = [
  ["standard input", ["--password-stdin"], (value) => ({ stdin: value })],
  ["with a line's end", ["--password-stdin"], (value) => ({ stdin: value + "\n" })],
  ["with that of Windows", ["--password-stdin"], (value) => ({ stdin: value + "\r\n" })],
  ["with two", ["--password-stdin"], (value) => ({ stdin: value + "\n\n" }), "VALUE\n"],
  ["with blanks", ["--password-stdin"], (value) => ({ stdin: ` ${value}\t` }), " VALUE\t"],
  ["of lines", ["--password-stdin"], (value) => ({ stdin: `é🔑\n${value}` }), "é🔑\nVALUE"],
  ["a file", ["--password-file", "password"], () => ({})],
  ["standard input as a file", ["--password-file", "-"], (value) => ({ stdin: value + "\n" })],
  ["the environment", [], (value) => ({ env: env(value) })],
  ["the environment, as it is", [], (value) => ({ env: env(value + "\n") }), "VALUE\n"],
  ["a flag first", ["--password-stdin"], (value) => ({ stdin: value, env: env("other") })],
];

bothWays("a password comes from standard input, a file or the environment", async (stage) => {
  const { run, canary: { value }, emulators: { one }, folder } = stage;
  await folder.write("password", value + "\n");
  await eachOf([...SOURCES.entries()], async ([i, [what, flags, given, stored = "VALUE"]]) => {
    const name = `source-${i}`;
    const ended = await run([...DOCKER, "--name", name, ...flags], given(value));
    assertEnded(ended, { stdout: /created/, stderr: /successfully/ });
    const expected = stored.replace("VALUE", value);
    assert.equal(storedPassword(one, "team-a", name), expected, what);
    assert.equal(storedPassword(one, "argocd", name), expected, what);
  });
});

bothWays("several registries come from a file, or from standard input", async (stage) => {
  const { run, canary: { value }, emulators: { one } } = stage;
  const registries = ["ghcr.io", "quay.io"].map((registry) => ({
    registry,
    username: "u",
    password: `${registry} ${value}`,
  }));
  const args = ["docker", "add", "--cluster", "one", "--name", "n", "--namespaces", "team-a"];
  const stdin = JSON.stringify(registries);
  // The environment's password is for one registry.
  const ended = await run([...args, "--registries-file", "-"], { stdin, env: env("other") });
  assertEnded(ended, { stdout: /created/, stderr: /successfully/ });
  for (const { registry, password } of registries) {
    assert.equal(storedPassword(one, "team-a", "n", registry), password);
  }
});

/** Key files by their content. */
async function writeKeys({ folder, canary: { value } }: Stage) {
  const [ssh, app, gcp, tls] = [
    makeSshKey(),
    makeRsaKey(),
    makeGcpKey(makeRsaKey()),
    makeTlsPair(),
  ];
  const texts = {
    ssh,
    app,
    gcp: JSON.stringify(gcp),
    cert: tls.certificate,
    key: tls.key,
    token: value + "\n",
    proxy: `http://u:${value}@proxy.example.com:3128\n`,
  };
  for (const [name, text] of Object.entries(texts)) await folder.write(name, text);
  return { ...texts, secret: [ssh, app, gcp.private_key, tls.key].flatMap(linesOf) };
}

const AZURE = ["--azure-service-principal-client-id", "11111111-2222-3333-4444-555555555555"]
  .concat("--azure-service-principal-tenant-id", "example.onmicrosoft.com");
const GITHUB_APP = ["--github-app-id", "1", "--github-app-installation-id", "2"];

bothWays("each kind of repository credential is read from its file", async (stage) => {
  const { run, canary: { value }, emulators: { one } } = stage;
  const keys = await writeKeys(stage);
  const git = ["--type", "git", "--url", "https://git.example.com/r"];
  const rows: [flags: string[], stored: Record<string, string>][] = [
    [["--type", "git", "--url", "git@h:r", "--ssh-private-key-file", "ssh"], {
      sshPrivateKey: keys.ssh,
    }],
    [[...git, "--bearer-token-file", "token"], { bearerToken: value }],
    [[...git, ...GITHUB_APP, "--github-app-private-key-file", "app"], {
      githubAppID: "1",
      githubAppInstallationID: "2",
      githubAppPrivateKey: keys.app,
    }],
    [[...git, "--gcp-service-account-key-file", "gcp"], { gcpServiceAccountKey: keys.gcp }],
    [[...git, ...AZURE, "--azure-service-principal-client-secret-file", "token"], {
      azureServicePrincipalClientId: "11111111-2222-3333-4444-555555555555",
      azureServicePrincipalClientSecret: value,
      azureServicePrincipalTenantId: "example.onmicrosoft.com",
    }],
    [[...git, "--username", "u", "--password-file", "token", "--proxy-file", "proxy"], {
      username: "u",
      password: value,
      proxy: keys.proxy.trimEnd(),
    }],
    [
      ["--type", "helm", "--url", "https://h/c", "--tls-client-cert-file", "cert"]
        .concat("--tls-client-key-file", "key", "--username", "u", "--password-file", "token"),
      { tlsClientCertData: keys.cert, tlsClientCertKey: keys.key, password: value },
    ],
  ];
  for (const [i, [flags, stored]] of rows.entries()) {
    const args = ["repo", "add", "--cluster", "one", "--name", `r${i}`, ...flags, "--force"];
    const ended = await run([...args, "--upsert"], { env: env("not-this") });
    assertEnded(ended, { stdout: /created|replaced/, stderr: /successfully/ });
    const name = /secret\/(\S+)/.exec(ended.stdout)![1]!;
    const data = storedData(one, "argocd", name)!;
    for (const [key, text] of Object.entries(stored)) assert.equal(data[key], text, key);
    if (!("password" in stored)) assert.equal(data.password, undefined);
    const shown = await run([...args, "--dry-run", "client"]);
    assertEnded(shown, { stdout: /"\*\*\*"/, stderr: /was not sent/ });
    const line = keys.secret.find((line) => (ended.stdout + shown.stdout).includes(line));
    assert.equal(line, undefined);
  }
});

const UNUSABLE: [what: string, flags: string[], says: RegExp, given: Given][] = [
  ["no such file", ["--password-file", "x"], /--password-file x: no such file/, {}],
  [
    "a folder",
    ["--password-file", "clusters"],
    /--password-file clusters: the file cannot be read/,
    {},
  ],
  ["both", ["--password-stdin", "--password-file", "x"], /-stdin or --password-file, not both/, {}],
  ["over 1 MiB", ["--password-stdin"], /--password-stdin: larger than 1 MiB/, {
    stdin: "x".repeat(1024 * 1024 + 1),
  }],
  ["no text", ["--password-stdin"], /--password-stdin: invalid UTF-8/, {
    stdin: new Uint8Array([0x61, 0xff]),
  }],
  ["no JSON", ["--registries-file", "-"], /--registries-file -: invalid JSON/, {
    stdin: "[secret-text",
  }],
  [
    "two from one",
    ["--password-stdin", "--registries-file", "-"],
    /cannot both read standard input/,
    {
      stdin: "[]",
    },
  ],
];

Deno.test("an unreadable or invalid secret is wrong usage, and its content is not shown", () =>
  onStage(async ({ run, emulators: { one } }) => {
    for (const [what, flags, says, given] of UNUSABLE) {
      const ended = await run([...DOCKER, "--name", "n", ...flags], given);
      assertEnded(ended, { code: 2, stderr: says });
      assert.doesNotMatch(ended.stderr, /secret-text/, what);
    }
    const complete = ["--name", "n", "--type", "git", "--url", "https://git.example.com/org/repo"];
    const two = [...REPO, ...complete, "--bearer-token-stdin", "--tls-client-key-file", "-"];
    assertEnded(await run(two, { stdin: "secret-text" }), {
      code: 2,
      stderr:
        /^error: --bearer-token-stdin and --tls-client-key-file - cannot both read standard input\n$/,
    });
    assert.deepEqual(one.requests, []);
  }));

bothWays("no process is given the password as an argument", async ({ run, canary }, way) => {
  const args = [...DOCKER, "--name", "n", "--password-stdin", "--upsert"];
  const transport = way === "in process" ? ["--transport", "kubectl"] : [];
  const running = run([...args, ...transport], { stdin: canary.value });
  const seen = await commandLinesDuring(running);
  assertEnded(await running, { stdout: /created/, stderr: /successfully/ });
  const lines = [...seen].join("\n");
  canary.absentFrom(lines, "a command line");
  if (Deno.build.os === "linux") assert.match(lines, /--password-stdin/);
});

Deno.test("kubectl gets neither the variable with the password nor the one with the token", () =>
  onStage(async ({ run, canary, folder: { path } }) => {
    await Deno.mkdir(join(path, "bin"));
    const script = `#!/bin/sh\nenv > ${path}/environment\nexit 1\n`;
    await Deno.writeTextFile(join(path, "bin", "kubectl"), script, { mode: 0o755 });
    const ended = await run([...DOCKER, "--name", "n", "--transport", "kubectl"], {
      env: {
        ...env(canary.value),
        ARGOCD_CONFIGURER_TOKEN: canary.value,
        PATH: `${path}/bin:${Deno.env.get("PATH")}`,
      },
    });
    assert.equal(ended.code, 1, ended.stderr);
    const seen = await Deno.readTextFile(join(path, "environment"));
    assert.match(seen, /^PATH=/m);
    assert.doesNotMatch(seen, /ARGOCD_CONFIGURER/);
    canary.absentFrom(seen, "kubectl's environment");
  }));
