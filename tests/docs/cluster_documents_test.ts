import { controlPlaneFromEnv } from "../../scripts/control_plane/connect.ts";
import { documentsOf } from "./documents.ts";
import { onCluster } from "./on_cluster.ts";
import { runDocument } from "./run_document.ts";

/** The commands of the documents that start from a kubeconfig, each document on a cluster of its own. */

const ignore = controlPlaneFromEnv() === undefined;

for (const document of await documentsOf("cluster")) {
  Deno.test({
    name: `each command of ${document.path} works on a real cluster, with the documented output`,
    ignore,
    fn: () => onCluster(({ run }) => runDocument(document, run), document.clusters),
  });
}
