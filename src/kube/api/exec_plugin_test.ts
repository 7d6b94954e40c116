import assert from "node:assert/strict";
import { deadlineIn } from "../deadline.ts";
import type { ExecFields } from "../kubeconfig/shape.ts";
import { runExecPlugin } from "./exec_plugin.ts";
import { NoResponse } from "./http.ts";

const env = { PATH: Deno.env.get("PATH") ?? "", HOME: "/nowhere" };

const apiVersion = "client.authentication.k8s.io/v1";
const PLUGIN = {
  command: "sh",
  env: [],
  apiVersion,
  installHint: "",
  provideClusterInfo: false,
  interactiveMode: "Never",
};

const run = (script: string, more: Partial<ExecFields> = {}, seconds = 20) =>
  runExecPlugin(
    { ...PLUGIN, args: ["-c", script], ...more },
    { server: "https://api.example" },
    "/folder",
    env,
    deadlineIn(seconds),
  );

const credential = (status: object, more: object = {}) =>
  `echo '${JSON.stringify({ apiVersion, kind: "ExecCredential", status, ...more })}'`;

Deno.test("a plugin returns a token and its expiry", async () => {
  const expirationTimestamp = "2030-01-01T00:00:00Z";
  assert.deepEqual(await run(credential({ token: "t", expirationTimestamp })), {
    token: "t",
    clientCertificateData: undefined,
    clientKeyData: undefined,
    expires: Date.parse(expirationTimestamp),
  });
});

Deno.test("a plugin gets its own variables, cluster info on request, and no variables of ours", async () => {
  Deno.env.set("ARGOCD_CONFIGURER_OF_OURS", "canary");
  const script = `token=$(printf '%s|' "$MINE" "$ARGOCD_CONFIGURER_OF_OURS" "$HOME")
    case "$KUBERNETES_EXEC_INFO" in *api.example*) token="$token-cluster";; esac
    printf 'apiVersion: ${apiVersion}\\nkind: ExecCredential\\nstatus: {token: "%s"}\\n' "$token"`;
  const mine = { env: [{ name: "MINE", value: "mine" }] };
  assert.equal((await run(script, mine)).token, "mine||/nowhere|");
  const asked = { ...mine, provideClusterInfo: true };
  assert.equal((await run(script, asked)).token, "mine||/nowhere|-cluster");
  Deno.env.delete("ARGOCD_CONFIGURER_OF_OURS");
});

const FAILS: [what: string, script: string, more?: Partial<ExecFields>][] = [
  ["ends with an error", "echo canary; echo canary >&2; exit 1"],
  ["prints invalid JSON", "echo canary"],
  ["prints no credential", credential({})],
  ["returns half a certificate", credential({ clientCertificateData: "canary" })],
  [
    "returns half a certificate beside a token",
    credential({ token: "canary", clientKeyData: "canary" }),
  ],
  ["has no apiVersion", credential({ token: "canary" }, { apiVersion: undefined })],
  [
    "has an invalid apiVersion",
    credential({ token: "canary" }, { apiVersion: "client.authentication.k8s.io/v1alpha1" }),
  ],
  ["returns another kind", credential({ token: "canary" }, { kind: "Secret" })],
  ["does not exist", "", { command: "no-such-plugin" }],
];

for (const [what, script, more] of FAILS) {
  Deno.test(`a plugin that ${what} is unauthorized, and not quoted`, () =>
    assert.rejects(run(script, more), (error) => {
      assert.ok(error instanceof NoResponse);
      assert.deepEqual([error.report.kind, error.report.uncertain], ["unauthorized", false]);
      assert.doesNotMatch(Deno.inspect(error), /canary/);
      return true;
    }));
}

Deno.test("a plugin that responds in another version than the kubeconfig's is reported", () => {
  const other = { apiVersion: "client.authentication.k8s.io/v1beta1" };
  return assert.rejects(run(credential({ token: "canary" }, other)), (error) => {
    assert.ok(error instanceof NoResponse);
    assert.equal(error.report.kind, "invalid_kubeconfig");
    assert.match(error.report.why, /another apiVersion/);
    assert.doesNotMatch(Deno.inspect(error), /canary/);
    return true;
  });
});

Deno.test("a hung plugin is a timeout, with nothing sent", () =>
  assert.rejects(run("sleep 60", {}, 0.2), (error) => {
    assert.ok(error instanceof NoResponse);
    assert.deepEqual([error.report.kind, error.report.uncertain], ["timeout", false]);
    return true;
  }));
