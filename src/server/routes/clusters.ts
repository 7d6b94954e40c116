import { ClusterList } from "../answers.ts";
import type { EndpointModule, Handle } from "../endpoint.ts";
import { errors, json } from "./openapi_content.ts";

export const describe: EndpointModule["describe"] = () => ({
  responses: {
    200: json("The names, sorted", ClusterList),
    ...errors({
      400: "Header 'Host' is missing, or no host name",
      403: "A web page of another site asks",
      421: "The host name is none that this server answers to",
    }),
  },
});

export const handle: Handle = async (_c, { useCases }) => {
  const names = await useCases.clusterNames();
  return { status: 200, body: { clusters: names, total: names.length } };
};
