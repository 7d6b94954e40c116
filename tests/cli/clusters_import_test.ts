import assert from "node:assert/strict";
import { join } from "node:path";
import { CANARY, DENO_DIR, kubeconfigOf, onHost, TWELVE } from "./clusters_import_host.ts";
import { assertEnded } from "./credentials_support.ts";
import { script, sit } from "./sit.ts";

/** `clusters import`, `add` and `remove` with a kubeconfig of twelve contexts. */

/** The table's rows, by their columns. */
const rowsIn = (stdout: string) => stdout.trimEnd().split("\n").map((line) => line.split(/ {3,}/));

Deno.test("importing twelve contexts writes twelve private kubeconfigs, and importing them again changes nothing", () =>
  onHost(Object.keys(TWELVE), async ({ home, clusters, run, files, read }) => {
    const plan = (action: string) => [
      ["CONTEXT", "CLUSTER", "SERVER", "ACTION"],
      ...Object.entries(TWELVE).map((
        [context, cluster],
        i,
      ) => [context, cluster, `https://10.0.0.${i}:6443`, action]),
    ];
    const source = `${home.path}/.kube/config -> ${clusters}`;
    const dry = await run("import", "--dry-run");
    assert.deepEqual(rowsIn(dry.stdout), plan("create"));
    assert.deepEqual([dry.code, dry.stderr], [0, `${source}\n12 clusters created (dry run)\n`]);
    assert.deepEqual(files(), []);

    const done = await run("import", "--yes");
    assert.deepEqual(rowsIn(done.stdout), plan("create"));
    assert.deepEqual([done.code, done.stderr], [
      0,
      `${source}\n12 clusters created, in ${clusters}\nNext: argocd-configurer clusters check\n`,
    ]);
    const names = Object.values(TWELVE).sort();
    assert.deepEqual(files(), names.map((name) => `${name}.kubeconfig`).sort());
    for (const name of names) {
      assert.equal(Deno.statSync(join(clusters, `${name}.kubeconfig`)).mode! & 0o777, 0o600);
      assert.equal(read(name).split(CANARY).length, 3); // in its server's URL and its token
    }
    const listed = await run();
    assert.equal(listed.stdout, ["NAME", ...names, ""].join("\n"));

    const again = await run("import", "--yes");
    assert.deepEqual(rowsIn(again.stdout), plan("unchanged"));
    assert.deepEqual([again.code, again.stderr], [0, `${source}\n12 clusters unchanged\n`]);
  }));

Deno.test("contexts that cannot be used are skipped with the reason, and existing clusters are kept", () =>
  onHost([], async ({ home, clusters, run, read, files }) => {
    await home.write(
      ".kube/config",
      kubeconfigOf(["good", "keyless", "*", "there", "evil\u202e\u001b[31m"], {
        users: ["good", "x", "y", "there", "evil"].map((_, i) => ({
          name: `u${i}`,
          user: i === 1 ? { "client-certificate": "nowhere.crt" } : { token: `${CANARY}-${i}` },
        })),
      }),
    );
    await Deno.writeTextFile(`${clusters}/there.kubeconfig`, kubeconfigOf(["x"]), { mode: 0o600 });
    const ended = await run("import", "--yes");
    assert.equal(ended.code, 3, ended.stderr);
    const actions = rowsIn(ended.stdout).slice(1).map((
      [context, cluster, , action],
    ) => [context, cluster, action]);
    assert.deepEqual(actions, [
      [
        "*",
        "<none>",
        "skipped: its name contains no letter or digit; choose a name with 'clusters add NAME " +
        "--context CONTEXT'",
      ],
      ["evil\\u202e\\u001b[31m", "evil-31m", "create"],
      ["good", "good", "create (same server as there)"],
      [
        "keyless",
        "<none>",
        "skipped: its user has a client certificate without its key",
      ],
      [
        "there",
        "there",
        "skipped: its cluster already exists with another server; --overwrite replaces it",
      ],
    ]);
    assert.match(ended.stderr, /\n2 clusters created, 3 skipped, in /);
    assert.equal(JSON.parse(read("there"))["current-context"], "x");

    const one = await run("import", "--yes", "--context", "there,keyless");
    assertEnded({ ...one, stdout: "" }, { code: 1, stderr: /\n2 clusters skipped\n$/ });
    const forced = await run("import", "--yes", "--context", "there", "--overwrite");
    assertEnded({ ...forced, stdout: "" }, { stderr: /\n1 cluster replaced, in / });
    assert.match(read("there"), /current-context: there/);
    assert.deepEqual(files(), ["evil-31m", "good", "there"].map((name) => `${name}.kubeconfig`));
  }));

