import { ClusterList } from "../answers.ts";
import type { EndpointModule, Handle } from "../endpoint.ts";
import { parseQuery } from "../parse.ts";
import { NoQuery } from "../schemas/queries.ts";
import { errors, json } from "./openapi_content.ts";

export const describe: EndpointModule["describe"] = () => ({
  about: "A token that is for some clusters only is shown those.",
  answers: {
    200: json("The names, sorted", ClusterList),
    ...errors({ 400: "A parameter is given" }),
  },
});

export const handle: Handle = async (c, { useCases }) => {
  parseQuery(c, NoQuery);
  const names = await useCases.clusterNames();
  return { status: 200, body: { clusters: names, total: names.length } };
};
