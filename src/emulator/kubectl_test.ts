import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { type EmulatedRequest, type Emulator, startEmulator } from "./emulator.ts";

/** The emulator with the real kubectl from PATH. */

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Kubectl = (args: readonly string[], input?: unknown) => Promise<Ran>;

async function withKubectl(
  use: (emulator: Emulator, kubectl: Kubectl) => Promise<void>,
): Promise<void> {
  const emulator = startEmulator();
  const folder = await Deno.makeTempDir({ prefix: "emulator-kubectl-" });
  try {
    const kubeconfig = `${folder}/kubeconfig`;
    await Deno.writeTextFile(kubeconfig, emulator.kubeconfig());
    const common = ["--kubeconfig", kubeconfig, "--cache-dir", `${folder}/cache`];
    await use(emulator, async (args, input) => {
      const child = new Deno.Command("kubectl", {
        args: [...common, ...args],
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const text = input === undefined ? "" : JSON.stringify(input);
      await new Blob([text]).stream().pipeTo(child.stdin);
      const { code, stdout, stderr } = await child.output();
      const decoder = new TextDecoder();
      return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
    });
  } finally {
    await emulator.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

function secret(namespace: string, name: string, value: string, meta: object = {}) {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { namespace, name, ...meta },
    stringData: { value },
  };
}

function list(...items: unknown[]) {
  return { apiVersion: "v1", kind: "List", items };
}

const CREATE = ["create", "--validate=false", "-f", "-"];
const REPLACE = ["replace", "--validate=false", "-f", "-"];
const NAMESPACES = ["-o", 'go-template={{.metadata.namespace}}{{"\\n"}}'];

Deno.test("kubectl creates a List; one failing item of three is reported, and the others are created", async () => {
  await withKubectl(async ({ cluster }, kubectl) => {
    for (const name of ["n1", "n2", "n3"]) cluster.addNamespace(name);
    cluster.put({ metadata: { namespace: "n2", name: "a" } });
    const items = list(...["n1", "n2", "n3"].map((namespace) => secret(namespace, "a", "x")));
    deepStrictEqual(await kubectl([...CREATE, ...NAMESPACES], items), {
      code: 1,
      stdout: "n1\nn3\n",
      stderr:
        'Error from server (AlreadyExists): error when creating "STDIN": secrets "a" already exists\n',
    });
    deepStrictEqual(cluster.secret("n3", "a")?.data, { value: "eA==" });
  });
});

Deno.test("kubectl reports a missing and a terminating namespace", async () => {
  await withKubectl(async ({ cluster }, kubectl) => {
    cluster.addNamespace("ending", { phase: "Terminating" });
    const items = list(secret("none", "a", "x"), secret("ending", "a", "x"));
    const { code, stderr } = await kubectl(CREATE, items);
    deepStrictEqual([code, stderr.trim().split("\n")], [1, [
      'Error from server (NotFound): error when creating "STDIN": namespaces "none" not found',
      'Error from server (Forbidden): error when creating "STDIN": secrets "a" is forbidden: unable to create new content in namespace ending because it is being terminated',
    ]]);
  });
});

Deno.test("kubectl's dry run on the server checks and writes nothing", async () => {
  await withKubectl(async ({ cluster }, kubectl) => {
    const old = cluster.put({ metadata: { namespace: "n", name: "a" } });
    const dryRun = "--dry-run=server";
    const created = await kubectl(
      [...CREATE, dryRun, ...NAMESPACES],
      list(secret("n", "a", "x"), secret("n", "b", "x")),
    );
    deepStrictEqual([created.code, created.stdout], [1, "n\n"]);
    const replaced = await kubectl([...REPLACE, dryRun], secret("n", "a", "x"));
    deepStrictEqual([replaced.code, replaced.stdout], [0, "secret/a replaced (server dry run)\n"]);
    deepStrictEqual(cluster.secrets(), [old]);
  });
});

Deno.test("kubectl replaces a List; a stale resourceVersion is a conflict for that item alone", async () => {
  await withKubectl(async ({ cluster }, kubectl) => {
    const [a, b] = ["a", "b"].map((name) => cluster.put({ metadata: { namespace: "n", name } }));
    cluster.put({ metadata: { namespace: "n", name: "a" }, data: { other: "eA==" } });
    const versions = [a, b].map((old) => ({ resourceVersion: old?.metadata.resourceVersion }));
    const items = list(
      secret("n", "a", "x", versions[0]),
      secret("n", "missing", "x", versions[0]),
      secret("n", "b", "x", versions[1]),
    );
    const { code, stdout, stderr } = await kubectl(REPLACE, items);
    deepStrictEqual([code, stdout], [1, "secret/b replaced\n"]);
    deepStrictEqual(stderr.trim().split("\n"), [
      'Error from server (Conflict): error when replacing "STDIN": Operation cannot be fulfilled on secrets "a": the object has been modified; please apply your changes to the latest version and try again',
      'Error from server (NotFound): error when replacing "STDIN": secrets "missing" not found',
    ]);
    strictEqual(cluster.secret("n", "b")?.metadata.uid, b?.metadata.uid);
  });
});

Deno.test("kubectl names an invalid secret by its kind", async () => {
  await withKubectl(async ({ cluster }, kubectl) => {
    cluster.put({ metadata: { namespace: "n", name: "a" } });
    const changed = { ...secret("n", "a", "x"), type: "other" };
    strictEqual(
      (await kubectl(REPLACE, changed)).stderr,
      'The Secret "a" is invalid: type: Invalid value: "other": field is immutable\n',
    );
  });
});

Deno.test("kubectl lists by label, in one namespace or in all, in chunks", async () => {
  await withKubectl(async (emulator, kubectl) => {
    for (const namespace of ["n1", "n2"]) {
      for (const name of ["a", "b", "c"]) {
        emulator.cluster.put({ metadata: { namespace, name, labels: { name } } });
      }
    }
    const template =
      "go-template={{range .items}}{{.metadata.namespace}}/{{.metadata.name}} {{end}}";
    const selected = ["get", "secrets", "-l", "name in (a,b)", "--chunk-size=1", "-o", template];
    strictEqual((await kubectl([...selected, "-A"])).stdout, "n1/a n1/b n2/a n2/b ");
    strictEqual((await kubectl([...selected, "-n", "n2"])).stdout, "n2/a n2/b ");
    ok(emulator.requests.some((request) => /[?&]continue=/.test(request)));
    const json = await kubectl(["get", "secrets", "-l", "name=c", "-n", "n1", "-o", "json"]);
    strictEqual(JSON.parse(json.stdout).items[0].kind, "Secret");
    const refused = await kubectl(["get", "secrets", "-l", "a=b/c", "-A", "-o", "json"]);
    strictEqual(refused.code, 1);
    match(refused.stderr, /^Error from server \(BadRequest\): Unable to find "\/v1, Resource=secr/);
  });
});

Deno.test("kubectl reads a List of secrets and namespaces, and ignores missing ones", async () => {
  await withKubectl(async ({ cluster }, kubectl) => {
    cluster.put({ metadata: { namespace: "n", name: "a" } });
    const namespace = (name: string) => ({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name },
    });
    const items = list(
      secret("n", "a", ""),
      secret("n", "b", ""),
      secret("none", "a", ""),
      namespace("n"),
      namespace("none"),
    );
    const args = ["get", "-f", "-", "--ignore-not-found", "-o", "json"];
    const { code, stdout, stderr } = await kubectl(args, items);
    deepStrictEqual([code, stderr], [0, ""]);
    const found = JSON.parse(stdout).items as { kind: string; metadata: { name: string } }[];
    deepStrictEqual(found.map(({ kind, metadata }) => `${kind} ${metadata.name}`), [
      "Secret a",
      "Namespace n",
    ]);
    deepStrictEqual(await kubectl(args, list(secret("none", "a", ""))), {
      code: 0,
      stdout: "",
      stderr: "",
    });
  });
});

Deno.test("kubectl deletes with a uid as precondition", async () => {
  await withKubectl(async ({ cluster }, kubectl) => {
    const { uid } = cluster.put({ metadata: { namespace: "n", name: "a" } }).metadata;
    const args = ["delete", "--raw", "/api/v1/namespaces/n/secrets/a", "-f", "-"];
    strictEqual(
      (await kubectl(args, { preconditions: { uid: "other" } })).stderr,
      `Error from server (Conflict): Operation cannot be fulfilled on Secret "a": the UID in the precondition (other) does not match the UID in record (${uid}). The object might have been deleted and then recreated\n`,
    );
    const deleted = await kubectl(args, { preconditions: { uid } });
    deepStrictEqual([deleted.code, JSON.parse(deleted.stdout).status], [0, "Success"]);
    strictEqual(
      (await kubectl(args, {})).stderr,
      'Error from server (NotFound): secrets "a" not found\n',
    );
  });
});

Deno.test("kubectl's commands for single objects create, show, label and delete them", async () => {
  await withKubectl(async ({ cluster }, kubectl) => {
    const run = async (...args: string[]) => {
      const { stdout, stderr } = await kubectl(args);
      return stdout + stderr;
    };
    strictEqual(await run("create", "ns", "n"), "namespace/n created\n");
    match(await run("create", "ns", "n"), /\(AlreadyExists\): namespaces "n" already exists/);
    match(await run("get", "ns"), /^NAME +STATUS +AGE\n(.*\n)*n +Active +\ds\n$/m);
    cluster.put({ metadata: { namespace: "n", name: "a" }, data: { x: "" }, type: "t" });
    match(await run("get", "secrets", "-n", "n"), /^NAME +TYPE +DATA +AGE\na +t +1 +\ds\n$/);
    strictEqual(await run("get", "--raw", "/readyz"), "ok");
    match(await run("get", "--raw", "/api/v1/namespaces/n/secrets/a"), /"data":\{"x":""\}/);
    strictEqual(await run("label", "secret", "a", "-n", "n", "l=1"), "secret/a labeled\n");
    deepStrictEqual(cluster.secret("n", "a")?.metadata.labels, { l: "1" });
    match(await run("delete", "secret", "a", "-n", "n"), /^secret "a" deleted/);
    match(await run("delete", "ns", "n"), /^namespace "n" deleted/);
    strictEqual(cluster.namespace("n"), undefined);
  });
});

const toSecond = ({ method, path }: EmulatedRequest) => method === "POST" && path.includes("/n2/");

Deno.test("kubectl continues with a List after a cut, a hang and an error status", async () => {
  await withKubectl(async (emulator, kubectl) => {
    for (const name of ["n1", "n2", "n3"]) emulator.cluster.addNamespace(name);
    const create = (name: string, ...args: string[]) =>
      kubectl(
        [...CREATE, ...NAMESPACES, ...args],
        list(...["n1", "n2", "n3"].map((namespace) => secret(namespace, name, "x"))),
      );
    for (const after of [false, true]) {
      emulator.fault = (request) => toSecond(request) ? { kind: "cut", after } : undefined;
      const { code, stdout, stderr } = await create(`cut-${after}`);
      deepStrictEqual([code, stdout], [1, "n1\nn3\n"]);
      match(stderr, /^error: error when creating "STDIN": Post "http:\/\/.*": EOF$/m);
      strictEqual(emulator.cluster.secret("n2", `cut-${after}`) !== undefined, after);
    }
    emulator.fault = (request) => toSecond(request) ? { kind: "hang" } : undefined;
    const hung = await create("hang", "--request-timeout=500ms");
    deepStrictEqual([hung.code, hung.stdout], [1, "n1\nn3\n"]);
    match(hung.stderr, /context deadline exceeded|Client\.Timeout exceeded while awaiting headers/);
    emulator.fault = (request) =>
      toSecond(request) ? { kind: "status", code: 403, reason: "Forbidden" } : undefined;
    strictEqual(
      (await create("status")).stderr,
      'Error from server (Forbidden): error when creating "STDIN": secrets is forbidden: User "emulated" cannot create resource "secrets" in API group "" in the namespace "n2"\n',
    );
  });
});

Deno.test("kubectl without a valid token is unauthorized", async () => {
  await withKubectl(async (emulator, kubectl) => {
    emulator.fault = () => ({ kind: "status", code: 401, reason: "Unauthorized" });
    const { code, stderr } = await kubectl(["get", "--raw", "/api/v1/secrets"]);
    strictEqual(code, 1);
    strictEqual(stderr, "error: You must be logged in to the server (Unauthorized)\n");
  });
});
