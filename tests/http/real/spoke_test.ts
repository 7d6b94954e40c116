import assert from "node:assert/strict";
import { join } from "node:path";
import { uniqueName } from "../../support/api_objects.ts";
import { type RealProgram, realTests } from "../../support/real_program.ts";
import { namespaceIsThere } from "./cluster.ts";

const { realTestOver } = realTests((test) => Deno.test(test));

/**
 * A hub with Argo CD and a spoke without, on the real API server: two names of one cluster that the
 * labels tell apart. Each test is over one transport by the setting, and the spoke has the other.
 */

const PAIRS = [["kubectl", "api"], ["api", "kubectl"]] as const;

const ADMINISTRATOR = "administrator";
const SPOKE = "spoke";

async function label(program: RealProgram, text: string): Promise<void> {
  await Deno.writeTextFile(join(program.folder, "labels.yaml"), text, { mode: 0o600 });
}

async function withSpoke(program: RealProgram, transport: string): Promise<void> {
  const kubeconfig = await Deno.readTextFile(
    join(program.folder, `${ADMINISTRATOR}.kubeconfig`),
  );
  await program.addCluster(SPOKE, kubeconfig);
  await label(
    program,
    `${SPOKE}:
  argocd-configurer.io/argocd-namespace: none
  argocd-configurer.io/transport: ${transport}
`,
  );
}

const docker = (program: RealProgram, cluster: string, name: string, more: object) =>
  program.post("/api/v1/docker", {
    ...{ cluster, name, username: "bot", password: program.canary.value },
    ...more,
  });

for (const [setting, own] of PAIRS) {
  // An Argo CD namespace that does not exist.
  const argocd = uniqueName("no-argocd");
  const settings = { "argocd-namespace": argocd };

  realTestOver(
    setting,
    settings,
    `a spoke over ${own} gets, lists and deletes pull secrets, and never a namespace of Argo CD's`,
    async (program) => {
      await withSpoke(program, own);
      const namespace = await program.namespace();
      const name = uniqueName("pull");
      const more = { namespaces: [namespace], create_namespaces: true };

      const tried = await docker(program, SPOKE, name, { ...more, dry_run: true });
      assert.deepEqual([tried.status, tried.body.namespaces], [200, [namespace]]);
      assert.equal(await program.stored(namespace, name), undefined);

      const written = await docker(program, SPOKE, name, more);
      assert.equal(written.status, 200, JSON.stringify(written.body));
      assert.deepEqual(written.body.namespaces, [namespace]);
      assert.equal(written.body.namespaces_created, undefined);
      assert.equal((await program.stored(namespace, name))?.type, "kubernetes.io/dockerconfigjson");
      assert.ok(!await namespaceIsThere(argocd));

      const listed = await program.get(
        `/api/v1/secrets?cluster=${SPOKE}&registry=ghcr.io&username=bot&namespace=${namespace}`,
      );
      assert.deepEqual(listed.body.repository_secrets, []);
      assert.deepEqual(
        listed.body.docker_creds_secrets.map((
          { name, registries }: Record<string, unknown>,
        ) => [name, registries]),
        [[name, [{ registry: "ghcr.io", username: "bot" }]]],
      );
      assert.equal(listed.body.warnings, undefined);

      const shown = await program.get(`/api/v1/secrets/${name}?cluster=${SPOKE}`);
      assert.equal(shown.body.total, 1);

      const refused = await program.post("/api/v1/repositories", {
        ...{ cluster: SPOKE, name, type: "helm", url: "https://charts.example.com" },
        ...{ username: "bot", password: program.canary.value },
      });
      assert.deepEqual([refused.status, refused.body.code], [422, "no_argocd"]);

      const removed = await program.delete(`/api/v1/secrets?cluster=${SPOKE}&name=${name}`);
      assert.deepEqual(
        [removed.status, removed.body.deleted.map((each: { namespace: string }) => each.namespace)],
        [200, [namespace]],
      );
      assert.equal(await program.stored(namespace, name), undefined);

      const ways = new Set(
        program.log.map((line) => JSON.parse(line))
          .filter(({ cluster, part }) => cluster === SPOKE && /^(api|kubectl)$/.test(part))
          .map(({ part }) => part),
      );
      assert.deepEqual([...ways], [own]);
    },
  );

  realTestOver(
    setting,
    settings,
    `beside the spoke, a hub over ${setting} without Argo CD's namespace is shown the label for clusters without Argo CD`,
    async (program) => {
      await withSpoke(program, own);
      const namespace = await program.namespace();
      const more = { namespaces: [namespace] };
      const { status, body } = await docker(program, ADMINISTRATOR, uniqueName("pull"), more);
      assert.deepEqual([status, body.code], [400, "namespace_not_found"]);
      assert.match(
        body.message,
        new RegExp(
          `'${argocd}' is Argo CD's own .*\\. If this cluster has no Argo CD, set its label ` +
            `argocd-configurer.io/argocd-namespace: none in ${program.folder}/labels.yaml$`,
        ),
      );
      assert.deepEqual(body.remedy, {
        labels: { "argocd-configurer.io/argocd-namespace": "none" },
      });
    },
  );

  realTestOver(
    setting,
    {},
    "changed labels apply to the next request, and unreadable labels block every cluster",
    async (program) => {
      const gitops = await program.namespace();
      const namespace = await program.namespace();
      const name = uniqueName("pull");
      const write = () => docker(program, ADMINISTRATOR, name, { namespaces: [namespace] });
      await label(program, `${ADMINISTRATOR}: {argocd-configurer.io/argocd-namespace: ${gitops}}`);
      assert.deepEqual((await write()).body.namespaces, [namespace, gitops]);
      assert.ok(await program.stored(gitops, name));

      await label(program, `${ADMINISTRATOR}:\n  env: [`);
      for (const answer of [await write(), await program.get("/api/v1/secrets?cluster=reader")]) {
        assert.deepEqual([answer.status, answer.body.code], [500, "labels_unreadable"]);
      }
      assert.equal((await program.get("/clusters")).status, 200);
      await label(program, `${ADMINISTRATOR}: {env: test}`);
      assert.equal((await program.get(`/api/v1/secrets?cluster=${ADMINISTRATOR}`)).status, 200);
    },
  );
}
