import assert from "node:assert/strict";
import { join } from "node:path";
import { type Authority, makeAuthority } from "../../scripts/control_plane/certificates.ts";
import { type Ended, folder, listening, program, programCommand } from "../cli/support.ts";
import { encodeBase64 } from "../support/base64.ts";
import { startHelmServer } from "../verify/helm_server.ts";
import { basicHeader, serve, turnedAway, type Visitors } from "../verify/http_server.ts";
import type { Manifest } from "./leaked_shapes.ts";
import { rotationTests, type RotationWorld } from "./rotation_world.ts";
import { REAL } from "./world.ts";

const rotationTest = rotationTests((test) => Deno.test(test));

/**
 * From a leaked token to "safe to revoke" with two commands of the real command line: the token is in
 * pull secrets, old and new ones, and in a repository, on four real API servers.
 */

interface Places {
  /** A registry over HTTPS, for pull secrets. */
  readonly registry: string;
  readonly charts: string;
}

function serverCertificate(authority: Authority) {
  return authority.issue({ commonName: "server", for: "server", hosts: ["127.0.0.1"] });
}

/** The registry's result for `docker login`. */
const startLoginServer = (visitors: Visitors, authority: Authority) =>
  serve(
    (request) => turnedAway(request, visitors) ?? Response.json({}),
    { tls: serverCertificate(authority) },
  );

function leaked({ where, old }: RotationWorld, { registry, charts }: Places): Manifest[] {
  const auth = encodeBase64(`ci:${old.text}`);
  const common = { apiVersion: "v1", kind: "Secret" } as const;
  const meta = (namespace: string, name: string, labels: Record<string, string>) => ({
    metadata: { namespace, name, labels, annotations: { note: "keep this" } },
  });
  return [
    {
      ...common,
      ...meta(where.team, "pull", { "mcops.tech/secret-type": "docker-creds" }),
      type: "kubernetes.io/dockerconfigjson",
      stringData: { ".dockerconfigjson": JSON.stringify({ auths: { [registry]: { auth } } }) },
    },
    {
      ...common,
      ...meta(where.team, "legacy", {}),
      type: "kubernetes.io/dockercfg",
      stringData: {
        ".dockercfg": JSON.stringify({ [registry]: { username: "ci", password: old.text, auth } }),
      },
    },
    {
      ...common,
      ...meta(where.argocd, "charts", { "argocd.argoproj.io/secret-type": "repository" }),
      type: "Opaque",
      stringData: { type: "helm", url: charts, username: "ci", password: old.text },
    },
  ];
}

interface Run {
  (args: readonly string[], stdin: string): Promise<Ended>;
}

async function commands(
  { path, secret: _, ...world }: RotationWorld,
  authority: Authority,
  isByServer: boolean,
  use: (run: Run, write: (name: string, text: string) => Promise<string>) => Promise<void>,
): Promise<void> {
  await using here = await folder();
  const ca = await here.write("ca.pem", authority.certificate);
  const config = await here.write(
    "config.yaml",
    [
      `clusters-folder: ${path}`,
      `audit-log: ${join(here.path, "audit.log")}`,
      "verify-allow: [127.0.0.0/8]",
      "kubectl_timeout: 60",
      "",
    ].join("\n"),
  );
  const env = { NO_COLOR: "1", NODE_EXTRA_CA_CERTS: ca, DENO_TLS_CA_STORE: "mozilla,system" };
  await using server = isByServer
    ? program(["serve", "--port", "0", "--config", config], { env })
    : undefined;
  const by = server === undefined ? ["--config", config] : ["--server", await listening(server)];
  const run: Run = async (args, stdin) => {
    const [executable, ...rest] = programCommand([...args, ...by]);
    const child = new Deno.Command(executable!, {
      ...{ args: rest, cwd: here.path, env },
      ...{ stdin: "piped", stdout: "piped", stderr: "piped" },
    }).spawn();
    const input = new Blob([stdin]).stream().pipeTo(child.stdin).catch(() => {}); // it may exit before
    const [{ code, stdout, stderr }] = await Promise.all([child.output(), input]);
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    const ended = { code, stdout: text(stdout), stderr: text(stderr) };
    for (const { absentFrom } of [world.old, world.new]) {
      absentFrom(ended.stdout + ended.stderr, "the output");
    }
    return ended;
  };
  await use(run, here.write);
  const audit = await Deno.readTextFile(join(here.path, "audit.log"));
  for (const { absentFrom } of [world.old, world.new]) absentFrom(audit, "the audit log");
  assert.match(audit, /"kind":"rotate"/);
}

