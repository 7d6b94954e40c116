import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { load } from "js-yaml";
import { TIERS } from "../../scripts/test/tiers.ts";
import { type Parsed, ROOT } from "./files.ts";
import { onStage, program, workflow as release } from "./release_stage.ts";

/** The workflow for pushes and pull requests, and what it runs. */

const text = await Deno.readTextFile(join(ROOT, ".github/workflows/test.yml"));
const workflow: Parsed = load(text);
const jobs: Parsed[] = Object.values(workflow.jobs);
const steps: Parsed[] = jobs.flatMap((job) => job.steps);
const parts: Parsed[] = workflow.jobs.part.strategy.matrix.include;

Deno.test("the workflow runs for main, and for pull requests without permissions on the project", () => {
  deepEqual(workflow.on, { push: { branches: ["main"] }, pull_request: null });
  deepEqual(workflow.permissions, {});
  for (const job of jobs) {
    ok([undefined, "read"].includes(job.permissions.contents));
    deepEqual(Object.keys(job.permissions).filter((name) => name !== "contents"), []);
  }
  ok(!/\bsecrets\b|github\.token|pull_request_target/.test(text));
});

Deno.test("every tier and the check are a part with a time limit, and none cancels another", () => {
  deepEqual(parts.map(({ part }) => part), ["check", ...TIERS]);
  for (const { minutes } of parts) ok(minutes > 0 && minutes <= 60);
  equal(workflow.jobs.part["timeout-minutes"], "${{ matrix.minutes }}");
  for (const job of jobs) ok(job["timeout-minutes"]);
  equal(workflow.jobs.part.strategy["fail-fast"], false);
});

Deno.test("a new push to a pull request cancels the previous run, and one to main does not", () => {
  deepEqual(workflow.concurrency, {
    group: "test-${{ github.event.pull_request.number || github.sha }}",
    "cancel-in-progress": true,
  });
});

Deno.test("actions are GitHub's own, with the same commits as in the release workflow", () => {
  const commitsIn = (document: string) =>
    new Map([...document.matchAll(/uses: (\S+)@(\S+) # (v\S+)$/gm)]
      .map(([, name, commit, tag]) => [name!, `${commit} ${tag}`]));
  const [here, there] = [
    commitsIn(text),
    commitsIn(Deno.readTextFileSync(join(ROOT, ".github/workflows/release.yml"))),
  ];
  equal(text.match(/uses:/g)!.length, here.size);
  for (const [name, commit] of here) {
    match(name, /^actions\//);
    match(commit, /^[0-9a-f]{40} v\d+\.\d+\.\d+$/);
    equal(there.get(name) ?? commit, commit, name);
  }
});

Deno.test("no script contains an expression, and a checkout leaves no token behind", () => {
  for (const { run, uses, with: given } of steps) {
    ok(!run?.includes("${{"), run);
    if (uses?.startsWith("actions/checkout@")) equal(given["persist-credentials"], false);
  }
});

Deno.test("both workflows install the same packages, exactly those that the tests look for", async () => {
  const install = "Programs that the tests need";
  const scripts = [workflow.jobs.part, release.jobs.test].map((job) =>
    job.steps.find(({ name }: Parsed) => name === install).run
  );
  equal(scripts[0], scripts[1]);
  const packages = scripts[0].match(/--no-install-recommends (.*)/)[1].split(" ");
  deepEqual(packages.sort(), await askedFor());
});

/** The packages that tests look for with `installedProgram`, except those that every Ubuntu has. */
async function askedFor(): Promise<string[]> {
  const found: string[] = [];
  for (const folder of ["built", "cli", "deploy"]) {
    for (const { name } of Deno.readDirSync(join(ROOT, "tests", folder))) {
      if (!name.endsWith(".ts")) continue;
      const source = await Deno.readTextFile(join(ROOT, "tests", folder, name));
      const calls = source.matchAll(/installedProgram\("[\w-]+", "([\w-]+)"|findShell\("(\w+)"/g);
      for (const [, packageName, shell] of calls) found.push((packageName ?? shell)!);
    }
  }
  return [...new Set(found)].filter((name) => !["bash", "systemd"].includes(name)).sort();
}

/** Runs .ci/run with an npx that prints its arguments. */
async function ciRun(args: string[]): Promise<{ code: number; said: string }> {
  let came = { code: -1, said: "" };
  await onStage(async (stage) => {
    await program(stage, "npx", 'echo "$CI $npm_config_update_notifier: $*"');
    const { code, stdout, stderr } = await new Deno.Command(join(ROOT, ".ci/run"), {
      args,
      clearEnv: true,
      env: { PATH: `${stage.programs}:${Deno.env.get("PATH")}` },
    }).output();
    const [out, said] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    came = { code, said: out! + said! };
  });
  return came;
}

Deno.test(".ci/run runs everything, or the part that is named as in the workflow", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
  const says = (task: string) => ({
    code: 0,
    said: `true false: -y deno@${release.env.DENO_VERSION} task ${task}\n`,
  });
  deepEqual(await ciRun([]), says("ok"));
  for (const { part } of parts) {
    const task = part === "check" ? part : `test:${part}`;
    deepEqual(await ciRun([part]), says(task));
    ok(task in tasks, task);
  }
  const { code, said } = await ciRun(["other"]);
  equal(code, 2);
  match(said, /no part 'other': there are check, fast, real, crash and built\n$/);
});

Deno.test("the last job passes if all parts passed, and fails if one was cancelled or skipped", async () => {
  const { passed } = workflow.jobs;
  deepEqual([passed.needs, passed.if], ["part", "always()"]);
  const script = passed.steps.find(({ id }: Parsed) => id === "passed").run;
  for (const RESULT of ["success", "failure", "cancelled", "skipped"]) {
    const { code } = await new Deno.Command("bash", {
      args: ["-e", "-c", script],
      env: { RESULT },
      stdout: "null",
    }).output();
    equal(code === 0, RESULT === "success", RESULT);
  }
});
