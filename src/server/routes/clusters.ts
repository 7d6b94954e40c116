import { ClusterList } from "../answers.ts";
import type { Endpoint } from "../endpoint.ts";
import { json } from "./openapi_content.ts";

export const clusters: Endpoint = {
  route: {
    method: "get",
    path: "/clusters",
    summary: "The clusters: names of the kubeconfigs in the clusters folder",
    responses: { 200: json("The names, sorted", ClusterList) },
  },
  async handle(_c, { useCases }) {
    const names = await useCases.clusterNames();
    return { status: 200, body: { clusters: names, total: names.length } };
  },
};
