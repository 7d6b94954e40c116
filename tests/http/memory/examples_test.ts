import assert from "node:assert/strict";
import { inMemory, usable } from "../../../src/clusters/fake/in_memory.ts";
import { type Body, EXAMPLES, withKeys } from "../bodies.ts";
import { openapi } from "../documented.ts";
import { stage } from "../stage.ts";
import { post } from "../support.ts";

for (const [path, examples] of EXAMPLES) {
  for (const [name, { summary, value }] of Object.entries(examples)) {
    Deno.test(`the documented example of ${path} is accepted: ${summary}`, async () => {
      const accepted = () =>
        Promise.resolve({ reachable: true, accepted: true, may: [], asked: "", why: "accepted" });
      const { app, cluster } = stage({
        verifyOne: accepted,
        sources: [inMemory(usable("test-cluster"))],
      });
      for (const namespace of ["default", "kube-system"]) {
        cluster.putAccount({ namespace, name: "default" });
      }
      const response = await app.fetch(post(path, withKeys(value as Body)));
      assert.equal(response.status, 200, await response.text());
      const { examples } = (await openapi()).paths[path].post.requestBody
        .content["application/json"];
      assert.deepEqual(examples[name].value, JSON.parse(JSON.stringify(value)));
    });
  }
}
