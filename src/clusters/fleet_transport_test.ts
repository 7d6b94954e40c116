import assert from "node:assert/strict";
import { judge } from "../kube/kubeconfig/judge.ts";
import { readYaml } from "../kube/kubeconfig/yaml.ts";
import { fleetTransport, type ProcessPermissions } from "./fleet_transport.ts";

/** The transport to one of several clusters. */

interface Given {
  readonly server?: string;
  readonly cluster?: string;
  readonly user?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly may?: Partial<ProcessPermissions>;
}

function wayOf({ server = "https://10.0.0.1:6443", cluster = "", user, env = {}, may }: Given) {
  const kubeconfig = `
apiVersion: v1
kind: Config
current-context: it
contexts: [{name: it, context: {cluster: it, user: it}}]
clusters: [{name: it, cluster: {server: "${server}"${cluster}}}]
users: [{name: it, user: {${user ?? `token: made-up-${crypto.randomUUID()}`}}}]
`;
  const connected: string[] = [];
  const ran: string[] = [];
  const permissions: ProcessPermissions = {
    mayConnect(url) {
      connected.push(url.host);
      return may?.mayConnect?.(url) ?? true;
    },
    mayRun(program) {
      ran.push(program);
      return may?.mayRun?.(program) ?? true;
    },
  };
  const way = fleetTransport("/home/ci/clusters", judge(readYaml(kubeconfig)), env, permissions);
  return { ...way, connected, ran };
}

const plugin = (command: string) =>
  `exec: {apiVersion: client.authentication.k8s.io/v1, command: "${command}", interactiveMode: Never}`;

const API: [what: string, given: Given, more: object][] = [
  ["a usual kubeconfig", {}, { connected: ["10.0.0.1:6443"] }],
  ["a proxy of its own", { cluster: ", proxy-url: http://proxy.example:3128" }, {
    connected: ["proxy.example:3128"],
  }],
  ["a proxy of the environment", { env: { HTTPS_PROXY: "http://proxy.example:3128" } }, {
    connected: ["proxy.example:3128"],
  }],
  ["a plugin on PATH", { user: plugin("aws") }, { runsPrograms: true, ran: ["aws"] }],
  ["a plugin beside the kubeconfig", { user: plugin("./bin/login") }, {
    runsPrograms: true,
    ran: ["/home/ci/clusters/bin/login"],
  }],
];

for (const [what, given, more] of API) {
  Deno.test(`the transport for ${what} is api if the process is allowed to use it`, () => {
    const usual = { transport: "api", runsPrograms: false, connected: ["10.0.0.1:6443"], ran: [] };
    assert.deepEqual(wayOf(given), { ...usual, ...more });
  });
}

const KUBECTL: [what: string, given: Given][] = [
  ["a server to which the process may not connect", { may: { mayConnect: () => false } }],
  ["a SOCKS proxy", { cluster: ", proxy-url: socks5://proxy.example" }],
  ["a SOCKS proxy of the environment", { env: { HTTPS_PROXY: "socks5://proxy.example" } }],
  ["a plugin that the process may not run", {
    user: plugin("aws"),
    may: { mayRun: () => false },
  }],
  ["an auth provider, which sends requests to its own server", {
    user: "auth-provider: {name: oidc, config: {idp-issuer-url: https://id.example, client-id: x}}",
  }],
  ["a name with letters that only kubectl sends", {
    user: `token: made-up-${crypto.randomUUID()}, as: "\u0416"`,
  }],
];

for (const [what, given] of KUBECTL) {
  Deno.test(`the transport for ${what} is kubectl`, () => {
    const { transport, runsPrograms } = wayOf(given);
    assert.deepEqual({ transport, runsPrograms }, { transport: "kubectl", runsPrograms: true });
  });
}
