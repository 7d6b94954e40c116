import type { ClusterList } from "./answers.ts";
import { carryOut, type View } from "./carry_out.ts";
import type { ProgramFlags } from "./open_api.ts";
import type { ApiAnswer } from "./request.ts";

const namesIn = ({ body }: ApiAnswer) => [...(body as ClusterList).clusters];

const VIEW: View = {
  fields: { names: [] },
  columns: ["NAME"],
  wideColumns: [],
  rows: (answer) => namesIn(answer).map((name) => [name]),
  names: namesIn,
  nothing: (place) => `There are no clusters in ${place}`,
};

/** Shows the names of the clusters. */
export function clusters(flags: ProgramFlags): Promise<number> {
  const request = { method: "GET", path: "/clusters" } as const;
  return carryOut(flags, "read", [undefined], () => request, VIEW);
}
