import assert from "node:assert/strict";
import type { ControlPlaneClient } from "../../scripts/control_plane/connect.ts";
import { uniqueName } from "../support/api_objects.ts";
import { deployFile, manifests, manifestsOf, ofKind, type Parsed, parseYaml } from "./files.ts";
import { planeTests, renamed, withObjects } from "./on_cluster.ts";

const realTest = planeTests((test) => Deno.test(test));

/** The manifests on a real API server. */

interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function kubectl(
  plane: ControlPlaneClient,
  args: readonly string[],
  objects: readonly Parsed[] = [],
): Promise<Said> {
  const child = new Deno.Command(plane.kubectl, {
    args: [`--kubeconfig=${plane.kubeconfigs.administrator}`, ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(
    new TextEncoder().encode(objects.map((each) => JSON.stringify(each)).join("\n---\n")),
  );
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, stdout: out!, stderr: err! };
}

/** The output of kustomize for the folder. */
async function kustomized(plane: ControlPlaneClient): Promise<Parsed[]> {
  const { code, stdout, stderr } = await kubectl(plane, ["kustomize", deployFile("kubernetes")]);
  assert.equal(code, 0, stderr);
  return parseYaml(stdout);
}

const DRY_RUN = ["create", "--dry-run=server", "--validate=strict", "--filename=-"];

realTest("the API server accepts every manifest without a warning", async (plane) => {
  const namespace = uniqueName("deploy");
  const objects = renamed(
    [...await kustomized(plane), ...await manifestsOf("pull-secrets-rbac.yaml")],
    namespace,
  );
  await withObjects(plane, renamed(await manifests(), namespace), ["Namespace"], async () => {
    const others = objects.filter(({ kind }) => kind !== "Namespace");
    const { code, stdout, stderr } = await kubectl(plane, DRY_RUN, others);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.equal(stdout.trim().split("\n").length, others.length, stdout);
  });
});

realTest("the plain manifests are the same as the output of kustomize", async (plane) => {
  const sorted = (objects: readonly Parsed[]) =>
    objects.toSorted((a, b) => a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0);
  const plain = await manifests();
  const { template } = ofKind(plain, "Deployment").spec;
  const made = await kustomized(plane);
  const [container] = ofKind(made, "Deployment").spec.template.spec.containers;
  template.spec.containers[0].image = container.image;
  assert.deepEqual(sorted(made), sorted(plain));
});

realTest("the namespace admits the pod, and rejects less restricted ones", async (plane) => {
  const namespace = uniqueName("deploy");
  const objects = renamed(await kustomized(plane), namespace);
  const { template } = ofKind(objects, "Deployment").spec;
  const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All`;
  const create = (spec: Parsed) =>
    plane.request("POST", path, {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "probe", namespace },
      spec,
    });
  await withObjects(plane, objects, ["Namespace"], async () => {
    const taken = await create(template.spec);
    assert.equal(taken.status, 201, JSON.stringify(taken.body));
    const careless = structuredClone(template.spec);
    delete careless.containers[0].securityContext.capabilities;
    const refused = await create(careless);
    assert.equal(refused.status, 403);
    assert.match(refused.body.message, /PodSecurity "restricted/);
  });
});
