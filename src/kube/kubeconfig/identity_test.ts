import assert from "node:assert/strict";
import { serverIdentity } from "./identity.ts";
import { judge } from "./judge.ts";
import { readYaml } from "./yaml.ts";

/** The identity of a server that is reached with a credential plugin. */
const identityOf = (command: string, args: readonly string[], more = "") =>
  serverIdentity(judge(readYaml(`
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://teleport.example.com:443"}}]
users:
- name: u
  user:
    ${more}
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      command: ${command}
      interactiveMode: Never
      args: ${JSON.stringify(args)}
contexts: [{name: c, context: {cluster: c, user: u}}]
current-context: c
`)));

const kube = (cluster: string) => ["kube", "credentials", `--kube-cluster=${cluster}`];

const PLUGINS: [command: string, more: string, isSame: boolean][] = [
  ["tsh", "", false],
  ["/usr/local/bin/tsh", "", false],
  ["'C:\\bin\\tsh.exe'", "", false],
  ["tbot", "", false],
  ["aws", "", true],
  ["my-tsh", "", true],
  // The token takes precedence over the plugin.
  ["tsh", "token: some-token", true],
];

for (const [command, more, isSame] of PLUGINS) {
  Deno.test(`different arguments of the plugin ${command} ${more} mean ${isSame ? "the same server" : "other clusters"}`, () => {
    const [one, other] = ["prod", "test"].map((name) => identityOf(command, kube(name), more));
    assert.equal(one === other, isSame);
    assert.equal(identityOf(command, kube("prod"), more), one);
  });
}
