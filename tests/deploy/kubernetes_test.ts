import assert from "node:assert/strict";
import { stopSeconds } from "../../src/server/listen/graceful_stop.ts";
import { loadConfig } from "../../src/config/load.ts";
import denoConfig from "../../deno.json" with { type: "json" };
import { listening, program } from "../cli/support.ts";
import { parseContainerfile } from "./containerfile.ts";
import {
  manifests,
  manifestsOf,
  ofKind,
  type Parsed,
  parseYaml,
  readDeployFile,
  stopThatIsSaid,
  timeoutThatStopAllows,
} from "./files.ts";

/** The manifests without a cluster; `kubernetes_real_test.ts` uses one. */

const objects = await manifests();
const deployment = ofKind(objects, "Deployment");
const pod: Parsed = deployment.spec.template.spec;
const [container]: Parsed[] = pod.containers;
const configMap = ofKind(objects, "ConfigMap");
const image = parseContainerfile(await readDeployFile("container/Containerfile"));

const wordsOf = (name: string) =>
  image.filter((each) => each.name === name).flatMap(({ words }) => words);

Deno.test("the program has exactly the rights on secrets and namespaces that it uses", () => {
  assert.deepEqual(ofKind(objects, "ClusterRole").rules, [
    {
      apiGroups: [""],
      resources: ["secrets"],
      verbs: ["get", "list", "create", "update", "delete"],
    },
    { apiGroups: [""], resources: ["namespaces"], verbs: ["get", "list"] },
  ]);
});

Deno.test("the rights to attach pull secrets and to create namespaces are in a separate file", async () => {
  const optional = await manifestsOf("pull-secrets-rbac.yaml");
  assert.deepEqual(ofKind(optional, "ClusterRole").rules, [
    { apiGroups: [""], resources: ["serviceaccounts"], verbs: ["get", "list", "update"] },
    { apiGroups: [""], resources: ["namespaces"], verbs: ["create"] },
  ]);
  const [{ resources }] = parseYaml(await readDeployFile("kubernetes/kustomization.yaml"));
  assert.ok(!resources.includes("pull-secrets-rbac.yaml"));
});

Deno.test("each role is bound to the program's service account only", async () => {
  const account = ofKind(objects, "ServiceAccount");
  assert.equal(pod.serviceAccountName, account.metadata.name);
  const { name, namespace } = account.metadata;
  for (const given of [objects, await manifestsOf("pull-secrets-rbac.yaml")]) {
    const { roleRef, subjects } = ofKind(given, "ClusterRoleBinding");
    assert.equal(roleRef.name, ofKind(given, "ClusterRole").metadata.name);
    assert.deepEqual(subjects, [{ kind: "ServiceAccount", name, namespace }]);
  }
});

Deno.test("only pods that mount the token get it", () => {
  assert.equal(ofKind(objects, "ServiceAccount").automountServiceAccountToken, false);
  assert.equal(pod.automountServiceAccountToken, true);
});

Deno.test("there is one replica at a time, which knows of all writes", () => {
  assert.equal(deployment.spec.replicas, 1);
  assert.deepEqual(deployment.spec.strategy, { type: "Recreate" });
});

Deno.test("a pod that is deleted during its start exits immediately", () => {
  // The program is not process 1 then. The kernel keeps signals without a handler from process 1, and
  // neither the shell that unpacks the program nor the program before it serves has a handler.
  assert.equal(pod.shareProcessNamespace, true);
});

Deno.test("variables of the Service are not read as settings", async () => {
  assert.equal(pod.enableServiceLinks, false);
  // This would be their effect.
  const name = ofKind(objects, "Service").metadata.name.toUpperCase().replaceAll("-", "_");
  const env = { [`${name}_PORT`]: "tcp://10.0.0.10:8091" };
  await assert.rejects(loadConfig({ flags: {}, env, file: "none", fileRequired: false }));
});

Deno.test("the pod may write to the cache and to /tmp only, and not as root", () => {
  assert.deepEqual(pod.securityContext, {
    runAsNonRoot: true,
    runAsUser: 65532,
    runAsGroup: 65532,
    fsGroup: 65532,
    seccompProfile: { type: "RuntimeDefault" },
  });
  assert.deepEqual(container.securityContext, {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  });
  const writable = container.volumeMounts.filter((mount: Parsed) => !mount.readOnly);
  assert.deepEqual(writable.map((mount: Parsed) => mount.mountPath), [
    "/var/cache/argocd-configurer",
    "/tmp",
  ]);
});

Deno.test("the pod and the image agree on user, folders and version", async () => {
  const { runAsUser, runAsGroup } = pod.securityContext;
  assert.deepEqual(wordsOf("USER"), [`${runAsUser}:${runAsGroup}`]);
  const mounted = container.volumeMounts.map((mount: Parsed) => mount.mountPath);
  for (const variable of wordsOf("ENV")) {
    assert.ok(mounted.includes(variable.slice(variable.indexOf("=") + 1)), variable);
  }
  const [{ images }] = parseYaml(await readDeployFile("kubernetes/kustomization.yaml"));
  assert.deepEqual(images, [{ name: container.image, newTag: denoConfig.version }]);
});

