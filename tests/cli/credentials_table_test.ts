import assert from "node:assert/strict";
import { COMMANDS, masked, seed } from "./credentials_seed.ts";
import { assertEnded, eachOf, onStage, testsBothWays } from "./credentials_support.ts";

const bothWays = testsBothWays((test) => Deno.test(test));

/** Output for people: tables, wide tables and names. */

interface Shown {
  readonly table: string;
  readonly wide: string;
  readonly name?: string;
  /** Standard error, beside the table. */
  readonly stderr?: string;
  /** Standard error in process, if it differs. */
  readonly stderrHere?: string;
}

const SHOWN: Readonly<Record<keyof typeof COMMANDS, Shown>> = {
  clusters: {
    table: "NAME\ngone\none\ntwo\n",
    wide: `
NAME   SERVER          KUBECONFIG   LABELS   TRANSPORT
gone   http://server   usable       <none>   api
one    http://server   usable       <none>   api
two    http://server   usable       <none>   api
`,
    name: "gone\none\ntwo\n",
  },
  list: {
    table: `
NAMESPACE   NAME     KIND         TYPE     URL                           AGE
argocd      charts   repository   helm     https://charts.example.com    400d
argocd      github   template     git      https://github.com/example/   400d
team-a      pull     docker       <none>   <none>                        400d
`,
    wide: `
NAMESPACE   NAME     KIND         TYPE     URL                           AGE    USERNAME   OCI      LABELS
argocd      charts   repository   helm     https://charts.example.com    400d   ci         false    argocd.argoproj.io/secret-type=repository
argocd      github   template     git      https://github.com/example/   400d   ci         false    argocd.argoproj.io/secret-type=repo-creds
team-a      pull     docker       <none>   <none>                        400d   <none>     <none>   mcops.tech/secret-type=docker-creds
`,
    name: "secret/charts\nsecret/github\nsecret/pull\n",
  },
  shown: {
    table: `
NAMESPACE   NAME   TYPE                             DATA   FINGERPRINT        MANAGED   AGE
team-a      pull   kubernetes.io/dockerconfigjson   1      0123456789abcdef   no        400d
`,
    wide: `
NAMESPACE   NAME   TYPE                             DATA   FINGERPRINT        MANAGED   AGE    KIND     CREDENTIALS   REGISTRY/URL   USERNAME   FINGERPRINTS               IMMUTABLE   EXPIRES   OWNER    WRITE    LABELS
team-a      pull   kubernetes.io/dockerconfigjson   1      0123456789abcdef   no        400d   docker   <none>        ghcr.io        ci         ghcr.io=0123456789abcdef   false       <none>    <none>   <none>   mcops.tech/secret-type=docker-creds
`,
    name: "secret/pull\n",
    stderrHere: "note: fingerprints can only be compared within this output: neither " +
      "fingerprint-key-file nor audit-log is set\n",
  },
  docker: {
    table: `
CLUSTER   NAMESPACE   OBJECT                   RESULT
one       team-b      secret/new               created (dry run)
one       argocd      secret/new               created (dry run)
one       argocd      secret/new-iu            created (dry run)
one       team-b      serviceaccount/default   patched (dry run)
`,
    wide: `
CLUSTER   NAMESPACE   OBJECT                   RESULT              CHANGES
one       team-b      secret/new               created (dry run)   <none>
one       argocd      secret/new               created (dry run)   <none>
one       argocd      secret/new-iu            created (dry run)   <none>
one       team-b      serviceaccount/default   patched (dry run)   <none>
`,
    name: "secret/new\nsecret/new-iu\n",
    stderr: "Docker registry secrets would be created in 2 namespaces\n",
  },
  repo: {
    table: `
CLUSTER   NAMESPACE   OBJECT          RESULT               REPOURL
one       argocd      secret/github   replaced (dry run)   https://github.com/example/<path>
`,
    wide: `
CLUSTER   NAMESPACE   OBJECT          RESULT               REPOURL                             URL                           TEMPLATE   REPOSITORY   CHANGES
one       argocd      secret/github   replaced (dry run)   https://github.com/example/<path>   https://github.com/example/   <none>     <none>       labels.app.kubernetes.io/managed-by: none -> argocd-configurer, annotations.managed-by: none -> argocd.argoproj.io, data.username: ci -> new
`,
    name: "secret/github\n",
    stderr: "Repository template secret would be updated\n",
  },
  verify: {
    table: `
PLACE                          RESULT         PERMISSIONS   MESSAGE
git@git.example.com:apps.git   not verified   <none>        SSH logins are not verified
`,
    wide: `
PLACE                          RESULT         PERMISSIONS   MESSAGE                       EXPIRES   REQUEST
git@git.example.com:apps.git   not verified   <none>        SSH logins are not verified   <none>    <none>
`,
    stderr: "The credential is well-formed. It was not verified\n",
  },
  delete: {
    table: `
CLUSTER   NAMESPACE   OBJECT        RESULT
one       team-a      secret/pull   deleted (dry run)
one       team-b      secret/pull   not found
`,
    wide: `
CLUSTER   NAMESPACE   OBJECT        RESULT
one       team-a      secret/pull   deleted (dry run)
one       team-b      secret/pull   not found
`,
    name: "secret/pull\n",
    stderr: "1 secret would be deleted\n",
  },
};

