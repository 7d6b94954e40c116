import pLimit from "p-limit";
import type { ClusterList } from "./answers.ts";
import { carryOut, type View } from "./carry_out.ts";
import { openApi, type ProgramFlags } from "./open_api.ts";
import { sayPassedOver } from "./passed_over.ts";
import type { Api, ApiAnswer } from "./request.ts";
import { show } from "./show.ts";
import { serverOf } from "./which_server.ts";

const REQUEST = { method: "GET", path: "/clusters" } as const;

/** Kubeconfigs that are read at once, so that thousands take few file descriptors. */
const AT_ONCE = 16;

const namesIn = ({ body }: ApiAnswer) => [...(body as ClusterList).clusters];

const VIEW: View = {
  fields: { names: [] },
  columns: ["NAME"],
  wideColumns: [],
  rows: (answer) => namesIn(answer).map((name) => [name]),
  names: namesIn,
  nothing: (place) => `There are no clusters in ${place}`,
};

/** Shows the names of the clusters; with `-o wide` what their kubeconfigs tell, too. */
export async function clusters(flags: ProgramFlags): Promise<number> {
  const isOwn = serverOf(flags) === undefined;
  const code = isOwn && flags.output === "wide"
    ? await withKubeconfigs(flags)
    : await carryOut(flags, "read", [undefined], () => REQUEST, VIEW);
  if (isOwn) await sayPassedOver(flags);
  return code;
}

/** No cluster is asked. */
async function withKubeconfigs(flags: ProgramFlags): Promise<number> {
  const api = await openApi(flags, "read");
  try {
    const answer = await api.ask(REQUEST);
    const rows = answer.status === 200
      ? await pLimit(AT_ONCE).map(namesIn(answer), (name) => cellsOf(name, api))
      : [];
    const view = { ...VIEW, wideColumns: ["SERVER", "KUBECONFIG"], rows: () => rows };
    const options = { flags, isChecked: false, areSeveral: false, api };
    return show([{ cluster: undefined, request: REQUEST, answer }], view, options);
  } finally {
    await api.close();
  }
}

async function cellsOf(name: string, api: Api): Promise<(string | undefined)[]> {
  const { server, refused, warnings } = await api.kubeconfig!(name);
  const state = refused === undefined ? "usable" : `refused: ${refused}`;
  return [name, server, [state, ...warnings].join("; ")];
}
