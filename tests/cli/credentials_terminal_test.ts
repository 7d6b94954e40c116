import assert from "node:assert/strict";
import { eachOf, onStage, type Stage, storedPassword } from "./credentials_support.ts";
import { script, sit as sitIn, type Typed } from "./sit.ts";

/** Commands in a terminal. */

/** Runs the program in a terminal. */
const sit = (
  { folder: { path } }: Stage,
  args: readonly string[],
  typed: readonly Typed[],
) => sitIn(path, args, typed);

function terminalTest(sentence: string, test: (stage: Stage) => Promise<void>): void {
  Deno.test({ name: sentence, ignore: script === undefined, fn: () => onStage(test) });
}

const ADD = [
  ...["docker", "add", "--cluster", "one", "--name", "n", "--username", "somebody"],
  ...["--namespaces", "team-a"],
];

terminalTest("a missing password is prompted for, and not echoed", async (stage) => {
  const { canary, emulators: { one } } = stage;
  const keys = `${canary.value}x\x7f\r`;
  const sat = await sit(stage, ADD, [[/Password of somebody for ghcr\.io: $/, keys]]);
  assert.deepEqual([sat.code, sat.echoes], [0, true], sat.seen);
  canary.absentFrom(sat.seen, "the terminal");
  assert.equal(storedPassword(one, "team-a", "n"), canary.value);
});

terminalTest("--password-stdin on a terminal prompts for the password", async (stage) => {
  const { canary, emulators: { one } } = stage;
  const typed = [[/^Password: $/, `${canary.value}\n`]] as const;
  const sat = await sit(stage, [...ADD, "--password-stdin"], typed);
  assert.deepEqual([sat.code, sat.echoes], [0, true], sat.seen);
  canary.absentFrom(sat.seen, "the terminal");
  assert.equal(storedPassword(one, "team-a", "n"), canary.value);
});

terminalTest(
  "Ctrl-C at the password prompt cancels the command, and restores the terminal",
  async (stage) => {
    const sat = await sit(stage, ADD, [[/Password of/, "half\x03"]]);
    assert.deepEqual([sat.code, sat.echoes], [130, true], sat.seen);
    assert.match(sat.seen, /error: Cancelled/);
    assert.doesNotMatch(sat.seen, /half/);
    assert.deepEqual(stage.emulators.one.requests, []);
  },
);

terminalTest("Ctrl-D at the password prompt cancels the command", async (stage) => {
  const sat = await sit(stage, ADD, [[/Password of/, "\x04"]]);
  assert.deepEqual([sat.code, sat.echoes], [1, true], sat.seen);
  assert.match(sat.seen, /error: Cancelled/);
});

terminalTest("a missing user name is prompted for before the password", async (stage) => {
  const { canary, emulators: { one } } = stage;
  const args = ADD.filter((word) => word !== "--username" && word !== "somebody");
  const sat = await sit(stage, args, [
    [/User name for ghcr\.io: $/, "somebody\n"],
    [/Password of somebody for ghcr\.io: $/, `${canary.value}\n`],
  ]);
  assert.deepEqual([sat.code, sat.echoes], [0, true], sat.seen);
  canary.absentFrom(sat.seen, "the terminal");
  assert.equal(storedPassword(one, "team-a", "n"), canary.value);
});

terminalTest(
  "an empty user name is wrong usage, and Ctrl-C at its prompt exits with 130",
  async (stage) => {
    const ends: [keys: string, code: number][] = [["\n", 2], ["\x04", 2], ["\x03", 130]];
    await eachOf(ends, async ([keys, code]) => {
      const sat = await sit(stage, ["verify"], [[/User name for ghcr\.io: $/, keys]]);
      assert.equal(sat.code, code, sat.seen);
      assert.equal(sat.seen.includes("error: Missing --username"), code === 2, sat.seen);
    });
  },
);

terminalTest("all missing flags are reported together, before any prompt", async (stage) => {
  const rows: [args: string[], missing: string][] = [
    [
      ["docker", "add"],
      "--cluster, --name; --namespaces, --namespace-selector or --all-namespaces",
    ],
    [["docker", "add", "--password-stdin", "--all-clusters", "-n", "a"], "--name"],
    [["repo", "add", "--name", "n"], "--cluster, --type, --url"],
    [["repo", "add", "--password-stdin"], "--cluster, --name, --type, --url, --username"],
    [["verify", "--type", "git", "--username", "u"], "--url"],
  ];
  await eachOf(rows, async ([args, missing]) => {
    const sat = await sit(stage, args, []);
    assert.equal(sat.code, 2, sat.seen);
    assert.equal(sat.seen.split("\r\n")[0], `error: Missing ${missing}`);
  });
});

