import assert from "node:assert/strict";
import { load } from "js-yaml";
import {
  assertEnded,
  eachOf,
  onStage,
  type Stage,
  storedPassword,
  testsBothWays,
} from "./credentials_support.ts";
import { program } from "./support.ts";

const bothWays = testsBothWays((test) => Deno.test(test));

/** Clusters selected by names, by patterns or all of them, and differences between them. */

const add = (...clusters: string[]) => [
  ...["docker", "add", ...clusters, "--name", "n", "--username", "u", "--password-stdin"],
  ...["--namespaces", "team-a"],
];

/** The requests that the emulated clusters got. */
function asked({ emulators: { one, two } }: Stage): readonly string[] {
  return [...one.requests, ...two.requests];
}

/** The clusters that standard error reports, sorted. */
function told(stderr: string): string[] {
  return [...stderr.matchAll(/^(\w+): /gm)].map(([, cluster]) => cluster!).sort();
}

const WRONG: [what: string, args: string[], says: RegExp][] = [
  [
    "a name that is not there",
    add("--cluster", "one,tow"),
    /^error: --cluster must name existing clusters: there is no 'tow'; did you mean 'two'\?\n {2}Clusters are read from the (folder|server at) .*\. Nothing was done\n$/,
  ],
  [
    "two that are not there",
    add("--cluster", "nowhere", "--cluster", "one", "--cluster", "on"),
    /^error: --cluster must name existing clusters: there is no 'nowhere'\n/,
  ],
  [
    "a pattern of none",
    add("--cluster", "one,x-*"),
    /must match at least one cluster: 'x-\*' matches none\n/,
  ],
  [
    "what takes out a pattern of none",
    add("--cluster", "!x-*"),
    /must match at least one cluster: 'x-\*' matches none\n/,
  ],
  ["a selection without a cluster", add("--cluster", "one,!o*"), /selects no cluster\n/],
  [
    "a pattern that is none",
    add("--cluster", "a/*"),
    /^error: Cannot use --cluster 'a\/\*': a cluster name starts/,
  ],
  [
    "one of those to delete from",
    ["delete", "n", "--cluster", "one,missing", "--yes"],
    /^error: --cluster must name existing clusters: there is no 'missing'\n.*\. Nothing was done\n$/,
  ],
  [
    "a pattern where a cluster is deleted from",
    ["delete", "x*", "n", "--yes"],
    /^error: CLUSTER must match at least one cluster: 'x\*' matches none\n/,
  ],
  [
    "one of those to look at",
    ["secrets", "--cluster", "one,missing", "n"],
    /there is no 'missing'\n/,
  ],
  [
    "one of those of a dry run by the client",
    [...add("--cluster", "one,x-*"), "--dry-run", "client"],
    /'x-\*' matches none\n {2}Clusters are read from the (folder \/.*\/clusters|server at http:.*)\. Nothing was done\n$/,
  ],
  ["both", add("--cluster", "one", "--all-clusters"), /--cluster or --all-clusters, not both\n$/],
  [
    "labels beside all",
    add("--selector", "env=prod", "--all-clusters"),
    /--selector or --all-clusters, not both\n$/,
  ],
  [
    "labels that none has",
    add("-l", "env=prod"),
    /^error: --selector matches no cluster\n/,
  ],
  ["labels that are none", add("-l", "env in ("), /^error: --selector must be a label selector/],
  ["no labels", add("--selector", " "), /^error: --selector must be a label selector/],
  [
    "one that goes first and is not meant",
    add("--cluster", "one,gone", "--first", "two"),
    /^error: --first must name clusters of the selection: 'two' is not selected\n/,
  ],
  [
    "no number of failures",
    add("--all-clusters", "--max-failures=-1"),
    /^error: --max-failures must be 0 or more\n/,
  ],
  [
    "limits by which a failure would count that is none",
    ["delete", "n", "--all-clusters", "--max-failures", "0", "--ignore-not-found", "--yes"],
    /^error: --ignore-not-found cannot be given with --max-failures: /,
  ],
  [
    "limits of one that is named with its place",
    ["delete", "one/team-a/n", "--max-failures", "0", "--yes"],
    /^error: --max-failures cannot be used with CLUSTER\/NAMESPACE\/NAME; select clusters by flags\n/,
  ],
  [
    "a cluster and a flag for it",
    ["secrets", "one", "n", "--all-clusters"],
    /^error: Give CLUSTER or flags for clusters \(.*\), not both\n$/,
  ],
  [
    "no cluster",
    ["secrets"],
    /^error: Missing CLUSTER, --cluster, --selector or --all-clusters\nRun '.* secrets --help' for usage\n$/,
  ],
];

