import { AS_TABLE } from "../../src/kube/api/lists.ts";
import { summaryTemplate } from "../../src/kube/kubectl/templates.ts";
import type { ControlPlane } from "../control_plane/control_plane.ts";
import { bareClient } from "./bare_client.ts";
import { get } from "./http.ts";
import { runBare, sideBySide } from "./measure.ts";
import type { ServerProcess } from "./server.ts";
import { atMost, type Row } from "./table.ts";

const ARGOCD = "argocd.argoproj.io/secret-type in (repo-creds,repository,helm-repo-creds)";
const DOCKER = ["jjo.finance/secret-type=docker-creds", "mcops.tech/secret-type=docker-creds"];

const TURNS = 15;

/** GET /secrets over kubectl, compared with the same three concurrent kubectl processes. */
export async function benchListOverKubectl(
  server: ServerProcess,
  plane: ControlPlane,
): Promise<Row> {
  const list = (scope: string, selector: string, repository: boolean) =>
    runBare(plane.kubectl, [
      "get",
      "secrets",
      `--kubeconfig=${plane.kubeconfigs.administrator}`,
      scope,
      `--selector=${selector}`,
      `--output=go-template=${summaryTemplate(repository)}`,
    ]);
  const times = await sideBySide(
    TURNS,
    () => get(`${server.url}/secrets?cluster=bench`),
    () =>
      Promise.all([
        list("--namespace=argocd", ARGOCD, true),
        ...DOCKER.map((selector) => list("--all-namespaces", selector, false)),
      ]),
  );
  return atMost(1.3, "GET /secrets, kubectl", times);
}

/** GET /secrets over the API, compared with the same three lists over kept connections. */
export async function benchListOverApi(
  server: ServerProcess,
  plane: ControlPlane,
  what = "GET /secrets, api",
): Promise<Row> {
  const bare = await bareClient(plane.kubeconfigs.administrator, 16);
  const query = (selector: string, more = "") =>
    `labelSelector=${encodeURIComponent(selector)}&limit=500${more}`;
  try {
    const times = await sideBySide(
      10 * TURNS,
      () => get(`${server.url}/secrets?cluster=bench`),
      () =>
        Promise.all([
          bare.askPages(`/api/v1/namespaces/argocd/secrets?${query(ARGOCD)}`),
          ...DOCKER.map((selector) =>
            bare.askPages(`/api/v1/secrets?${query(selector, "&includeObject=Metadata")}`, AS_TABLE)
          ),
        ]),
      600, // until V8 has compiled both, also ours, which is larger: a request takes two milliseconds
    );
    return atMost(1.5, what, times);
  } finally {
    bare.close();
  }
}
