import assert from "node:assert/strict";
import { join } from "node:path";
import {
  type ControlPlaneClient,
  controlPlaneFromEnv,
} from "../../scripts/control_plane/connect.ts";
import { type Bystander, bystander, uniqueName } from "../support/api_objects.ts";
import { decodeBase64 } from "../support/base64.ts";
import { type Canary, makeCanary } from "../support/canary.ts";
import { commandLinesDuring } from "../support/processes.ts";
import { assertEnded, type Given } from "./credentials_support.ts";
import { type Ended, folder, listening, program, programCommand } from "./support.ts";

/** The commands for credentials on a real API server. */

const plane = controlPlaneFromEnv();

interface Place extends Bystander {
  readonly canary: Canary;
  run(args: readonly string[], given?: Given): Promise<Ended>;
}

const CLUSTERS = ["administrator", "reader", "closed-port"] as const;

/** For each transport, in process and through a server. */
function realTest(sentence: string, test: (place: Place) => Promise<void>): void {
  for (const transport of ["kubectl", "api"]) {
    for (const way of ["in process", "by a server"]) {
      Deno.test({
        name: `${transport}, ${way}: ${sentence}`,
        ignore: plane === undefined,
        fn: () => onPlane(plane!, transport, way === "by a server", test),
      });
    }
  }
}

async function onPlane(
  plane: ControlPlaneClient,
  transport: string,
  isByServer: boolean,
  test: (place: Place) => Promise<void>,
): Promise<void> {
  await using here = await folder();
  for (const name of CLUSTERS) {
    await here.write(`${name}.kubeconfig`, await Deno.readTextFile(plane.kubeconfigs[name]));
  }
  const settings = ["--clusters-folder", here.path, "--transport", transport];
  await using server = isByServer ? program(["serve", "--port", "0", ...settings]) : undefined;
  const by = server === undefined ? settings : ["--server", await listening(server)];
  const canary = makeCanary();
  await test({
    ...bystander(plane.request),
    canary,
    async run(args, { stdin = "", env } = {}) {
      const [executable, ...rest] = programCommand([...args, ...by]);
      const child = new Deno.Command(executable!, {
        args: rest,
        cwd: here.path,
        env: { NO_COLOR: "1", KUBECACHEDIR: join(here.path, "cache"), ...env },
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const [{ code, stdout, stderr }] = await Promise.all([
        child.output(),
        new Blob([stdin]).stream().pipeTo(child.stdin).catch(() => {}), // the process may exit before reading
      ]);
      const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
      for (const text of [out!, err!]) canary.absentFrom(text, "what is printed");
      return { code, stdout: out!, stderr: err! };
    },
  });
}

/** The message for each result. */
const SAYS = {
  created: "created successfully",
  replaced: "updated successfully",
  unchanged: "unchanged",
};

realTest("a pull secret is written, shown, replaced and deleted", async (place) => {
  const { run, canary: { value: stdin }, find } = place;
  const [namespace, name] = [await place.namespace(), uniqueName("pull")];
  const args = [
    ...["docker", "add", "--cluster", "administrator", "--name", name, "--username", "u"],
    ...["--password-stdin", "--namespaces", namespace],
  ];
  const written = (result: keyof typeof SAYS) => ({
    stdout: `CLUSTER         NAMESPACE${" ".repeat(Math.max(namespace.length - 9, 0) + 3)}` +
      `OBJECT${" ".repeat(name.length + 4)}RESULT\n` +
      `administrator   ${namespace.padEnd(9)}   secret/${name}   ${result}\n` +
      `administrator   ${"argocd".padEnd(Math.max(namespace.length, 9))}   secret/${name}   ` +
      `${result}\n`,
    stderr: `Docker registry secrets ${SAYS[result]} in 2 namespaces\n`,
  });
  const adding = run(args, { stdin: stdin + "\n" });
  const seen = await commandLinesDuring(adding);
  place.canary.absentFrom([...seen].join("\n"), "a command line");
  assertEnded(await adding, written("created"));
  const data = (await find(namespace, name))?.data?.[".dockerconfigjson"] ?? "";
  assert.equal(JSON.parse(decodeBase64(data)).auths["ghcr.io"].password, stdin);

  assertEnded(await run(args, { stdin }), { code: 1, stderr: /Give --upsert to replace/ });
  assertEnded(await run([...args, "--upsert"], { stdin }), written("unchanged"));
  assertEnded(await run([...args, "--upsert"], { stdin: "other" }), written("replaced"));
  const shown = await run(["secrets", "administrator", name, "-o", "json"]);
  const { secrets } = JSON.parse(shown.stdout);
  assert.deepEqual(
    secrets.map(({ managed, namespace }: Record<string, unknown>) => [namespace, managed]).sort(),
    [["argocd", true], [namespace, true]].sort(),
  );
  const listed = await run(["secrets", "administrator", "-o", "name"]);
  assert.match(listed.stdout, new RegExp(`^secret/${name}$`, "m"));

  const tried = await run(["delete", "administrator", name, "--dry-run", "server"]);
  assertEnded(tried, { stdout: /deleted \(dry run\)/, stderr: "2 secrets would be deleted\n" });
  const deleted = await run(["delete", "administrator", name, "--yes"]);
  assertEnded(deleted, { stdout: /secret\/\S+ +deleted$/m, stderr: "2 secrets deleted\n" });
  assert.equal(await find(namespace, name), undefined);
  assert.equal(await find("argocd", name), undefined);
});

realTest(
  "a repository is written where permitted, and the other clusters are reported",
  async (place) => {
    const { run, canary: { value: stdin }, find } = place;
    const name = uniqueName("repo");
    const addTo = (clusters: string) =>
      run([
        ...["repo", "add", "--cluster", clusters, "--name", name, "--type", "helm"],
        ...["--url", `https://charts.example.com/${name}`, "--username", "u", "--password-stdin"],
      ], { stdin });
    assertEnded(await addTo("reader"), { code: 1, stderr: /^error: Cannot / });
    assert.equal(await find("argocd", name), undefined);
    // Two names of one server are one cluster, under the first of them.
    assertEnded(await addTo("administrator,reader,closed-port"), {
      code: 3,
      stdout: "",
      stderr: new RegExp(
        "^closed-port: failed: Cannot .*\nnote: administrator, reader share one API server " +
          "and are treated as one cluster\n1 cluster: 1 created; 1 failed\nTo retry the failed clusters: --cluster closed-port\n$",
      ),
    });
    assert.equal(decodeBase64((await find("argocd", name))?.data?.password ?? ""), stdin);
    await place.remove("argocd", name);
  },
);
