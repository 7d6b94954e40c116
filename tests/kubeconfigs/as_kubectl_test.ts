import assert from "node:assert/strict";
import { join } from "node:path";
import { vetKubeconfig, vetRules } from "../../src/clusters/vet.ts";
import { thisMachine } from "../../src/cli/machine.ts";
import { settingsOf } from "../../src/config/schema.ts";
import { connectorOf } from "../../src/kube/api/connection.ts";
import { roundTrip } from "../../src/kube/api/http.ts";
import { failure, soon } from "../contract/secrets.ts";
import { controlPlane, TRANSPORTS, withFolder } from "../contract/subjects.ts";
import { clusterOf, credentials, type Draft, draftOf, type Parts, userOf } from "./row.ts";
import { socksProxy } from "./socks_proxy.ts";
import { partsOf } from "./stage.ts";

/** The api transport sends the API server and plugins what kubectl sends them. */

const HERE = thisMachine();
const rulesOver = (transport: string) =>
  vetRules(settingsOf({ transport }), { ...HERE, hasKubectl: true });

function compared(
  sentence: string,
  edit: (draft: Draft, parts: Parts, folder: string) => void,
  test: (kubeconfig: string, folder: string) => Promise<void>,
): void {
  Deno.test({
    name: sentence,
    ignore: controlPlane === undefined,
    fn: () =>
      withFolder(async (folder) => {
        const parts = await partsOf(controlPlane!, "");
        const draft = draftOf(parts);
        edit(draft, parts, folder);
        const kubeconfig = join(folder, "kubeconfig");
        await Deno.writeTextFile(join(folder, "ca.pem"), parts.ca);
        await Deno.writeTextFile(kubeconfig, JSON.stringify(draft), { mode: 0o600 });
        await test(kubeconfig, folder);
      }),
  });
}

