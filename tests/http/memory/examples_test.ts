import assert from "node:assert/strict";
import {
  DOCKER_EXAMPLES,
  type Examples,
  HELM_EXAMPLES,
  REPO_EXAMPLES,
  VERIFY_EXAMPLES,
} from "../../../src/server/routes/examples.ts";
import { openapi } from "../documented.ts";
import { makeGcpKey, makeRsaKey, makeSshKey, makeTlsPair } from "../material.ts";
import { stage } from "../stage.ts";
import { post } from "../support.ts";

const rsa = makeRsaKey();
const tls = makeTlsPair();
const SSH = makeSshKey();

/** An example with real keys in place of what stands for them. */
function withKeys(value: Record<string, unknown>): Record<string, unknown> {
  const app = value.github_app as object | undefined;
  return {
    ...value,
    ...(value.ssh_private_key ? { ssh_private_key: SSH } : {}),
    ...(app ? { github_app: { ...app, private_key: rsa } } : {}),
    ...(value.gcp_service_account_key ? { gcp_service_account_key: makeGcpKey(rsa) } : {}),
    ...(value.tls_client_cert ? { tls_client_cert: tls.certificate, tls_client_key: tls.key } : {}),
  };
}

const ALL: [path: string, examples: Examples][] = [
  ["/secrets/add_repo", REPO_EXAMPLES],
  ["/secrets/add_docker", DOCKER_EXAMPLES],
  ["/secrets/add_helm_repo", HELM_EXAMPLES],
  ["/secrets/verify", VERIFY_EXAMPLES],
];

for (const [path, examples] of ALL) {
  for (const [name, { summary, value }] of Object.entries(examples)) {
    Deno.test(`the documented example of ${path} is accepted: ${summary}`, async () => {
      const accepted = () =>
        Promise.resolve({ reachable: true, accepted: true, may: [], asked: "", why: "accepted" });
      const { app, cluster } = stage({ verifyOne: accepted });
      for (const namespace of ["default", "kube-system"]) {
        cluster.putAccount({ namespace, name: "default" });
      }
      const response = await app.fetch(post(path, withKeys(value as Record<string, unknown>)));
      assert.equal(response.status, 200, await response.text());
      const { examples } = (await openapi()).paths[path].post.requestBody
        .content["application/json"];
      assert.deepEqual(examples[name].value, JSON.parse(JSON.stringify(value)));
    });
  }
}