/** The answer, and whether the secret is deleted. */
const ANSWERS: [answer: string, isDeleted: boolean][] = [
  ["y\n", true],
  ["YES\n", true],
  ["n\n", false],
  ["\n", false],
  ["yesterday\n", false],
  ["\x04", false],
];

terminalTest("delete prompts, and deletes only after a yes", async (stage) => {
  const { canary, run, emulators: { one } } = stage;
  await eachOf([...ANSWERS.entries()], async ([i, [answer, isDeleted]]) => {
    const name = `n${i}`;
    const args = ADD.map((word) => word === "n" ? name : word);
    const added = await run([...args, "--password-stdin"], { stdin: canary.value });
    assert.equal(added.code, 0, added.stderr);
    const question = new RegExp(
      `^one: secret/${name} would be deleted from (team-a, argocd|argocd, team-a)\r\n` +
        "Delete these 2 secrets\\? \\[y/N\\] $",
    );
    const sat = await sit(stage, ["delete", "one", name], [[question, answer]]);
    // As kubectl delete --interactive does.
    assert.equal(sat.code, 0, sat.seen);
    assert.equal(/Nothing was deleted/.test(sat.seen), !isDeleted, sat.seen);
    assert.equal(one.cluster.secret("team-a", name) === undefined, isDeleted, answer);
  });
});

terminalTest("Ctrl-C at the prompt of delete deletes nothing", async (stage) => {
  const { canary, run, emulators: { one } } = stage;
  const added = await run([...ADD, "--password-stdin"], { stdin: canary.value });
  assert.equal(added.code, 0, added.stderr);
  const sat = await sit(stage, ["delete", "one", "n"], [[/\[y\/N\] $/, "\x03"]]);
  assert.deepEqual([sat.code, sat.echoes], [130, true], sat.seen);
  assert.notEqual(one.cluster.secret("team-a", "n"), undefined);
});

terminalTest("delete does not prompt if there is nothing to delete", async (stage) => {
  const rows: [args: string[], says: RegExp][] = [
    [["one", "nope"], /^error: No secret 'nope' managed by argocd-configurer found/],
    [
      ["nope", "--cluster", "one,two"],
      /^(one|two): failed: .*managed by argocd-configurer found[^]*2 clusters failed/m,
    ],
    [["gone", "nope"], /^error: /],
    [["one", "nope", "--namespace", "team-a"], /^error: .*team-a/],
  ];
  await eachOf(rows, async ([args, says]) => {
    const sat = await sit(stage, ["delete", ...args], []);
    assert.equal(sat.code, 1, sat.seen);
    assert.match(sat.seen, says);
    assert.doesNotMatch(sat.seen, /y\/N/);
  });
});

terminalTest(
  "delete on several clusters previews each of them, and deletes what exists",
  async (stage) => {
    const { canary, run, emulators: { one, two } } = stage;
    const more = ["--service-accounts", "default", "--git-write-back", "--password-stdin"];
    const added = await run([...ADD, ...more], { stdin: canary.value });
    assert.equal(added.code, 0, added.stderr);
    const args = ["delete", "n", "--cluster", "two,one,gone"];
    await run([...args, "--dry-run", "server"]);
    const { length: looked } = two.requests;
    const question = new RegExp(
      "^two: nothing would be deleted: [^\r]*managed by argocd-configurer found[^\r]*\r\n" +
        "one: secret/n would be deleted from (team-a, argocd|argocd, team-a)\r\n" +
        "one: secret/n-iu would be deleted from argocd\r\n" +
        "one: serviceaccount/default would no longer use it in team-a\r\n" +
        "gone: nothing would be deleted: [^\r]+\r\n" +
        "Delete these 3 secrets\\? \\[y/N\\] $",
      "i",
    );
    const sat = await sit(stage, args, [[question, "y\n"]]);
    assert.equal(sat.code, 3, sat.seen);
    assert.equal(one.cluster.secret("team-a", "n"), undefined);
    assert.match(sat.seen, /^1 cluster: 3 deleted, 1 service account patched; 2 failed\r$/m);
    assert.match(sat.seen, /^To retry the failed clusters: --cluster two,gone\r$/m);
    assert.equal(two.requests.length, 2 * looked, "no dry run where no secret was found");
  },
);

