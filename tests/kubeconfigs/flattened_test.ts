import assert from "node:assert/strict";
import { dump } from "js-yaml";
import { join } from "node:path";
import { readSource } from "../../src/clusters/import/source.ts";
import { ownTrust } from "../../src/files/trusted.ts";
import { flattened, merged, minified } from "../../src/kube/kubeconfig/contexts.ts";
import { type Config, parseConfig } from "../../src/kube/kubeconfig/shape.ts";
import { documentOf, textOfDocument } from "../../src/kube/kubeconfig/to_yaml.ts";
import { readYaml } from "../../src/kube/kubeconfig/yaml.ts";
import { escapedJson } from "../../src/log/escaped.ts";
import { folder } from "../cli/support.ts";

/** One context of kubeconfigs as `kubectl config view --minify --flatten --raw` prints it. */

const KUBECTL = Deno.env.get("ARGOCD_CONFIGURER_TEST_KUBECTL") ?? "kubectl";

interface Row {
  /** Files by path; an object is a kubeconfig. */
  readonly files: Readonly<Record<string, string | object>>;
  /** KUBECONFIG, paths relative to the folder. @default the kubeconfig `config` */
  readonly list?: readonly string[];
  readonly contexts: readonly string[];
  /** The folder of the kubeconfig with the users. @default that of all files */
  readonly usersIn?: string;
}

const entry = (name: string, cluster: object, user: object, context: object = {}) => ({
  clusters: [{ name: `${name}-c`, cluster: { server: `https://${name}.example.com`, ...cluster } }],
  users: [{ name: `${name}-u`, user }],
  contexts: [{ name, context: { cluster: `${name}-c`, user: `${name}-u`, ...context } }],
});

/** A kubeconfig with these entries. */
function config(...entries: ReturnType<typeof entry>[]): Record<string, unknown> {
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: entries.flatMap(({ clusters }) => clusters),
    users: entries.flatMap(({ users }) => users),
    contexts: entries.flatMap(({ contexts }) => contexts),
  };
}

const exec = (command: string, more: object = {}) => ({
  exec: {
    apiVersion: "client.authentication.k8s.io/v1beta1",
    command,
    args: ["eks", "get-token", "--cluster-name", "x"],
    env: [{ name: "AWS_PROFILE", value: "prod" }, { name: "EMPTY", value: "" }],
    installHint: "get it",
    provideClusterInfo: true,
    interactiveMode: "Never",
    ...more,
  },
});

const EXTENSIONS = [{
  name: "minikube.sigs.k8s.io",
  extension: { version: "v1", n: [1, 2.5, null] },
}];

