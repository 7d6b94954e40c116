import { ClusterList } from "../answers.ts";
import type { EndpointModule, Handle } from "../endpoint.ts";
import { json } from "./openapi_content.ts";

export const describe: EndpointModule["describe"] = () => ({
  about: "A token that is for some clusters only is shown those.",
  answers: { 200: json("The names, sorted", ClusterList) },
});

export const handle: Handle = async (_c, { useCases }) => {
  const names = await useCases.clusterNames();
  return { status: 200, body: { clusters: names, total: names.length } };
};
