import assert from "node:assert/strict";
import { join } from "node:path";
import { load } from "js-yaml";
import { controlPlaneFromEnv } from "../../scripts/control_plane/connect.ts";
import { startControlPlane } from "../../scripts/control_plane/control_plane.ts";
import { folder } from "../cli/support.ts";
import { makeCanary } from "../support/canary.ts";
import { install, makeHome } from "./home.ts";
import { prepare } from "./prepare.ts";
import { blocks, commandsOf } from "./readme.ts";

/** The README's way from a kubeconfig to the first secret, on a cluster of its own. */

const ignore = controlPlaneFromEnv() === undefined;

/** A port that nobody listens on just now. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

Deno.test({
  name:
    "the README's way from a kubeconfig to the first secret, and to a server, works as it stands",
  ignore,
  fn: async () => {
    const canary = makeCanary();
    const plane = await startControlPlane();
    try {
      await using place = await folder();
      const home = await makeHome(place.path, canary.value);
      await prepare(plane);
      // As `kubectl` has it, with a context of the name that the examples have.
      const kubeconfig = JSON.parse(
        JSON.stringify(load(await Deno.readTextFile(plane.kubeconfigs.administrator))),
      );
      const [context] = kubeconfig.contexts;
      kubeconfig.contexts = [{ ...context, name: "admin@test-cluster" }];
      kubeconfig["current-context"] = "admin@test-cluster";
      await Deno.mkdir(join(home.path, ".kube"));
      const file = join(home.path, ".kube", "config");
      await Deno.writeTextFile(file, JSON.stringify(kubeconfig), { mode: 0o600 });
      const work = join(home.path, "work");
      await Deno.mkdir(work);
      await Deno.copyFile(join(home.path, "token"), join(work, "token"));
      const port = String(freePort());
      const env = {
        ...await install(home),
        XDG_CONFIG_HOME: join(home.path, ".config"),
        XDG_STATE_HOME: join(home.path, ".local/state"),
        ARGOCD_CONFIGURER_PORT: port,
      };
      const shown = (await blocks()).filter(({ heading, language }) =>
        heading === "First cluster, first secret" && language === "sh"
      ).flatMap(commandsOf);
      assert.equal(shown.length, 9, shown.join("\n"));
      // Where a command fails, the server must not stay.
      await using _ = {
        async [Symbol.asyncDispose]() {
          const args = ["-c", "argocd-configurer stop"];
          await new Deno.Command("sh", { args, cwd: work, env, stdout: "null", stderr: "null" })
            .output();
        },
      };
      const answers: string[] = [];
      for (const command of shown) {
        // Where nobody is asked, as here, a yes has to be given.
        const given = command.replace(/clusters import$/, "clusters import --yes")
          .replaceAll("localhost:8091", `localhost:${port}`);
        const { code, stdout, stderr } = await new Deno.Command("sh", {
          args: ["-c", given],
          cwd: work,
          env,
          stdin: "null",
        }).output();
        const [out, said] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
        assert.equal(code, 0, `${command}\n${out}${said}`);
        answers.push(out!);
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
    } finally {
      await plane.stop();
    }
  },
});