const ROWS: Record<string, Row> = {
  "tokens of several contexts": {
    files: {
      config: {
        ...config(
          entry("one", {}, { token: "fake-one" }),
          entry("two", { "insecure-skip-tls-verify": true }, { token: "yes" }, { namespace: "ns" }),
          entry("admin@prod", { "tls-server-name": "x.example.com" }, {
            username: "u",
            password: "0123",
          }),
        ),
        "current-context": "one",
      },
    },
    contexts: ["one", "two", "admin@prod"],
  },
  "files beside it and elsewhere, relative and absolute": {
    files: {
      "sub/config": config(
        entry("one", { "certificate-authority": "ca.crt" }, {
          "client-certificate": "../certs/client.crt",
          "client-key": "./client.key",
        }),
        entry("two", { "certificate-authority": "FOLDER/certs/other.crt" }, { tokenFile: "token" }),
        entry("three", { "proxy-url": "http://proxy.example.com" }, {
          tokenFile: "/var/run/token",
          token: "fake",
        }),
      ),
      "sub/ca.crt": "fake authority\n",
      "certs/client.crt": "fake certificate\n",
      "certs/other.crt": "fake authority \u00e9\n",
      "sub/client.key": "fake key\n",
    },
    list: ["sub/config"],
    usersIn: "sub",
    contexts: ["one", "two", "three"],
  },
  "embedded data with line breaks": {
    files: {
      config: config(
        entry("one", { "certificate-authority-data": `${btoa("fake")}\n` }, {
          "client-certificate-data": btoa("fake"),
          "client-key-data": btoa("\0\u00ff"),
        }),
      ),
    },
    contexts: ["one"],
  },
  "plugins by name, by relative path and by absolute path": {
    files: {
      "sub/config": config(
        entry("name", {}, exec("aws")),
        entry("relative", {}, exec("./bin/plugin")),
        entry("below", {}, exec("bin/../bin/plugin", { args: null, env: null })),
        entry("absolute", {}, exec("/usr/bin/aws", { provideClusterInfo: false })),
        entry("oidc", {}, {
          "auth-provider": { name: "oidc", config: { "client-id": "x", n: "" } },
        }),
      ),
    },
    list: ["sub/config"],
    usersIn: "sub",
    contexts: ["name", "relative", "below", "absolute", "oidc"],
  },
  "other fields": {
    files: {
      config: {
        ...config(
          entry("one", { extensions: EXTENSIONS, "disable-compression": true }, {
            token: "fake",
            as: "admin",
            "as-uid": "1",
            "as-groups": ["a", "b"],
            "as-user-extra": { scope: ["x", ""], none: [] },
            extensions: EXTENSIONS,
            unknown: { field: 1 },
          }, { extensions: EXTENSIONS, unknown: true }),
        ),
        preferences: { colors: true },
        extensions: EXTENSIONS,
      },
    },
    contexts: ["one"],
  },
  "names and values that YAML reads as another type": {
    files: {
      config: config(
        entry("yes", {}, { token: "1.20", username: "" }),
        entry("2001-01-01", {}, { token: "0x1f" }),
        entry("a: b #c", {}, { token: "~" }),
        entry("evil\u202e\u001b[31m", {}, { token: "\u{1F511} \u0085 \u2028" }),
        entry("../x", {}, { token: "<<" }),
        entry("-rf", {}, { token: "---" }),
      ),
    },
    contexts: ["yes", "2001-01-01", "a: b #c", "evil\u202e\u001b[31m", "../x", "-rf"],
  },
  "anchors, aliases and merges": {
    files: {
      config: `apiVersion: v1
kind: Config
clusters:
- {name: a, cluster: &c {server: https://a.example.com, insecure-skip-tls-verify: yes}}
- {name: b, cluster: {<<: *c, server: https://b.example.com}}
users: [{name: u, user: &u {token: fake}}, {name: v, user: *u}]
contexts:
- {name: a, context: {cluster: a, user: u}}
- {name: b, context: {cluster: b, user: v}}
`,
    },
    contexts: ["a", "b"],
  },
  "several files, of which the first with an entry wins": {
    files: {
      "a/config": {
        ...config(entry("one", { "certificate-authority": "ca.crt" }, { token: "fake-first" })),
        preferences: { colors: true },
      },
      "a/ca.crt": "first\n",
      "b/config": {
        ...config(
          entry("one", { "certificate-authority": "ca.crt" }, {
            token: "fake-second",
            username: "dropped",
          }, { namespace: "second" }),
          entry("two", { "certificate-authority": "ca.crt" }, { token: "fake-two" }),
        ),
        "current-context": "two",
        extensions: EXTENSIONS,
      },
      "b/ca.crt": "second\n",
      "c/config": { ...config(), "current-context": "one", users: null },
      "empty": "",
    },
    list: ["a/config", "missing", "empty", "b/config", "c/config", "a/config"],
    contexts: ["one", "two"],
  },
  "a context whose cluster and user are in other files": {
    files: {
      a: { contexts: [{ name: "x", context: { cluster: "c", user: "u" } }] },
      b: { clusters: [{ name: "c", cluster: { server: "https://c.example.com" } }] },
      c: { users: [{ name: "u", user: { tokenFile: "sub/token" } }], apiVersion: "v1" },
    },
    list: ["a", "b", "c"],
    contexts: ["x"],
  },
};

for (const [sentence, row] of Object.entries(ROWS)) {
  Deno.test(`a context is flattened as kubectl does it: ${sentence}`, async () => {
    await using here = await folder();
    for (const [name, content] of Object.entries(row.files)) {
      await Deno.mkdir(join(here.path, name, ".."), { recursive: true });
      const text = typeof content === "string" ? content : dump(content, { lineWidth: -1 });
      await here.write(name, text.replaceAll("FOLDER", here.path));
    }
    const list = (row.list ?? ["config"]).map((name) => join(here.path, name)).join(":");
    const { config } = await readSource({ env: { KUBECONFIG: list } }, ownTrust());
    for (const context of row.contexts) {
      const flat = flattened(minified(config.reveal(), context), Deno.readFileSync);
      const ours = textOfDocument(documentOf(flat));
      // kubectl leaves two kinds of paths relative, which are invalid in another folder: of a token
      // file, and of a plugin.
      const folder = join(here.path, row.usersIn ?? ".");
      const theirs = merged([{ config: await byKubectl(list, context), folder }]);
      assert.deepEqual(parseConfig(readYaml(ours)), theirs, context);
      // kubectl reads the written file as this program does.
      const file = await here.write("written", ours);
      assert.deepEqual(await byKubectl(file, context), flat, context);
    }
  });
}

async function byKubectl(list: string, context: string): Promise<Config> {
  const { success, stdout, stderr } = await new Deno.Command(KUBECTL, {
    args: [
      "config",
      "view",
      "--minify",
      "--flatten",
      "--raw",
      "-o",
      "json",
      `--context=${context}`,
    ],
    env: { KUBECONFIG: list, HOME: "/nonexistent", PATH: Deno.env.get("PATH") ?? "" },
    clearEnv: true,
    stdin: "null",
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return parseConfig(readYaml(escapedJson(new TextDecoder().decode(stdout))));
}
