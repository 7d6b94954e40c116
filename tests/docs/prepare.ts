import type { ControlPlane } from "../../scripts/control_plane/control_plane.ts";

/** Creates what a cluster in use has: nothing here creates service accounts by itself. */
export async function prepare(plane: ControlPlane): Promise<void> {
  const { body } = await plane.request("GET", "/api/v1/namespaces");
  const there: string[] = body.items.map(({ metadata }: { metadata: { name: string } }) =>
    metadata.name
  );
  for (const name of ["argocd", "team-a"].filter((name) => !there.includes(name))) {
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
    await plane.request("POST", "/api/v1/namespaces", namespace);
    there.push(name);
  }
  for (const namespace of there) {
    await plane.request("POST", `/api/v1/namespaces/${namespace}/serviceaccounts`, {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "default", namespace },
    });
  }
}
