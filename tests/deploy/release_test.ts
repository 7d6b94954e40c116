import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { load } from "js-yaml";
import { TARGETS } from "../../scripts/build/compile.ts";
import { type Parsed, ROOT } from "./files.ts";

/** The release workflow: its rules, and its scripts run with programs that only pretend. */

const text = await Deno.readTextFile(join(ROOT, ".github/workflows/release.yml"));
const workflow: Parsed = load(text);
const jobs: [string, Parsed][] = Object.entries(workflow.jobs);
const steps: Parsed[] = jobs.flatMap(([, job]) => job.steps);
const denoJson = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));

/** The script of the step with this id. */
function script(id: string): string {
  const found = steps.filter((step) => step.id === id);
  equal(found.length, 1, id);
  return found[0].run;
}

Deno.test("it starts by a version's tag or by hand, and by nothing that others can send", () => {
  deepEqual(Object.keys(workflow.on), ["push", "workflow_dispatch"]);
  deepEqual(workflow.on.push, { tags: ["v*"] });
});

Deno.test("every script is bash as bash reads it", async () => {
  deepEqual(workflow.defaults, { run: { shell: "bash" } });
  const scripts = steps.filter((step) => step.run !== undefined);
  ok(scripts.length > 5);
  for (const { run, shell } of scripts) {
    equal(shell, undefined);
    const { code, stderr } = await new Deno.Command("bash", { args: ["-n", "-c", run] }).output();
    equal(code, 0, new TextDecoder().decode(stderr));
  }
});

Deno.test("no expression is in a script, where a tag's name would be read as shell", () => {
  for (const { run } of steps) ok(!run?.includes("${{"), run);
});

Deno.test("no secret is used but the token that each run has", () => {
  ok(!/\bsecrets\b/.test(text));
  const tokens = steps.filter((step) => JSON.stringify(step).includes("github.token"));
  deepEqual(tokens.map(({ id }) => id), ["draft"]);
});

Deno.test("each job has the least rights, the one that may write runs nothing built", () => {
  deepEqual(workflow.permissions, {});
  deepEqual(Object.fromEntries(jobs.map(([name, job]) => [name, job.permissions])), {
    test: { contents: "read" },
    build: { contents: "read" },
    draft: { contents: "write", "id-token": "write", attestations: "write" },
  });
  const programs = workflow.jobs.draft.steps.map(({ uses, run }: Parsed) =>
    uses?.replace(/@.*/, "") ?? run.match(/^(sha256sum|gh) /gm)
  );
  deepEqual(programs, ["actions/download-artifact", ["sha256sum "], "actions/attest", ["gh "]]);
});