async function kubectl(kubeconfig: string, folder: string, ...args: string[]): Promise<string> {
  const program = Deno.env.get("ARGOCD_CONFIGURER_TEST_KUBECTL") ?? controlPlane!.kubectl;
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [`--kubeconfig=${kubeconfig}`, `--cache-dir=${join(folder, "cache")}`, ...args],
    env: { ...HERE.kubectlEnv, KUBERC: "off" },
    clearEnv: true,
    stdin: "null",
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** The API server's response to a POST by the api transport. */
async function posted(kubeconfig: string, path: string, body: object): Promise<string> {
  const { path: given, content } = await vetKubeconfig(kubeconfig, rulesOver("api"));
  const connector = await connectorOf({ path: given, content }, HERE.kubectlEnv, 10);
  try {
    const connection = await connector.connect(soon());
    const request = { method: "POST", path, body: JSON.stringify(body) } as const;
    return (await roundTrip(connection, request, soon())).body;
  } finally {
    connector.close();
  }
}

const REVIEWS = "/apis/authentication.k8s.io/v1/selfsubjectreviews";

const TAKEN_FOR: [what: string, edit: (draft: Draft, parts: Parts) => void][] = [
  ["the administrator", () => {}],
  ["an impersonated user with every field", (draft) =>
    Object.assign(userOf(draft), {
      as: "jürgen",
      "as-uid": "uid-1",
      "as-groups": ["système", "system:masters"],
      "as-user-extra": { "example.org/Scope": ["a", "b"], "öther %2f": ["c"], none: [] },
    })],
  ["the user of a client certificate", (draft, { client }) =>
    credentials(draft, {
      "client-certificate-data": btoa(client.certificate),
      "client-key-data": btoa(client.key),
      as: "reader",
    })],
];

for (const [what, edit] of TAKEN_FOR) {
  compared(`both transports authenticate as ${what}`, edit, async (kubeconfig, folder) => {
    const review = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
    const whoIs = (text: string) => JSON.parse(text).status.userInfo;
    const own = whoIs(await kubectl(kubeconfig, folder, "auth", "whoami", "--output=json"));
    const ours = whoIs(await posted(kubeconfig, REVIEWS, review));
    assert.ok(own.username !== undefined);
    assert.deepEqual(ours, own);
  });
}

const TOLD: [what: string, edit: (draft: Draft, parts: Parts) => void][] = [
  ["its address and certificate authority", () => {}],
  [
    "a certificate authority in a file, a proxy, a server name and more",
    (draft, { url, proxy }) => {
      draft.clusters[0].cluster = {
        server: url,
        "certificate-authority": "ca.pem",
        "tls-server-name": "localhost",
        "proxy-url": proxy,
        "disable-compression": true,
        extensions: [
          { name: "client.authentication.k8s.io/exec", extension: { audience: "x", n: [1, null] } },
          { name: "else", extension: {} },
        ],
      };
    },
  ],
  ["insecure-skip-tls-verify", (draft, { url }) => {
    draft.clusters[0].cluster = { server: url, "insecure-skip-tls-verify": true };
  }],
];

for (const [what, edit] of TOLD) {
  compared(`both transports pass the cluster to a plugin: ${what}`, (draft, parts, folder) => {
    edit(draft, parts);
    const script = `#!/bin/sh
printf %s "$KUBERNETES_EXEC_INFO" >>"$TOLD"
echo >>"$TOLD"
printf '{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "%s"}}' '${parts.token}'
`;
    Deno.writeTextFileSync(join(folder, "plugin.sh"), script, { mode: 0o700 });
    credentials(draft, {
      exec: {
        apiVersion: "client.authentication.k8s.io/v1",
        command: "./plugin.sh",
        env: [{ name: "TOLD", value: join(folder, "told") }],
        provideClusterInfo: true,
        interactiveMode: "Never",
      },
    });
  }, async (kubeconfig, folder) => {
    await kubectl(kubeconfig, folder, "get", "--raw", "/api/v1/namespaces?limit=1");
    await posted(kubeconfig, REVIEWS, {});
    const told = (await Deno.readTextFile(join(folder, "told"))).trim().split("\n")
      .filter((line) => line !== "").map((line) => JSON.parse(line));
    assert.equal(told.length, 2);
    assert.deepEqual(told[1], told[0]);
  });
}

/** Checks that a kubeconfig requires kubectl, and that vetting and use report the same reason. */
async function worksOverKubectlOnly(
  edit: (draft: Draft) => void,
  reason: RegExp,
): Promise<void> {
  await withFolder(async (folder) => {
    const draft = draftOf(await partsOf(controlPlane!, ""));
    edit(draft);
    const kubeconfig = join(folder, "kubeconfig");
    await Deno.writeTextFile(kubeconfig, JSON.stringify(draft), { mode: 0o600 });
    await assert.rejects(vetKubeconfig(kubeconfig, rulesOver("api")), { message: reason });
    await vetKubeconfig(kubeconfig, rulesOver("kubectl"));
    for (const transport of TRANSPORTS) {
      const { store, close } = await transport.open({ kubeconfig, cacheDir: folder });
      const listed = store.list({ selector: "tests.invalid/kind=none" }, soon());
      if (transport.name === "kubectl") assert.deepEqual(await listed, []);
      else assert.match((await failure("invalid_kubeconfig", listed)).message, reason);
      close();
    }
  });
}

Deno.test({
  name: "a SOCKS proxy works with kubectl and is rejected with api",
  ignore: controlPlane === undefined,
  async fn() {
    await using proxy = socksProxy();
    await worksOverKubectlOnly(
      (draft) => clusterOf(draft)["proxy-url"] = proxy.url,
      /its current cluster uses a SOCKS proxy, .* kubectl transport supports$/,
    );
    assert.ok(proxy.connections() > 0);
  },
});

Deno.test({
  name: "an impersonated name beyond Latin-1 works with kubectl and is rejected with api",
  ignore: controlPlane === undefined,
  fn: () =>
    worksOverKubectlOnly(
      (draft) => Object.assign(userOf(draft), { as: "читатель", "as-groups": ["system:masters"] }),
      /a token or name of its current user has characters that only the kubectl transport supports$/,
    ),
});
