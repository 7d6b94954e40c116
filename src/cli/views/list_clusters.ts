import pLimit from "p-limit";
import type { KubeconfigState } from "../../clusters/vet.ts";
import type { ClusterList } from "../credentials/answers.ts";
import type { View } from "./view.ts";

/** Kubeconfigs that are read at once, so that thousands take few file descriptors. */
const AT_ONCE = 16;

interface Row {
  readonly name: string;
  /** What the kubeconfig tells, where that is here and shown. */
  readonly state?: KubeconfigState;
}

/** The names of the clusters; with `-o wide` what their kubeconfigs tell, too. */
export const view: View<ClusterList, Row> = {
  columns: (rows) => ({
    NAME: ({ name }) => name,
    ...rows.some(({ state }) => state) && {
      SERVER: ({ state }) => state?.server,
      KUBECONFIG: ({ state }) => state && told(state),
    },
  }),
  // No cluster is asked.
  rows: ({ clusters }, way) => {
    const look = way?.kubeconfig;
    return look === undefined
      ? clusters.map((name) => ({ name }))
      : pLimit(AT_ONCE).map(clusters, async (name) => ({ name, state: await look(name) }));
  },
  names: ({ clusters }) => clusters,
  nothing: (place) => `There are no clusters in ${place}`,
  warnings: async (way) => await way.passedOver?.() ?? [],
};

const told = ({ refused, warnings }: KubeconfigState) =>
  [refused === undefined ? "usable" : `refused: ${refused}`, ...warnings].join("; ");
