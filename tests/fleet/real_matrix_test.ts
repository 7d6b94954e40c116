import assert from "node:assert/strict";
import type { ControlPlaneClient } from "../../scripts/control_plane/connect.ts";
import type { CredentialMatrix } from "../../src/fleet/matrix/shapes.ts";
import { linesOf } from "../http/matrix_stage.ts";
import { uniqueName } from "../support/api_objects.ts";
import { TRANSPORTS } from "../support/real_program.ts";
import { fleetTests, type FleetWorld } from "./world.ts";

const fleetTest = fleetTests((test) => Deno.test(test));

/** The matrix of real API servers, a closed one and a hung one. */

/** Creates secrets as other programs would, and deletes them at the end. */
async function withSecrets(
  objects: readonly (readonly [plane: ControlPlaneClient, namespace: string, object: object])[],
  test: () => Promise<void>,
): Promise<void> {
  const paths: [ControlPlaneClient, string][] = [];
  try {
    for (const [plane, namespace, object] of objects) {
      const path = `/api/v1/namespaces/${namespace}/secrets`;
      const { status, body } = await plane.request("POST", path, object);
      assert.equal(status, 201, JSON.stringify(body));
      const { name } = (object as { metadata: { name: string } }).metadata;
      paths.push([plane, `${path}/${name}`]);
    }
    await test();
  } finally {
    for (const [plane, path] of paths) await plane.request("DELETE", path);
  }
}

function pull(name: string, password: string, labels: object) {
  const config = { auths: { "ghcr.io": { username: "ci", password } } };
  return {
    metadata: { name, labels },
    type: "kubernetes.io/dockerconfigjson",
    stringData: { ".dockerconfigjson": JSON.stringify(config) },
  };
}

async function matrix({ ask }: FleetWorld, query: string): Promise<CredentialMatrix> {
  const { status, body } = await ask("GET", `/credentials?${query}`);
  assert.equal(status, 207, JSON.stringify(body));
  return body as unknown as CredentialMatrix;
}

const LABELS = { "mcops.tech/secret-type": "docker-creds" };

for (const transport of TRANSPORTS) {
  fleetTest(
    `${transport}: the matrix shows secrets that differ, are missing or could not be read`,
    { transport },
    async (world) => {
      const { planes: { a, b, c }, canary } = world;
      const name = uniqueName("matrix");
      const own = uniqueName("own");
      const url = `https://git.example.com/${name}`;
      const repository = {
        metadata: { name, labels: { "argocd.argoproj.io/secret-type": "repository" } },
        stringData: { url, username: "ci", password: canary.value },
      };
      await withSecrets([
        [a, "team-a", pull(name, canary.value, LABELS)],
        [b, "team-a", pull(name, `${canary.value}-other`, LABELS)],
        [c, "team-a", pull(name, canary.value, LABELS)],
        [a, "team-a", pull(own, canary.value, {})],
        [a, "argocd", repository],
        [b, "argocd", repository],
      ], async () => {
        const query = `clusters=a,b,c,d,closed,hung&q=${name}`;
        const all = await matrix(world, query);
        const not = (reason: string) => `closed cluster_unreachable, d ${reason}, hung timeout`;
        assert.deepEqual(linesOf(all), [
          `docker/${name} differs: a A, b B, c A, ${not("absent")}`,
          `repository/git/${url} partial: a A, b A, c absent, ${not("absent")}`,
        ]);
        const [first, second] = all.credentials;
        const { fingerprints } = first!.cells.a!.secrets[0]!;
        assert.deepEqual(second!.cells.a!.secrets[0]!.fingerprints, {
          password: fingerprints!["ghcr.io"],
        });
        const bare = await matrix(world, `${query}&fingerprints=false&kind=docker`);
        assert.deepEqual(linesOf(bare), [
          `docker/${name} partial: a present, b present, c present, ${not("absent")}`,
        ]);
        const everywhere = await matrix(world, `clusters=a,closed&everywhere=true&q=${own}`);
        assert.deepEqual(linesOf(everywhere), [
          `docker/${own} same: a A, closed cluster_unreachable`,
        ]);
      });
    },
  );
}
