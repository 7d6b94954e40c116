import { equal } from "node:assert/strict";
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { load } from "js-yaml";
import { TARGETS } from "../../scripts/build/compile.ts";
import { type Parsed, ROOT } from "./files.ts";

/** The release workflow, and a stage that runs its scripts with fake programs. */
export const RELEASE_TEXT = await Deno.readTextFile(join(ROOT, ".github/workflows/release.yml"));
export const workflow: Parsed = load(RELEASE_TEXT);
export const jobs: [string, Parsed][] = Object.entries(workflow.jobs);
export const steps: Parsed[] = jobs.flatMap(([, job]) => job.steps);

/** The script of the step with this id. */
export function script(id: string): string {
  const found = steps.filter((step) => step.id === id);
  equal(found.length, 1, id);
  return found[0].run;
}

/** A project, a runner's folder, and programs that come before those of the machine. */
export interface Stage {
  readonly project: string;
  readonly temporary: string;
  readonly programs: string;
  run(id: string, env?: Record<string, string>): Promise<{ code: number; said: string }>;
}

/** Whether to ignore the tests: the scripts require the runner's GNU programs. */
export const ignore = Deno.build.os !== "linux";

/** Runs a test in a temporary folder. */
export async function onStage(test: (stage: Stage) => Promise<void>): Promise<void> {
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

/** Writes a file, and creates the folders above it. */
export async function write(path: string, content: string, mode = 0o644): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, content);
  await Deno.chmod(path, mode);
}

/** Adds a program that comes before the machine's own of that name. */
export const program = (stage: Stage, name: string, body: string) =>
  write(join(stage.programs, name), `#!/bin/bash\nset -eu\n${body}\n`, 0o755);

export const sha256 = (content: string) => createHash("sha256").update(content).digest("hex");

/** The committed checksums of fake runtimes. */
export const DENORT_SUMS = [...TARGETS].sort()
  .map((target) => `${sha256(`zip of ${target}`)}  denort-${target}.zip\n`).join("");

/** The documents of the project that an archive contains. */
export const RELEASED_DOCUMENTS = [
  ...["CHANGELOG.md", "CONTRIBUTING.md", "README.md", "SECURITY.md"],
  ...["docs", "docs/decisions", "tests/trust"].flatMap((folder) =>
    [...Deno.readDirSync(join(ROOT, folder))].map(({ name }) => name)
      .filter((name) => name.endsWith(".md")).map((name) => `${folder}/${name}`)
  ),
];

/** A fake deno that builds executables which name their version and runtime. */
export async function pretendDeno(stage: Stage, version: string): Promise<void> {
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
  await write(join(stage.temporary, "denort", "DENORT_SHA256SUMS"), DENORT_SUMS);
  await write(join(stage.project, "LICENSE"), "licence", 0o600);
  for (const document of RELEASED_DOCUMENTS) {
    await write(
      join(stage.project, document),
      await Deno.readTextFile(join(ROOT, document)),
    );
  }
  await write(join(stage.project, "deploy/systemd/argocd-configurer.service"), "unit");
  await write(join(stage.project, "deploy/systemd/config.yaml"), "config");
  await program(stage, "git", "echo 1764000000");
}