bothWays("each command prints the expected table, wide table and names", async (stage, way) => {
  seed(stage);
  await eachOf(Object.entries(SHOWN), async ([command, shown]) => {
    const { table, wide, name } = shown;
    const stderr = (way === "in process" ? shown.stderrHere : undefined) ?? shown.stderr ?? "";
    const args = COMMANDS[command as keyof typeof COMMANDS];
    const printed = async (format: string) => {
      const ended = await stage.run([...args, "-o", format], { stdin: stage.canary.value });
      return { ...ended, stdout: masked(ended.stdout) };
    };
    const text = (golden: string) => golden.replace(/^\n/, "");
    assert.deepEqual(await printed("table"), { code: 0, stdout: text(table), stderr });
    assert.deepEqual(await printed("wide"), { code: 0, stdout: text(wide), stderr });
    if (name === undefined) return;
    assert.deepEqual(await printed("name"), { code: 0, stdout: name, stderr: "" });
  });
});

Deno.test("the default output is a table", () =>
  onStage(async (stage) => {
    const { stdout } = await stage.run(["clusters"]);
    assert.equal(stdout, SHOWN.clusters.table);
  }));

Deno.test("an empty result prints a note instead of a table", () =>
  onStage(async (stage) => {
    const { path } = stage.folder;
    await Deno.mkdir(`${path}/empty`);
    assert.deepEqual(await stage.run(["clusters", "--clusters-folder", "empty"]), {
      code: 0,
      stdout: "",
      stderr: `No clusters found in the folder ${await Deno.realPath(
        path,
      )}/empty. Import some with 'argocd-configurer clusters import'\n`,
    });
    assert.deepEqual(await stage.run(["secrets", "two"]), {
      code: 0,
      stdout: "",
      stderr: "No credentials found in cluster 'two'\n",
    });
    assert.deepEqual(await stage.run(["secrets", "two", "-o", "name"]), {
      code: 0,
      stdout: "",
      stderr: "",
    });
  }));

bothWays("a created namespace is a row, in a dry run too", async (stage) => {
  const args = [
    ...["docker", "add", "--cluster", "one", "--name", "new", "--username", "ci"],
    ...["--password-stdin", "-n", "new-a,team-b", "--create-namespaces"],
  ];
  for (const [more, tried] of [[["--dry-run", "server"], " (dry run)"], [[], ""]] as const) {
    const ended = await stage.run([...args, ...more], { stdin: stage.canary.value });
    assert.equal(ended.code, 0, ended.stderr);
    const lines = ended.stdout.split("\n").map((line) => line.replaceAll(/ {2,}/g, "|"));
    assert.deepEqual(lines, [
      "CLUSTER|NAMESPACE|OBJECT|RESULT",
      `one|new-a|namespace/new-a|created${tried}`,
      `one|new-a|secret/new|created${tried}`,
      `one|team-b|secret/new|created${tried}`,
      `one|argocd|secret/new|created${tried}`,
      "",
    ]);
  }
});

Deno.test("a cluster that is given twice is written once, and names of several clusters include the cluster", () =>
  onStage(async (stage) => {
    seed(stage);
    const args = ["docker", "add", "--cluster", "one, two", "--cluster", "one", "--name", "new"];
    const login = ["--username", "ci", "--password-stdin", "--namespaces", "team-b"];
    const given = { stdin: stage.canary.value };
    const checked = [...args, ...login, "--dry-run=server"];
    assertEnded(await stage.run(checked, given), {
      stdout: `CLUSTER   NAMESPACE   OBJECT       RESULT
one       team-b      secret/new   created (dry run)
one       argocd      secret/new   created (dry run)
two       team-b      secret/new   created (dry run)
two       argocd      secret/new   created (dry run)
`,
      stderr: "2 clusters: 4 created (dry run)\n",
    });
    // Unchanged secrets have no rows.
    assertEnded(await stage.run([...args, ...login], given), { stderr: "2 clusters: 4 created\n" });
    const again = [...args, ...login, "--upsert", "-o"];
    assertEnded(await stage.run([...again, "wide"], given), {
      stdout: /^one +team-b +secret\/new +unchanged +<none>$/m,
      stderr: "2 clusters: 4 unchanged\n",
    });
    assertEnded(await stage.run([...again, "name"], given), {
      stdout: "one/team-b/new\none/argocd/new\ntwo/team-b/new\ntwo/argocd/new\n",
      stderr: "2 clusters: 4 unchanged\n",
    });
  }));