Deno.test("patterns select contexts, labels are stored in labels.yaml, and changing a label requires --overwrite", () =>
  onHost(Object.keys(TWELVE), async ({ clusters, run, files }) => {
    const labels = () => Deno.readTextFileSync(`${clusters}/labels.yaml`);
    await Deno.writeTextFile(`${clusters}/labels.yaml`, "# ours\nprod-eu: {env: live} # old\n", {
      mode: 0o600,
    });
    const args = ["import", "--yes", "--context", "*prod-*", "--context", "!arn:*,!default/*"];
    const first = await run(...args, "--label", "env=prod,tier=1");
    assert.equal(first.code, 3, first.stderr);
    assert.match(
      first.stderr,
      /\nwarning: Cluster 'prod-eu' keeps its label env=live\. Give --overwrite to repl/,
    );
    assert.deepEqual(files(), ["labels.yaml", "prod-eu.kubeconfig", "prod-us.kubeconfig"]);
    assert.equal(
      labels(),
      "# ours\nprod-eu: {env: live, tier: '1'} # old\nprod-us: {env: prod, tier: '1'}\n",
    );
    const second = await run(...args, "--label", "env=prod", "--overwrite");
    assertEnded({ ...second, stdout: "" }, { stderr: /\nLabels of 1 cluster: env=prod\n/ });
    assert.match(labels(), /^prod-eu: \{env: prod, tier: '1'\} # old$/m);
    assert.equal(Deno.statSync(`${clusters}/labels.yaml`).mode! & 0o777, 0o600);

    assertEnded(await run("remove", "prod-eu", "--yes"), { stdout: "cluster/prod-eu removed\n" });
    assert.equal(labels(), "# ours\nprod-us: {env: prod, tier: '1'}\n");
    await Deno.writeTextFile(`${clusters}/labels.yaml`, "prod-us: [1]\n");
    const broken = await run(...args, "--label", "env=prod");
    assert.equal(broken.code, 1);
    assert.match(broken.stderr, /error: Cannot use .*\/labels\.yaml: line 1: /);
    assert.deepEqual(files(), ["labels.yaml", "prod-us.kubeconfig"]);
  }));

Deno.test("a cluster is added under a chosen name, and removed again", () =>
  onHost(Object.keys(TWELVE), async ({ clusters, run, files, read }) => {
    const file = `${clusters}/mine.kubeconfig`;
    const next = "Next: argocd-configurer clusters check\n";
    assertEnded(await run("add", "mine", "--dry-run"), {
      stdout: "cluster/mine created (dry run)\n",
      stderr: `server  https://10.0.0.0:6443\nfile    ${file}\n`,
    });
    assertEnded(await run("add", "mine", "--label", "env=prod"), {
      stdout: "cluster/mine created\n",
      stderr:
        `Labels of 1 cluster: env=prod\nserver  https://10.0.0.0:6443\nfile    ${file}\n${next}`,
    });
    assert.match(read("mine"), /current-context: admin@prod-eu/);
    assertEnded(await run("add", "mine"), {
      stdout: "cluster/mine unchanged\n",
      stderr: `server  https://10.0.0.0:6443\nfile    ${file}\n`,
    });
    assertEnded(await run("add", "mine", "--context", "lab"), {
      code: 1,
      stderr:
        "error: Cannot add context 'lab' as 'mine': its cluster already exists with another " +
        "server; --overwrite replaces it\n",
    });
    assertEnded(await run("add", "mine", "--context", "lab", "--overwrite"), {
      stdout: "cluster/mine replaced\n",
      stderr: /10\.0\.0\.8/,
    });
    assertEnded(await run("remove", "mine", "--yes"), { stdout: "cluster/mine removed\n" });
    assert.deepEqual(files(), ["labels.yaml"]);
  }));

Deno.test("a kubeconfig with further contexts is reported with the command that imports them, which works", () =>
  onHost([], async ({ home, clusters, run }) => {
    await home.write("clusters/all.kubeconfig", kubeconfigOf(Object.keys(TWELVE)));
    await home.write("clusters/config", kubeconfigOf(["a", "b"]));
    const command = (file: string) =>
      `argocd-configurer clusters import --kubeconfig clusters/${file}`;
    const warnings = [
      "warning: clusters/config is ignored: names of kubeconfigs end in .kubeconfig; rename " +
      `it to config.kubeconfig; or import its 2 contexts with: ${command("config")}`,
      "warning: clusters/all.kubeconfig has 11 further contexts that are not used. Import them with: " +
      command("all.kubeconfig"),
    ];
    const listed = await run();
    assertEnded(listed, { stdout: "NAME\nall\n", stderr: /^/ });
    assert.deepEqual(new Set(listed.stderr.trimEnd().split("\n")), new Set(warnings));
    const done = await run("import", "--kubeconfig", "clusters/all.kubeconfig", "--yes");
    assertEnded({ ...done, stdout: "" }, {
      stderr: `clusters/all.kubeconfig -> ${clusters}\n12 clusters created, in ${clusters}\n` +
        "note: cluster 'all' is the kubeconfig that was imported. If you no longer need it: " +
        "argocd-configurer clusters remove all\nNext: argocd-configurer clusters check\n",
    });
    assertEnded(await run("remove", "all", "--yes"), { stdout: "cluster/all removed\n" });
  }));

Deno.test({
  name: "on a terminal, import shows the plan and prompts; any answer but yes changes nothing",
  ignore: script === undefined,
  fn: () =>
    onHost(["a", "b"], async ({ home, clusters, files }) => {
      const env = { ...DENO_DIR, HOME: home.path, KUBECONFIG: "" };
      const import_ = ["clusters", "import"];
      const question = /Write 2 kubeconfigs to \/.*\/clusters\? \[y\/N\] $/;
      const no = await sit(home.path, import_, [[question, "\n"]], env);
      assert.equal(no.code, 0, no.seen);
      assert.match(no.seen, /CONTEXT[^]*create[^]*Nothing was imported/);
      assert.deepEqual(files(), []);
      const yes = await sit(home.path, import_, [[question, "y\n"]], env);
      assert.equal(yes.code, 0, yes.seen);
      assert.ok(yes.seen.includes(`2 clusters created, in ${clusters}`), yes.seen);
      const remove = await sit(home.path, ["clusters", "remove", "a"], [
        [
          /Remove cluster 'a' from the clusters folder\? Nothing changes on the cluster itself\. \[y\/N\] $/,
          "y\n",
        ],
      ], env);
      assert.equal(remove.code, 0, remove.seen);
      assert.match(remove.seen, /cluster\/a removed/);
      assert.deepEqual(files(), ["b.kubeconfig"]);
    }),
});