terminalTest("delete does not prompt with --yes or in a dry run", async (stage) => {
  const { canary, run, emulators: { one } } = stage;
  const added = await run([...ADD, "--password-stdin"], { stdin: canary.value });
  assert.equal(added.code, 0, added.stderr);
  for (const flag of ["--dry-run=server", "--dry-run=client"]) {
    assert.equal((await sit(stage, ["delete", "one", "n", flag], [])).code, 0);
    assert.notEqual(one.cluster.secret("team-a", "n"), undefined);
  }
  assert.equal((await sit(stage, ["delete", "n", "--cluster", "one", "-y"], [])).code, 0);
  assert.equal(one.cluster.secret("team-a", "n"), undefined);
});

/** Delays the next request. */
function slow({ emulators: { one, two } }: Stage, milliseconds: number): void {
  for (const each of [one, two]) {
    let isFirst = true;
    each.fault = () => {
      if (!isFirst) return undefined;
      isFirst = false;
      return { kind: "delay", milliseconds };
    };
  }
}

/** Runs the program in a terminal that is wide enough for each line. */
const sitWide = (stage: Stage, args: readonly string[], typed: readonly Typed[] = []) =>
  sitIn(stage.folder.path, args, typed, {}, 80);

terminalTest(
  "clusters that are waited for are shown in place with the elapsed time, and erased at the end",
  async (stage) => {
    slow(stage, 2500);
    const sat = await sitWide(stage, ["secrets", "--cluster", "one,two,gone"]);
    assert.equal(sat.code, 3, sat.seen);
    // Lines are drawn over, not below each other.
    const seen = sat.seen.replaceAll("\x1b[1A", "<up>");
    assert.match(
      seen,
      /waiting for one \(\d s of 20\)\r\nwaiting for two \(\d s of 20\)\r\n[^\n]*<up>[^\n]*<up>/,
    );
    assert.match(
      sat.seen,
      /gone: failed: Cannot list secrets .* of cluster 'gone': connection refused/,
    );
    const last = seen.split(/waiting for [^\r]*\r\n/).at(-1)!;
    assert.match(last, /^[^\n]*<up>[^\n]*No credentials found in clusters/);
    assert.match(
      last,
      /^2 clusters ok; 1 failed\r\nTo retry the failed clusters: --cluster gone\r$/m,
    );
  },
);

terminalTest("a single cluster is shown as waited for after two seconds", async (stage) => {
  const quick = await sitWide(stage, ["secrets", "one"]);
  assert.doesNotMatch(quick.seen, /waiting/);
  slow(stage, 3500);
  const late = await sitWide(stage, ["secrets", "one"]);
  assert.match(late.seen, /waiting for one \(2 s of 20\)/);
});

terminalTest("Ctrl-C stops a read immediately, and the results so far are shown", async (stage) => {
  const { emulators: { two }, run, canary } = stage;
  assert.equal((await run([...ADD, "--password-stdin"], { stdin: canary.value })).code, 0);
  two.fault = () => ({ kind: "hang" });
  const typed = [[/(?<!waiting for one[^\n]*\n)waiting for two/, "\x03"]] as const;
  const sat = await sitWide(stage, ["secrets", "--cluster", "one,two"], typed);
  two.fault = undefined;
  assert.deepEqual([sat.code, sat.echoes], [130, true], sat.seen);
  assert.match(sat.seen, /^one +team-a +n +docker /m);
  assert.match(sat.seen, /^1 cluster: 2 secrets; 1 not finished\r$/m);
  assert.match(sat.seen, /^To retry the unfinished clusters: --cluster two\r$/m);
});

terminalTest("fleet shows its rows above the clusters that are waited for", async (stage) => {
  const { emulators: { two }, run, canary } = stage;
  assert.equal((await run([...ADD, "--password-stdin"], { stdin: canary.value })).code, 0);
  two.fault = () => ({ kind: "hang" });
  const row = /^docker +n .*\r\n(?:.*\r\n)*waiting for two/m;
  const sat = await sitWide(stage, ["fleet", "--all", "--cluster", "one,two"], [[row, "\x03"]]);
  two.fault = undefined;
  assert.deepEqual([sat.code, sat.echoes], [130, true], sat.seen);
  // At the end the table is printed once more, after the drawn lines are erased.
  const last = sat.seen.split(/waiting for two[^\n]*\n/).at(-1)!;
  assert.match(last, /KIND +CREDENTIAL [^\n]*\r\ndocker +n [^\n]*\? no answer\r\n/);
  assert.match(
    last,
    /^1 cluster read; 1 not finished\r\nTo retry the unfinished clusters: --cluster two\r$/m,
  );
});
