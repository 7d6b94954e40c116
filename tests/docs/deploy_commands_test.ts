import assert from "node:assert/strict";
import { join } from "node:path";
import { parse } from "node:path/posix";
import { controlPlaneFromEnv } from "../../scripts/control_plane/connect.ts";
import { loadConfig } from "../../src/config/load.ts";
import { folder } from "../cli/support.ts";
import { onCluster } from "./on_cluster.ts";
import { blocks, commandsOf, ROOT } from "./readme.ts";

/** The commands of docs/install.md that set up a service: for systemd in a folder that stands for `/`. */

const commandsUnder = async (heading: string) =>
  (await blocks("docs/install.md")).filter((block) =>
    block.heading === heading && block.language === "sh"
  ).flatMap(commandsOf);

/** `install` as root with a folder as `/`; commands for services and users only print their arguments. */
const FAKES: Readonly<Record<string, string>> = {
  install: `args=()
while (($#)); do
  case $1 in
    -g) [[ $2 == argocd-configurer ]]; shift ;;
    /*) args+=("$ROOT_FOLDER$1") ;;
    *) args+=("$1") ;;
  esac
  shift
done
exec "$INSTALL" "\${args[@]}"`,
  ...Object.fromEntries(
    ["useradd", "systemctl", "journalctl", "curl"].map((name) => [name, `echo "${name} $*"`]),
  ),
};

Deno.test({
  name:
    "the commands for systemd install the program, unit, settings and kubeconfig where the unit expects them",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using here = await folder();
    const [root, bin, archive] = ["root", "bin", "archive"].map((name) => join(here.path, name));
    for (const path of ["usr/local/bin", "etc/systemd/system"]) {
      await Deno.mkdir(join(root!, path), { recursive: true });
    }
    await Deno.mkdir(bin!);
    for (const [name, text] of Object.entries(FAKES)) {
      await Deno.writeTextFile(join(bin!, name), `#!/bin/bash\nset -eu\n${text}\n`, {
        mode: 0o755,
      });
    }
    // A release's archive contains these.
    await Deno.mkdir(join(archive!, "deploy/systemd"), { recursive: true });
    for (const name of ["argocd-configurer.service", "config.yaml"]) {
      const path = join("deploy/systemd", name);
      await Deno.copyFile(join(ROOT, path), join(archive!, path));
    }
    for (const name of ["argocd-configurer", "production.kubeconfig"]) {
      await Deno.writeTextFile(join(archive!, name), "made up\n");
    }
    const commands = await commandsUnder("systemd");
    const { code, stdout, stderr } = await new Deno.Command("bash", {
      args: ["-euc", commands.join("\n")],
      cwd: archive,
      env: {
        ROOT_FOLDER: root!,
        INSTALL: "/usr/bin/install",
        PATH: `${bin}:${Deno.env.get("PATH")}`,
      },
    }).output();
    const [out, said] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    assert.equal(code, 0, out! + said);
    assert.match(out!, /^systemctl enable --now argocd-configurer$/m);

    const unit = await Deno.readTextFile(
      join(root!, "etc/systemd/system/argocd-configurer.service"),
    );
    const [, program, config] = /^ExecStart=(\S+) serve --config (\S+)$/m.exec(unit)!;
    const mode = async (path: string) => (await Deno.stat(join(root!, path))).mode! & 0o777;
    assert.equal(await mode(program!), 0o755);
    assert.equal(await mode(config!), 0o640);
    const { settings } = await loadConfig({
      file: join(root!, config!),
      env: {},
      flags: {},
      fileRequired: true,
    });
    const clusters = settings["clusters-folder"];
    assert.equal(await mode(clusters), 0o750);
    assert.equal(await mode(join(clusters, "production.kubeconfig")), 0o640);
    // useradd creates the user that the unit names.
    const [, user] = /^User=(\S+)$/m.exec(unit)!;
    assert.match(out!, new RegExp(`^useradd .* ${user}$`, "m"));
    assert.equal(parse(program!).name, user);
  },
});

Deno.test("the comment in the unit has the same commands as the document", async () => {
  const unit = await Deno.readTextFile(join(ROOT, "deploy/systemd/argocd-configurer.service"));
  const [comment] = unit.split("\n\n[Unit]");
  const text = comment!.split("\n").filter((line) => line.startsWith("#   "))
    .map((line) => line.slice(4)).join("\n")
    .replace("dist/argocd-configurer", "argocd-configurer")
    .replace("NAME.kubeconfig", "production.kubeconfig");
  const shown = await commandsUnder("systemd");
  const commands = commandsOf({ language: "sh", text, heading: "" });
  assert.equal(commands.length, 8, text);
  for (const command of commands) assert.ok(shown.includes(command), command);
});

Deno.test("the command in the README and in docs/install.md installs the result of a build", async () => {
  for (const document of ["README.md", "docs/install.md"]) {
    await using here = await folder();
    await Deno.mkdir(join(here.path, "dist"));
    await Deno.writeTextFile(join(here.path, "dist", "argocd-configurer"), "made up\n");
    const command = (await blocks(document)).flatMap(commandsOf)
      .find((each) => each.includes(" install -m 755 dist/"))!;
    const { success } = await new Deno.Command("sh", {
      args: ["-c", command],
      cwd: here.path,
      env: { HOME: here.path },
    }).output();
    assert.ok(success, command);
    const { mode } = await Deno.stat(join(here.path, ".local/bin/argocd-configurer"));
    assert.equal(mode! & 0o777, 0o755);
  }
});

Deno.test({
  name: "the commands for Kubernetes create everything that a rollout and a forwarded port need",
  ignore: controlPlaneFromEnv() === undefined,
  fn: () =>
    onCluster(async ({ run, plane }) => {
      await run(`ln -s "${join(ROOT, "deploy")}" deploy`);
      await run("touch production.kubeconfig test.kubeconfig");
      const all = await commandsUnder("Kubernetes");
      const commands = all.filter((command) => /^kubectl (apply|create) /.test(command));
      assert.equal(commands.length, 2, all.join("\n"));
      for (const command of commands) {
        const { code, out, said } = await run(command);
        assert.equal(code, 0, `${command}\n${out}${said}`);
      }
      const [, deployment] = /rollout status deployment\/(\S+)/.exec(all.join("\n"))!;
      const [, service, port] = /port-forward .*service\/(\S+) (\d+)/.exec(all.join("\n"))!;
      const namespace = "namespaces/argocd-configurer";
      const made = await plane.request(
        "GET",
        `/apis/apps/v1/${namespace}/deployments/${deployment}`,
      );
      assert.equal(made.status, 200);
      const { body } = await plane.request("GET", `/api/v1/${namespace}/services/${service}`);
      assert.equal(body.spec.ports[0].port, Number(port));
      const secret = await plane.request(
        "GET",
        `/api/v1/${namespace}/secrets/argocd-configurer-clusters`,
      );
      assert.deepEqual(Object.keys(secret.body.data), ["production.kubeconfig", "test.kubeconfig"]);
      const volumes = JSON.stringify(made.body.spec.template.spec.volumes);
      assert.ok(volumes.includes('"argocd-configurer-clusters"'), volumes);
    }),
});
