import { repo, search, sent, show } from "../requests.ts";
import { CANARY, get, refused, testsOf } from "../support.ts";

/** GET /secrets/{name} that shows nothing: invalid names, wrong parameters, missing secrets. */

const envelope = (message: string, status = 400) => ({
  error: true,
  message,
  status_code: status,
});
const ALL = "Known parameters: cluster, namespace";
const path = (rest: string) => () => get(`/secrets/${rest}`);
const NO_NAME = /^Parameter 'name' must be a valid secret name: .*at most 253 characters$/;

for (
  const test of testsOf([
    refused("a missing cluster is rejected", path("my-repo"), 400, {
      ...envelope("Missing required parameter 'cluster'"),
    }),
    ...["add_docker%20", "My-Repo", "-x", "a_b", "a%2Fb", "a%00b", "x".repeat(254)].map(
      (name) =>
        refused(
          `secret name ${name.slice(0, 20)} is rejected`,
          path(`${name}?cluster=a`),
          400,
          NO_NAME,
        ),
    ),
    refused(
      "an empty namespace is rejected",
      () => show("my-repo", { namespace: "" }),
      400,
      /^Parameter 'namespace' must be a valid namespace name: /,
    ),
    refused(
      "two namespaces are rejected",
      () => show("my-repo", { namespace: ["a", "b"] }),
      400,
      envelope("Parameter 'namespace' must be a string"),
    ),
    refused(
      "a misspelled parameter is rejected with a suggestion",
      () => show("my-repo", { namespaces: "default" }),
      400,
      envelope("Unknown parameter 'namespaces'; did you mean 'namespace'?"),
    ),
    refused(
      "an unknown parameter is not echoed",
      () => show("my-repo", { [CANARY]: "1" }),
      400,
      envelope(`Unknown parameter. ${ALL}`),
    ),
    refused(
      "a name in the query is rejected",
      () => get(`/secrets/my-repo?${search({ cluster: "test-cluster", name: "other" })}`),
      400,
      envelope("Parameter 'name' is part of the path and not allowed in the query"),
    ),
    {
      name: "a missing secret is 404",
      request: () => show("my-repo"),
      status: 404,
      body: envelope("Secret 'my-repo' not found in cluster 'test-cluster'", 404),
    },
    {
      name: "a secret missing from the given namespace is 404",
      request: () => show("my-repo", { namespace: "default" }),
      before: sent(() => repo()),
      status: 404,
      body: envelope("Secret 'my-repo' not found in cluster 'test-cluster'", 404),
    },
    {
      name: "an unknown cluster is 404, as for every read",
      request: () => get("/secrets/my-repo?cluster=non-existent"),
      status: 404,
      body: /^Cluster 'non-existent' not found\. No kubeconfig file at clusters\/non-existent/,
    },
  ])
) Deno.test(test);
