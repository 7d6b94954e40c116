import assert from "node:assert/strict";
import { join } from "node:path";
import { folder, kubeconfig, listening, program } from "../cli/support.ts";
import { untilSo } from "./within.ts";

/** Processes that a killed server leaves running, and the next one kills. */

interface Hung {
  readonly transport: "kubectl" | "api";
  /** The number of processes that a list starts. */
  readonly count: number;
  /** The cluster's kubeconfig, with a hung program. */
  kubeconfig(program: string): string;
}

const HUNG: Record<string, Hung> = {
  "hung kubectl": {
    transport: "kubectl",
    count: 3,
    kubeconfig: () => kubeconfig("https://127.0.0.1:1"),
  },
  "hung credential plugin": {
    transport: "api",
    count: 1,
    kubeconfig(command) {
      const config = JSON.parse(kubeconfig("https://127.0.0.1:1"));
      const apiVersion = "client.authentication.k8s.io/v1";
      config.users[0].user = { exec: { apiVersion, command, interactiveMode: "Never" } };
      return JSON.stringify(config);
    },
  },
};

/** Writes its own process ID and its child's to a file, then hangs and ignores signals. */
const HANGS = (notes: string) =>
  `#!/bin/sh
trap '' TERM
sleep 1000 &
echo "$$ $!" >'${notes}'/new-$$
mv '${notes}'/new-$$ '${notes}'/$$
wait
sleep 1000
`;

/** The hung processes with their children, as pairs of process IDs. */
function hanging(notes: string): number[][] {
  const names = [...Deno.readDirSync(notes)].map(({ name }) => name);
  return names.filter((name) => !name.startsWith("new-"))
    .map((name) => Deno.readTextFileSync(join(notes, name)).trim().split(" ").map(Number));
}

/** Whether a process exists and is not a zombie. */
function lives(pid: number): boolean {
  try {
    return !/^State:\tZ/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}

for (const [what, { transport, count, kubeconfig }] of Object.entries(HUNG)) {
  Deno.test({
    name: `a ${what} outlives a killed server, and the next start kills it`,
    ignore: Deno.build.os !== "linux",
    fn: async () => {
      await using here = await folder();
      const [bin = "", clusters = "", notes = ""] = ["bin", "clusters", "notes"]
        .map((name) => join(here.path, name));
      for (const path of [bin, clusters, notes]) await Deno.mkdir(path, { mode: 0o700 });
      const hung = join(bin, "kubectl");
      const children = join(here.path, "server.children");
      const noted = () => Deno.readTextFileSync(children).split("\n").slice(1, -1);
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

      let left: number[] = [];
      const bystander = new Deno.Command("sleep", { args: ["1000"], detached: true }).spawn();
      try {
        await using first = serve();
        const asking = fetch(`${await listening(first)}/secrets?cluster=c`)
          .then(async (response) => assert.fail(await response.text()), () => {});
        const hang = untilSo(
          "the plugins or kubectl processes hang",
          () => hanging(notes).length === count,
        );
        await Promise.race([asking, hang]);
        await untilSo(
          "the server has recorded their process groups",
          () => noted().length === count,
        );
        left = hanging(notes).flat();
        first.kill("SIGKILL");
        await first.ended;
        await asking;
        assert.ok(left.every(lives), "the processes outlive the server");

        // As if a recorded process ID had been reused by another process.
        const line = noted().find((each) => each.startsWith(`${left[0]} `))!;
        const reused = line.replace(String(left[0]), String(bystander.pid));
        assert.notEqual(startOf(bystander.pid), startOf(left[0]!));
        await Deno.writeTextFile(children, `${reused}\n`, { append: true });

        await using second = serve();
        for (const [head] of hanging(notes)) {
          await second.line(new RegExp(`WARN.* leftover process group killed pgid=${head}$`));
        }
        await listening(second);
        await untilSo("the leftover processes have gone", () => !left.some(lives));
        assert.ok(lives(bystander.pid), "another process with a recorded process ID was killed");
        second.kill("SIGTERM");
        assert.equal((await second.ended).code, 0);
        await assert.rejects(
          Deno.lstat(children),
          Deno.errors.NotFound,
          "the record of processes was not deleted",
        );
      } finally {
        for (const pid of left.filter(lives)) Deno.kill(pid, "SIGKILL");
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