for (const way of ["in process", "by a server"]) {
  rotationTest(
    `${way}: two commands rotate a leaked token until it is safe to revoke`,
    { transport: "auto" },
    async (world) => {
      const { old, new: next, path, store, holders, where } = world;
      for (const name of ["closed", "hung"]) await Deno.remove(`${path}/${name}.kubeconfig`);
      const authority = makeAuthority("registries");
      const visitors = [basicHeader("ci", next.text)];
      await using registry = startLoginServer(visitors, authority);
      await using charts = startHelmServer({ visitors });
      const places = { registry: `127.0.0.1:${registry.port}`, charts: `${charts.url}/charts` };
      const secrets = leaked(world, places);
      await Promise.all(REAL.map((cluster) => store(cluster, secrets)));
      await commands(world, authority, way === "by a server", async (run, write) => {
        const found = await run(
          ["find", "--password-stdin", "--everywhere", "-o", "json"],
          old.text,
        );
        const where_ = JSON.parse(found.stdout) as {
          places: { cluster: string; namespace: string; name: string }[];
          total: number;
        };
        assert.deepEqual(
          where_.places.map(({ cluster, namespace, name }) => `${cluster}/${namespace}/${name}`)
            .toSorted(),
          REAL.flatMap((cluster) => [
            `${cluster}/${where.argocd}/charts`,
            `${cluster}/${where.team}/legacy`,
            `${cluster}/${where.team}/pull`,
          ]).toSorted(),
          found.stderr,
        );
        assert.equal(found.code, 4, found.stderr);

        const rotate = [
          ...["rotate", "--old-password-stdin", "--password-file", await write("new", next.text)],
          ...["--all-clusters", "--everywhere", "--managed-only=false", "--first", "a"],
        ];
        const unasked = await run(rotate, old.text);
        assert.equal(unasked.code, 2, "without a terminal nobody can be prompted");
        assert.equal((await holders(old)).length, REAL.length * secrets.length);

        const rotated = await run([...rotate, "--yes"], `${old.text}\n`);
        assert.equal(rotated.code, 0, rotated.stderr);
        for (const cluster of REAL) {
          assert.match(rotated.stderr, new RegExp(`^${cluster}: .*3 secrets`, "m"));
        }
        assert.match(rotated.stderr + rotated.stdout, /^Safe to revoke the old value: /m);
        assert.deepEqual(await holders(old), []);
        assert.equal((await holders(next)).length, REAL.length * secrets.length);
        assert.deepEqual(registry.seen.length > 0 && charts.seen.length > 0, true);

        const gone = await run(["find", "--password-stdin", "--everywhere"], old.text);
        assert.equal(gone.code, 0, gone.stderr);
      });
    },
  );

  rotationTest(
    `${way}: a new value that its registry refuses is written nowhere`,
    { transport: "auto" },
    async (world) => {
      const { old, new: next, path, store, holders } = world;
      for (const name of ["closed", "hung"]) await Deno.remove(`${path}/${name}.kubeconfig`);
      const authority = makeAuthority("registries");
      await using registry = startLoginServer([basicHeader("ci", old.text)], authority);
      await using charts = startHelmServer({ visitors: [basicHeader("ci", next.text)] });
      const places = { registry: `127.0.0.1:${registry.port}`, charts: `${charts.url}/charts` };
      const secrets = leaked(world, places);
      await Promise.all(REAL.map((cluster) => store(cluster, secrets)));
      await commands(world, authority, way === "by a server", async (run, write) => {
        const refused = await run([
          ...["rotate", "--old-password-stdin", "--password-file", await write("new", next.text)],
          ...["--all-clusters", "--everywhere", "--managed-only=false", "--yes", "-o", "json"],
        ], old.text);
        assert.equal(refused.code, 1, refused.stderr);
        assert.equal(JSON.parse(refused.stdout).code, "credential_refused", refused.stdout);
        assert.equal((await holders(old)).length, REAL.length * secrets.length);
        assert.deepEqual(await holders(next), []);
        // Once for all clusters: repeated attempts lock accounts.
        const tries = registry.seen.filter(({ authorization }) => authorization !== undefined);
        assert.equal(tries.length, 1, JSON.stringify(registry.seen));
      });
    },
  );
}