Deno.test("every action is GitHub's own and named by its commit, with its tag beside", () => {
  const used = [...text.matchAll(/^ *(?:- )?uses: (.*)$/gm)].map(([, action]) => action!);
  equal(used.length, steps.filter((step) => step.uses !== undefined).length);
  for (const action of used) match(action, /^actions\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

Deno.test("a checkout leaves no token behind for the scripts", () => {
  for (const { uses, with: given } of steps) {
    if (uses?.startsWith("actions/checkout@")) equal(given["persist-credentials"], false);
  }
});

Deno.test("it builds for all the targets there are, by the Deno that CI runs", async () => {
  deepEqual(workflow.env.TARGETS.split(" "), TARGETS);
  const ci = await Deno.readTextFile(join(ROOT, ".ci/run"));
  match(ci, new RegExp(`deno@${workflow.env.DENO_VERSION.replaceAll(".", "\\.")} task ok`));
});

Deno.test("a release is a draft of a tag, after the tests, and never of a run that records", () => {
  equal(workflow.jobs.build.needs, "test");
  deepEqual(workflow.jobs.draft.needs, ["test", "build"]);
  equal(workflow.jobs.draft.if, "github.ref_type == 'tag' && !inputs.record");
  ok(workflow.jobs.test.steps.some((step: Parsed) => step.run === ".ci/run"));
  match(script("draft"), /--draft --verify-tag/);
});

/** A project and a runner's folder, and programs that stand before those of the machine. */
interface Stage {
  readonly project: string;
  readonly temporary: string;
  readonly programs: string;
  run(id: string, env?: Record<string, string>): Promise<{ code: number; said: string }>;
}

/** The scripts are for the runner's GNU programs. */
const ignore = Deno.build.os !== "linux";

async function onStage(test: (stage: Stage) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const [project, temporary, programs] = ["project", "temporary", "programs"]
    .map((name) => join(folder, name)) as [string, string, string];
  const run = async (id: string, env: Record<string, string> = {}) => {
    const { code, stdout, stderr } = await new Deno.Command("bash", {
      args: ["--noprofile", "--norc", "-eo", "pipefail", "-c", script(id)],
      cwd: project,
      clearEnv: true,
      env: {
        PATH: `${programs}:${Deno.env.get("PATH")}`,
        LC_ALL: "C",
        DENO_VERSION: workflow.env.DENO_VERSION,
        TARGETS: workflow.env.TARGETS,
        RUNNER_TEMP: temporary,
        GITHUB_OUTPUT: join(folder, "output"),
        GITHUB_STEP_SUMMARY: join(folder, "summary"),
        ...env,
      },
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    return { code, said: decoder.decode(stdout) + decoder.decode(stderr) };
  };
  try {
    for (const each of [project, temporary, programs]) await Deno.mkdir(each);
    await test({ project, temporary, programs, run });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function write(path: string, content: string, mode = 0o644): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, content);
  await Deno.chmod(path, mode);
}
const program = (stage: Stage, name: string, body: string) =>
  write(join(stage.programs, name), `#!/bin/bash\nset -eu\n${body}\n`, 0o755);

Deno.test("only the tag of the version in deno.json is built, and no tag is run as shell", {
  ignore,
}, async () => {
  await onStage(async ({ project, run }) => {
    await write(join(project, "deno.json"), '{ "version": "1.2.3-rc.1" }');
    const output = join(project, "..", "output");
    const at = (type: string, name: string) =>
      run("version", { GITHUB_REF_TYPE: type, GITHUB_REF_NAME: name });
    deepEqual(await at("tag", "v1.2.3-rc.1"), { code: 0, said: "" });
    deepEqual(await at("branch", "main"), { code: 0, said: "" });
    equal(await Deno.readTextFile(output), "version=1.2.3-rc.1\n".repeat(2));
    for (const name of ["v1.2.3", "1.2.3-rc.1", "v*", "v1.2.3$(touch${IFS}ran)", "v`touch ran`"]) {
      const { code, said } = await at("tag", name);
      equal(code, 1, name);
      match(said, /^::error::The tag has to be v1\.2\.3-rc\.1/);
    }
    await write(join(project, "deno.json"), JSON.stringify({ version: "1.2.3\nx=y" }));
    equal((await at("tag", "v1.2.3\nx=y")).code, 1);
    deepEqual([...Deno.readDirSync(project)].map(({ name }) => name), ["deno.json"]);
  });
});

const sha256 = (content: string) => createHash("sha256").update(content).digest("hex");
const sums = [...TARGETS].sort()
  .map((target) => `${sha256(`zip of ${target}`)}  denort-${target}.zip\n`).join("");

/** Each download is as published, or, with it in the environment, what is in `TAMPERED`. */
async function pretendDownloads(stage: Stage): Promise<void> {
  await program(
    stage,
    "curl",
    `while [[ $# -gt 1 ]]; do [[ $1 == --output ]] && file=$2; shift; done
[[ $1 == https://github.com/denoland/deno/releases/download/v$DENO_VERSION/$file ]]
target=\${file#denort-}; target=\${target%%.*}
case $file in
  *.zip) printf '%s' "\${TAMPERED-zip of $target}" > "$file" ;;
  *.sha256sum)
    printf 'zip of %s' "$target" | sha256sum | sed "s/-$/denort-$target.zip/" > "$file" ;;
esac`,
  );
  await program(
    stage,
    "unzip",
    `[[ "$1 $3 $4" == "-q denort -d" ]]
mkdir "$5"; cp "$2" "$5/denort"`,
  );
}
const COMMITTED = "scripts/build/denort.sha256";

Deno.test("runtimes that are as published and as committed are taken", { ignore }, async () => {
  await onStage(async (stage) => {
    await pretendDownloads(stage);
    await write(join(stage.project, COMMITTED), sums);
    const { code, said } = await stage.run("denort", { RECORD: "" });
    equal(code, 0, said);
    for (const target of TARGETS) {
      const taken = await Deno.readTextFile(join(stage.temporary, "denort", target, "denort"));
      equal(taken, `zip of ${target}`);
    }
    equal(await Deno.readTextFile(join(stage.temporary, "denort", "DENORT_SHA256SUMS")), sums);
  });
});

Deno.test("a runtime that is not as published is refused", { ignore }, async () => {
  await onStage(async (stage) => {
    await pretendDownloads(stage);
    await write(join(stage.project, COMMITTED), sums);
    const { code, said } = await stage.run("denort", { TAMPERED: "other", RECORD: "true" });
    equal(code, 1);
    match(said, /denort-x86_64-unknown-linux-gnu\.zip: FAILED/);
  });
});

Deno.test("sums that are not committed are shown and refused, unless they are to be recorded", {
  ignore,
}, async () => {
  for (const committed of [undefined, sums.replace(/^./, "g")]) {
    for (const record of ["", "false", "true"]) {
      await onStage(async (stage) => {
        await pretendDownloads(stage);
        if (committed) await write(join(stage.project, COMMITTED), committed);
        await Deno.mkdir(join(stage.project, "scripts"), { recursive: true });
        const { code, said } = await stage.run("denort", { RECORD: record });
        equal(code, record === "true" ? 0 : 1, said);
        ok(said.includes(`\n\`\`\`\n${sums}\`\`\`\n`), said);
        const summary = await Deno.readTextFile(join(stage.project, "..", "summary"));
        ok(summary.includes(sums));
      });
    }
  }
});

/** Builds executables that answer, and name the runtime that they were made with. */
async function pretendDeno(stage: Stage, version: string): Promise<void> {
  await program(
    stage,
    "npx",
    `[[ "$1 $2" == "-y deno@$DENO_VERSION" ]]
shift 2
if [[ $1 == run ]]; then cd release; sums=$(sha256sum -- *); echo "$sums" > SHA256SUMS; exit; fi
[[ "$1 $2 $3" == "task build --target" ]]
mkdir -p dist; echo '{}' > dist/argocd-configurer.cdx.json; echo all > dist/THIRD_PARTY_LICENSES.txt
{ echo '#!/bin/bash'
  echo 'if [[ $1 == --version ]]; then echo ${version}; else echo "$1 for $2"; fi'
  echo "# of $(cat "$DENORT_BIN")"
} > "dist/argocd-configurer-$4"
chmod 700 "dist/argocd-configurer-$4"`,
  );
  for (const target of TARGETS) {
    await write(join(stage.temporary, "denort", target, "denort"), `runtime of ${target}`);
  }
  await write(join(stage.temporary, "denort", "DENORT_SHA256SUMS"), sums);
  await write(join(stage.project, "LICENSE"), "licence", 0o600);
  await write(join(stage.project, "README.md"), "readme");
  await write(join(stage.project, "deploy/systemd/argocd-configurer.service"), "unit");
  await write(join(stage.project, "deploy/systemd/config.yaml"), "config");
  await program(stage, "git", "echo 1764000000");
}

async function list(archive: string): Promise<string[]> {
  const { stdout } = await new Deno.Command("tar", {
    args: ["--list", "--verbose", "--numeric-owner", "--full-time", "--utc", "--file", archive],
    env: { LC_ALL: "C" },
  }).output();
  return new TextDecoder().decode(stdout).trimEnd().split("\n");
}

Deno.test("an archive a target holds the executable of its runtime and what goes with it", {
  ignore,
}, async () => {
  await onStage(async (stage) => {
    await pretendDeno(stage, "1.2.3");
    for (const id of ["build", "archives"]) {
      const { code, said } = await stage.run(id, { VERSION: "1.2.3" });
      equal(code, 0, said);
    }
    const release = join(stage.project, "release");
    const names = [...Deno.readDirSync(release)].map(({ name }) => name).sort();
    deepEqual(names, [
      "DENORT_SHA256SUMS",
      "SHA256SUMS",
      ...[...TARGETS].sort().map((target) => `argocd-configurer-1.2.3-${target}.tar.gz`),
      "argocd-configurer-1.2.3.cdx.json",
    ]);
    for (const target of TARGETS) {
      const name = `argocd-configurer-1.2.3-${target}`;
      const lines = await list(join(release, `${name}.tar.gz`));
      const line = (mode: string, path: string) => [mode, `${name}/${path}`] as const;
      deepEqual(
        lines.map((each) => each.split(/\s+/)).map(([mode, , , , , path]) => [mode, path]),
        [
          line("drwxr-xr-x", ""),
          line("-rw-r--r--", "LICENSE"),
          line("-rw-r--r--", "README.md"),
          line("-rw-r--r--", "THIRD_PARTY_LICENSES.txt"),
          line("-rwxr-xr-x", "argocd-configurer"),
          line("drwxr-xr-x", "completions/"),
          line("-rw-r--r--", "completions/_argocd-configurer"),
          line("-rw-r--r--", "completions/argocd-configurer.bash"),
          line("-rw-r--r--", "completions/argocd-configurer.fish"),
          ...target.includes("linux")
            ? [
              line("drwxr-xr-x", "deploy/"),
              line("drwxr-xr-x", "deploy/systemd/"),
              line("-rw-r--r--", "deploy/systemd/argocd-configurer.service"),
              line("-rw-r--r--", "deploy/systemd/config.yaml"),
            ]
            : [],
        ],
      );
      for (const each of lines) match(each, / 0\/0 .* 2025-11-24 16:00:00 /);
      const folder = join(stage.temporary, "archives", name);
      const executable = await Deno.readTextFile(join(folder, "argocd-configurer"));
      ok(executable.includes(`# of runtime of ${target}\n`), target);
      equal(await Deno.readTextFile(join(folder, "THIRD_PARTY_LICENSES.txt")), "all\n");
      const completion = await Deno.readTextFile(join(folder, "completions/_argocd-configurer"));
      equal(completion, "completion for zsh\n");
    }
  });
});

Deno.test("the same commit gives the same archives", { ignore }, async () => {
  const hashes: string[] = [];
  for (const _ of [1, 2]) {
    await onStage(async (stage) => {
      await pretendDeno(stage, "1.2.3");
      await stage.run("build", { VERSION: "1.2.3" });
      await stage.run("archives", { VERSION: "1.2.3" });
      hashes.push(await Deno.readTextFile(join(stage.project, "release", "SHA256SUMS")));
    });
  }
  equal(hashes[0], hashes[1]);
});

Deno.test("an executable that says another version is not released", { ignore }, async () => {
  await onStage(async (stage) => {
    await pretendDeno(stage, "1.2.4");
    const { code, said } = await stage.run("build", { VERSION: "1.2.3" });
    equal(code, 1);
    match(said, /::error::The executable says that it is 1\.2\.4/);
  });
});

Deno.test(
  "the notes are the changelog's part about the version, which has to be there",
  { ignore },
  async () => {
    await onStage(async ({ project, run }) => {
      const changelog =
        "# Changelog\n\n## 1.10.0\n\nnew\n\n## 1.1.0 (2026-11-24)\n\nold\n\n## 1.0.0\n";
      await write(join(project, "CHANGELOG.md"), changelog);
      for (const [version, code, notes] of [["1.1.0", 0, "\nold\n\n"], ["1.0.0", 1, ""]] as const) {
        equal((await run("notes", { VERSION: version })).code, code);
        equal(await Deno.readTextFile(join(project, "notes.md")), notes);
      }
      equal((await run("notes", { VERSION: "1x1.0" })).code, 1);
      await Deno.copyFile(join(ROOT, "CHANGELOG.md"), join(project, "CHANGELOG.md"));
      equal((await run("notes", { VERSION: denoJson.version })).code, 0);
    });
  },
);

Deno.test(
  "the draft has all files, and a version with a hyphen is a prerelease",
  { ignore },
  async () => {
    for (const [version, flags] of [["1.2.3", ""], ["1.2.3-rc.1", " --prerelease"]]) {
      await onStage(async (stage) => {
        await program(stage, "gh", 'echo "$*"');
        await write(join(stage.project, "release", "a.tar.gz"), "");
        await write(join(stage.project, "release", "SHA256SUMS"), "");
        const env = { VERSION: version!, GITHUB_REF_NAME: `v${version}`, GITHUB_REPOSITORY: "o/n" };
        deepEqual(await stage.run("draft", env), {
          code: 0,
          said: `release create v${version} --repo o/n --draft --verify-tag ` +
            `--title argocd-configurer ${version} --notes-file notes.md${flags} ` +
            "release/SHA256SUMS release/a.tar.gz\n",
        });
      });
    }
  },
);
