import assert from "node:assert/strict";
import { join } from "node:path";
import { folder, kubeconfig, listening, program } from "../cli/support.ts";
import { untilSo } from "./within.ts";

/** What a server that is killed leaves running, and the next one ends. */

interface Hung {
  readonly transport: "kubectl" | "api";
  /** The kubeconfig of the cluster, where a program that hangs is `program`. */
  kubeconfig(program: string): string;
}

const HUNG: Record<string, Hung> = {
  "kubectl that hangs": {
    transport: "kubectl",
    kubeconfig: () => kubeconfig("https://127.0.0.1:1"),
  },
  "credential plugin that hangs": {
    transport: "api",
    kubeconfig(command) {
      const config = JSON.parse(kubeconfig("https://127.0.0.1:1"));
      const apiVersion = "client.authentication.k8s.io/v1";
      config.users[0].user = { exec: { apiVersion, command, interactiveMode: "Never" } };
      return JSON.stringify(config);
    },
  },
};

/** Its own process id and its child's, in a file, and then nothing more, whatever it is told. */
const HANGS = (notes: string) =>
  `#!/bin/sh
trap '' TERM
sleep 1000 &
echo "$$ $!" >'${notes}.new'
mv '${notes}.new' '${notes}'
wait
sleep 1000
`;

/** Whether a process is there and does not just wait to be taken note of. */
function lives(pid: number): boolean {
  try {
    return !/^State:\tZ/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}

for (const [what, { transport, kubeconfig }] of Object.entries(HUNG)) {
  Deno.test({
    name: `a ${what} outlives a server that is killed, and not the next one's start`,
    ignore: Deno.build.os !== "linux",
    fn: async () => {
      await using here = await folder();
      const [bin, clusters] = ["bin", "clusters"].map((name) => join(here.path, name));
      for (const path of [bin!, clusters!]) await Deno.mkdir(path, { mode: 0o700 });
      const [hung, notes] = [join(bin!, "kubectl"), join(here.path, "notes")];
      await Deno.writeTextFile(hung, HANGS(notes), { mode: 0o755 });
      await here.write("clusters/c.kubeconfig", kubeconfig(hung));
      const serve = () =>
        program([
          "serve",
          "--port=0",
          `--transport=${transport}`,
          "--kubectl-timeout=600",
          `--pid-file=${join(here.path, "server.pid")}`,
          `--clusters-folder=${clusters}`,
        ], { env: { PATH: `${bin}:${Deno.env.get("PATH")}` } });

      const bystander = new Deno.Command("sleep", { args: ["1000"], detached: true }).spawn();
      try {
        await using first = serve();
        const asking = fetch(`${await listening(first)}/secrets?cluster=c`)
          .then(async (response) => assert.fail(await response.text()), () => {});
        await Promise.race([asking, untilSo("it hangs", () => exists(notes))]);
        const left = Deno.readTextFileSync(notes).trim().split(" ").map(Number);
        first.kill("SIGKILL");
        await first.ended;
        await asking;
        assert.deepEqual(left.map(lives), [true, true], "they outlive the server");

        // As if a number of before were another process's now.
        const children = join(here.path, "server.children");
        const [line] = (await Deno.readTextFile(children)).split("\n").slice(1);
        assert.match(line!, new RegExp(`^${left[0]} `));
        const reused = line!.replace(String(left[0]), String(bystander.pid));
        assert.notEqual(startOf(bystander.pid), startOf(left[0]!));
        await Deno.writeTextFile(children, `${reused}\n`, { append: true });

        await using second = serve();
        await second.line(new RegExp(`WARN.* process of a killed server ended group=${left[0]}`));
        await listening(second);
        await untilSo("they have gone, too", () => !left.some(lives));
        assert.ok(lives(bystander.pid), "who has a number that was another's is left alone");
        second.kill("SIGTERM");
        assert.equal((await second.ended).code, 0);
        assert.ok(!exists(children), "nothing is left");
      } finally {
        bystander.kill("SIGKILL");
        await bystander.status;
      }
    },
  });
}

function startOf(pid: number): string | undefined {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
