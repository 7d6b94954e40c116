import assert from "node:assert/strict";
import { controlPlaneFromEnv } from "../../scripts/control_plane/connect.ts";
import { onCluster } from "./on_cluster.ts";
import { blocks, commandsOf } from "./readme.ts";

/** The README's commands from a kubeconfig to the first secret, on a cluster of their own. */

const ignore = controlPlaneFromEnv() === undefined;

Deno.test({
  name:
    "the README's commands from a kubeconfig to the first secret and to a server work as written",
  ignore,
  fn: () =>
    onCluster(async ({ run, plane, canary }) => {
      const shown = (await blocks()).filter(({ heading, language }) =>
        heading === "First cluster, first secret" && language === "sh"
      ).flatMap(commandsOf);
      assert.equal(shown.length, 9, shown.join("\n"));
      const answers: string[] = [];
      for (const command of shown) {
        const { code, out, said } = await run(command);
        assert.equal(code, 0, `${command}\n${out}${said}`);
        answers.push(out);
      }
      assert.match(answers[0]!, /admin@test-cluster +test-cluster /);
      assert.match(answers[3]!, /first-registry/);
      const answer = answers.find((each) => each.startsWith("{"));
      assert.equal(JSON.parse(answer!).cluster, "test-cluster");
      const { body } = await plane.request(
        "GET",
        "/api/v1/namespaces/default/secrets/first-registry",
      );
      const { auths } = JSON.parse(atob(body.data[".dockerconfigjson"]));
      assert.equal(auths["ghcr.io"].password, `${canary.value}-token`);
    }),
});