Deno.test("the settings in the ConfigMap are accepted", async () => {
  const { settings, warnings } = await settingsOf(configMap.data["config.yaml"]);
  assert.deepEqual(warnings, []);
  assert.equal(settings.transport, "api");
  assert.equal(settings["allow-exec-plugins"], false);
  assert.equal(settings.host, "127.0.0.1");
  const port = container.ports[0];
  assert.equal(settings.port, port.containerPort);
  assert.deepEqual(ofKind(objects, "Service").spec.ports, [
    { name: "http", port: port.containerPort, targetPort: port.name },
  ]);
  const mounted = container.volumeMounts.map((mount: Parsed) => mount.mountPath);
  assert.ok(mounted.includes(settings["clusters-folder"]));
});

Deno.test("a pod that is deleted has time for the longest write", async () => {
  const text = configMap.data["config.yaml"];
  const { settings } = await settingsOf(text);
  for (const timeout of [settings.kubectl_timeout, timeoutThatStopAllows(text)]) {
    assert.ok(pod.terminationGracePeriodSeconds > stopSeconds({ kubectl_timeout: timeout }));
  }
  const said = { kubectlTimeout: settings.kubectl_timeout, seconds: stopSeconds(settings) };
  assert.deepEqual(stopThatIsSaid(await readDeployFile("kubernetes/deployment.yaml")), said);
});

Deno.test("kubeconfigs are mounted in a folder that is not writable by everyone", () => {
  // The kubelet puts projected volumes and Secrets on a tmpfs with a sticky root, but ConfigMaps into
  // a plain folder of mode 0777, which the check of kubeconfigs rejects.
  const volume = pod.volumes.find(({ name }: Parsed) => name === "clusters");
  assert.equal(volume.projected.defaultMode, 0o440);
  const [own, others] = volume.projected.sources;
  assert.deepEqual(own.configMap.items, [
    { key: "in-cluster.kubeconfig", path: "in-cluster.kubeconfig" },
  ]);
  assert.deepEqual(others, { secret: { name: "argocd-configurer-clusters", optional: true } });
});

Deno.test("settings are mounted in a folder that is not writable by everyone", () => {
  const volume = pod.volumes.find(({ name }: Parsed) => name === "settings");
  assert.deepEqual(volume.projected, {
    defaultMode: 0o440,
    sources: [{
      configMap: {
        name: "argocd-configurer",
        items: [{ key: "config.yaml", path: "config.yaml" }],
      },
    }],
  });
});

Deno.test("there is no ingress, and egress to DNS and API servers only", () => {
  const { podSelector, policyTypes, ingress, egress } = ofKind(objects, "NetworkPolicy").spec;
  const { labels } = deployment.spec.template.metadata;
  assert.deepEqual(podSelector.matchLabels, labels);
  assert.deepEqual(policyTypes, ["Ingress", "Egress"]);
  assert.deepEqual(ingress, []);
  const open = egress.flatMap((rule: Parsed) => rule.ports)
    .map(({ protocol, port }: Parsed) => `${protocol} ${port}`);
  assert.deepEqual(open, ["UDP 53", "TCP 53", "TCP 443", "TCP 6443"]);
});

Deno.test("the Deployment and the Service find the pod by its labels", () => {
  const { labels } = deployment.spec.template.metadata;
  assert.deepEqual(deployment.spec.selector.matchLabels, labels);
  assert.deepEqual(ofKind(objects, "Service").spec.selector, labels);
});

Deno.test("a pod whose event loop is blocked for 30 seconds is restarted soon", () => {
  const { periodSeconds, failureThreshold, timeoutSeconds, terminationGracePeriodSeconds } =
    container.livenessProbe;
  assert.equal(periodSeconds * failureThreshold, 30);
  assert.ok(timeoutSeconds < periodSeconds);
  // It does not handle SIGTERM then, so waiting for writes to finish would be in vain.
  assert.ok(terminationGracePeriodSeconds <= 10);
});

Deno.test("the probes find a running server healthy, and an exited one unhealthy", async () => {
  await using server = program(["serve", "--port", "0"]);
  const { port } = new URL(await listening(server));
  assert.equal(await exitCode(port), 0);
  server.kill("SIGTERM");
  await server.ended;
  assert.notEqual(await exitCode(port), 0);
});

Deno.test("the probes find a server that rejects requests unhealthy", async () => {
  const refusing = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response('{"status":"healthy"}', { status: 503 }),
  );
  assert.notEqual(await exitCode(String(refusing.addr.port)), 0);
  await refusing.shutdown();
});

/** Runs the command that all probes have, as the kubelet would, with another port. */
async function exitCode(port: string): Promise<number> {
  const { startupProbe, readinessProbe, livenessProbe } = container;
  for (const probe of [readinessProbe, livenessProbe]) {
    assert.deepEqual(probe.exec, startupProbe.exec);
  }
  const [command, ...args]: string[] = startupProbe.exec.command;
  const { code } = await new Deno.Command(command!, {
    args: args.map((arg) => arg.replace(`/${container.ports[0].containerPort} `, `/${port} `)),
    stdin: "null",
    stdout: "null",
    stderr: "null",
    signal: AbortSignal.timeout(1000 * startupProbe.timeoutSeconds),
  }).output();
  return code;
}

async function settingsOf(text: string) {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/config.yaml`;
    await Deno.writeTextFile(file, text);
    return await loadConfig({ flags: {}, env: {}, file, fileRequired: true });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