bothWays(
  "a selection with a missing cluster, or of no cluster, is rejected before any cluster is queried",
  async (stage) => {
    const { run, canary: { value: stdin } } = stage;
    await eachOf(WRONG, async ([, args, stderr]) => {
      assertEnded(await run(args, { stdin }), { code: 2, stderr });
    });
    assert.deepEqual(asked(stage), []);
  },
);

bothWays("patterns and --all-clusters select existing clusters", async (stage) => {
  const { run, canary: { value: stdin }, emulators: { one, two } } = stage;
  const ended = await run(add("--cluster", "t*,*e", "--cluster", "two"), { stdin });
  // `gone` is one of `*e`, too.
  assert.deepEqual([ended.code, told(ended.stderr)], [3, ["gone"]]);
  assert.match(ended.stderr, /^To retry the failed clusters: --cluster gone$/m);
  for (const each of [one, two]) assert.equal(storedPassword(each, "team-a", "n"), stdin);
  const all = await run([...add("--all-clusters"), "--upsert", "--dry-run", "client"], { stdin });
  assert.equal(all.code, 0);
  assert.match(all.stdout, /^POST \/api\/v1\/docker\n\{\n {2}"clusters": \[\n {4}"\*"\n {2}\],\n/);
  const deleted = await run(["delete", "n", "--all-clusters", "--yes"]);
  assert.deepEqual([deleted.code, told(deleted.stderr)], [3, ["gone"]]);
  assert.match(deleted.stderr, /^2 clusters: 4 deleted; 1 failed$/m);
  for (const { cluster } of [one, two]) assert.equal(cluster.secret("team-a", "n"), undefined);
});

bothWays(
  "a pattern that selects one cluster is shown like a selection of several",
  async (stage) => {
    const { run, canary: { value: stdin } } = stage;
    const added = await run([...add("--cluster", "tw*"), "-o", "json"], { stdin });
    assertEnded(added, { stdout: /^\[/, stderr: "1 cluster: 2 created\n" });
    assert.deepEqual(
      JSON.parse(added.stdout).map((each: Record<string, unknown>) => [
        each.cluster,
        each.status_code,
      ]),
      [["two", 200]],
    );
    const shown = await run(["secrets", "tw*", "n", "-o", "yaml"]);
    assertEnded(shown, { stdout: /^- cluster: two/, stderr: "1 cluster: 2 secrets\n" });
  },
);

/** Stores the same password in both clusters, and another one under another name. */
async function addTo({ run, canary: { value } }: Stage): Promise<void> {
  const both = add("--cluster", "one,two");
  assert.equal((await run(both, { stdin: value })).code, 0);
  for (const cluster of ["one", "two"]) {
    const args = add("--cluster", cluster).map((word) => word === "n" ? "differs" : word);
    assert.equal((await run(args, { stdin: `${value} ${cluster}` })).code, 0);
  }
}

interface Row {
  readonly cluster: string;
  readonly namespace: string;
  readonly fingerprint: string;
}

/** The rows of a table that shows one secret. */
function rowsOf(table: string): Row[] {
  const [head, ...lines] = table.trimEnd().split("\n").map((line) => line.split(/ {3,}/));
  const at = (column: string) => head!.indexOf(column);
  return lines.map((cells) => ({
    cluster: cells[at("CLUSTER")]!,
    namespace: cells[at("NAMESPACE")]!,
    fingerprint: cells[at("FINGERPRINT")]!,
  }));
}

bothWays(
  "drift is visible: equal values have equal fingerprints on all clusters",
  async (stage) => {
    await addTo(stage);
    const same = rowsOf((await stage.run(["secrets", "--cluster", "two,one", "n"])).stdout);
    assert.deepEqual(same.map(({ cluster }) => cluster), ["two", "two", "one", "one"]);
    assert.equal(new Set(same.map(({ fingerprint }) => fingerprint)).size, 1);
    const other = rowsOf((await stage.run(["secrets", "*o*", "differs"])).stdout);
    assert.equal(other.length, 4);
    assert.equal(new Set(other.map(({ fingerprint }) => fingerprint)).size, 2);
  },
);

bothWays(
  "a secret that is missing on one of the clusters is reported, with exit code 3",
  async (stage) => {
    const { run, canary: { value: stdin } } = stage;
    assert.equal((await run(add("--cluster", "one"), { stdin })).code, 0);
    const ended = await run(["secrets", "--cluster", "one,two", "n", "-o", "name"]);
    assertEnded(ended, {
      code: 3,
      stdout: "one/argocd/n\none/team-a/n\n",
      stderr: "two: failed: Secret 'n' not found in cluster 'two'\n" +
        "1 cluster: 2 secrets; 1 failed\nTo retry the failed clusters: --cluster two\n",
    });
  },
);

bothWays("credentials of several clusters are shown in one table", async (stage) => {
  await addTo(stage);
  const { stdout } = await stage.run(["secrets", "--cluster", "one,two"]);
  const lines = stdout.trimEnd().split("\n");
  assert.match(lines[0]!, /^CLUSTER +NAMESPACE +NAME +KIND/);
  assert.deepEqual(lines.slice(1).map((line) => line.split(/ +/).slice(0, 3).join(" ")), [
    ...["one argocd differs", "one argocd n", "one team-a differs", "one team-a n"],
    ...["two argocd differs", "two argocd n", "two team-a differs", "two team-a n"],
  ]);
});

bothWays("--cluster with one cluster prints the same as the positional argument", async (stage) => {
  await addTo(stage);
  for (const format of ["json", "table"]) {
    const [byPlace, byFlag] = await Promise.all([
      stage.run(["secrets", "one", "-o", format]),
      stage.run(["secrets", "--cluster", "one", "-o", format]),
    ]);
    assert.deepEqual(byFlag, byPlace);
  }
});

Deno.test("with an audit log, fingerprints use its key and stay the same, even while a server holds the log", () =>
  onStage(
    async (stage) => {
      await addTo(stage);
      const shown = async () => await stage.run(["secrets", "--cluster", "one,two", "n"]);
      const first = await shown();
      assert.doesNotMatch(first.stderr, /note:/);
      const [row] = rowsOf(first.stdout);
      assert.deepEqual(rowsOf((await shown()).stdout), rowsOf(first.stdout));
      const answers = load((await stage.run(["secrets", "*", "n", "-o", "yaml"])).stdout);
      const [, { answer }] = answers as [
        unknown,
        { answer: { secrets: { data_fingerprint: string }[] } },
      ];
      assert.equal(answer.secrets[0]!.data_fingerprint, row!.fingerprint);
      const key = `${stage.folder.path}/audit.log.key`;
      using held = await Deno.open(key, { read: true, write: true });
      assert.ok(await held.tryLock(true));
      assert.deepEqual(rowsOf((await shown()).stdout), rowsOf(first.stdout));
      await Deno.chmod(key, 0o644);
      const open = await shown();
      assert.match(
        open.stderr,
        /^note: fingerprints can only be compared within this output: cannot read the key of the audit log: .*run chmod 600 on it$/m,
      );
      const rows = rowsOf(open.stdout);
      assert.equal(new Set(rows.map(({ fingerprint }) => fingerprint)).size, 1);
      assert.notEqual(rows[0]!.fingerprint, row!.fingerprint);
    },
    "in process",
    { config: "audit-log: audit.log\n" },
  ));

Deno.test("the failure of one cluster is reported while another one hangs", () =>
  onStage(
    async ({ folder, emulators: { two }, canary: { value } }) => {
      const hang = Promise.withResolvers<void>();
      two.fault = () => {
        hang.resolve();
        return { kind: "hang" };
      };
      await folder.write("password", value);
      const args = add("--cluster", "two,gone").map((word) =>
        word === "--password-stdin" ? "--password-file=password" : word
      );
      await using running = program(args, { cwd: folder.path });
      await Promise.race([hang.promise, running.ended]);
      await running.line(/^gone: failed: .*connection refused$/);
      let isEnded = false;
      void running.ended.then(() => isEnded = true);
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal(isEnded, false);
      two.fault = undefined;
      running.kill("SIGKILL");
    },
    "in process",
    { seconds: 60 },
  ));

Deno.test("with a key file, fingerprints stay the same, and match those in the audit log", () =>
  onStage(
    async (stage) => {
      await addTo(stage);
      const first = await stage.run(["secrets", "--cluster", "one,two", "n", "-o", "wide"]);
      assert.doesNotMatch(first.stderr, /note:/);
      const again = await stage.run(["secrets", "--cluster", "one,two", "n", "-o", "wide"]);
      assert.deepEqual(rowsOf(again.stdout), rowsOf(first.stdout));
      const [, print] = /ghcr\.io=([0-9a-f]{16})\b/.exec(first.stdout) ?? [];
      const log = await Deno.readTextFile(`${stage.folder.path}/audit.log`);
      const entries = log.trim().split("\n").map((line) => JSON.parse(line))
        .filter(({ phase, names }) => phase === "end" && names.includes("n"));
      assert.ok(entries.length > 0);
      for (const { credential } of entries) assert.equal(credential, print);
      const key = `${stage.folder.path}/fingerprints.key`;
      assert.equal((await Deno.stat(key)).mode! & 0o777, 0o600);
      await Deno.chmod(key, 0o644);
      const open = await stage.run(["secrets", "--cluster", "one", "n", "-o", "yaml"]);
      assert.match(open.stderr, /cannot use fingerprint-key-file.*run chmod 600 on it/);
      assert.match(open.stdout, /data_fingerprint: null/);
    },
    "in process",
    { config: "audit-log: audit.log\nfingerprint-key-file: fingerprints.key\n" },
  ));
