import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import denoConfig from "../../deno.json" with { type: "json" };
import { blocks } from "../docs/readme.ts";
import { onStage, pretendDeno, program, type Stage } from "./release_stage.ts";

/** The commands of docs/install.md that install a release, on archives that the release workflow made. */

const DOCUMENT = "docs/install.md";

/** The version of the archives below. */
const VERSION = denoConfig.version;

/** The commands are for Linux; those for macOS are beside them. */
const ignore = Deno.build.os !== "linux";

/**
 * Runs the commands under these headings in a fresh home, as if copied into a shell, with a curl that
 * takes files of the release.
 */
async function installed(
  stage: Stage,
  /** A command to run after each archive is downloaded. */
  damage = ":",
  headings: readonly string[] = ["Release archive"],
): Promise<{ code: number; said: string; home: string; called: string[] }> {
  await pretendDeno(stage, VERSION);
  for (const id of ["build", "archives"]) {
    const { code, said } = await stage.run(id, { VERSION });
    equal(code, 0, said);
  }
  const release = join(stage.project, "release");
  const calls = join(stage.temporary, "calls");
  await program(
    stage,
    "curl",
    `[[ $1 == -fLO ]]; echo "curl $2" >> ${calls}; cp "${release}/\${2##*/}" .
if [[ $2 == *.tar.gz ]]; then ${damage}; fi`,
  );
  await program(stage, "gh", `echo "gh $*" >> ${calls}`);
  const home = join(stage.temporary, "home");
  await Deno.mkdir(home);
  await Deno.mkdir(join(home, ".cache", "argocd-configurer"), { recursive: true });
  const shown = (await blocks(DOCUMENT)).filter(({ heading, language }) =>
    headings.includes(heading) && language === "sh"
  );
  ok(shown.length >= 3);
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-c", shown.map(({ text }) => text).join("\n")],
    cwd: home,
    clearEnv: true,
    env: { HOME: home, PATH: `${stage.programs}:${Deno.env.get("PATH")}` },
  }).output();
  const [out, said] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  const called = await Deno.readTextFile(calls);
  return { code, said: out! + said!, home, called: called.trim().split("\n") };
}

Deno.test(
  "the commands in docs/install.md verify the checksums, and install the program, manual page and completions of a release",
  {
    ignore,
  },
  async () => {
    await onStage(async (stage) => {
      const { code, said, home, called } = await installed(stage);
      equal(code, 0, said);
      const machine = Deno.build.arch;
      const archive = `argocd-configurer-${VERSION}-${machine}-unknown-linux-gnu.tar.gz`;
      const releases = "https://github.com/OWNER/argocd-configurer/releases/download";
      deepEqual(called, [
        `curl ${releases}/v${VERSION}/${archive}`,
        `curl ${releases}/v${VERSION}/SHA256SUMS`,
        `gh attestation verify ${archive} --repo OWNER/argocd-configurer`,
      ]);
      match(said, new RegExp(`^${archive}: OK$`, "m"));
      // The output of the fake executable for `version`.
      match(said, /^version for $/m);
      const read = (path: string) => Deno.readTextFile(join(home, ".local", path));
      equal(await read("share/man/man1/argocd-configurer.1"), "help for --man\n");
      equal(
        await read("share/bash-completion/completions/argocd-configurer"),
        "completion for bash\n",
      );
      const { mode } = await Deno.stat(join(home, ".local/bin/argocd-configurer"));
      equal(mode! & 0o777, 0o755);
    });
  },
);

Deno.test("an archive with a wrong checksum is not unpacked or installed", {
  ignore,
}, async () => {
  await onStage(async (stage) => {
    const { code, said, home } = await installed(stage, "echo x >> *.tar.gz");
    match(said, /\.tar\.gz: FAILED$/m);
    ok(code !== 0, said);
    deepEqual([...Deno.readDirSync(home)].map(({ name }) => name).sort(), [
      ".cache",
      ".local",
      "SHA256SUMS",
      `argocd-configurer-${VERSION}-${Deno.build.arch}-unknown-linux-gnu.tar.gz`,
    ]);
    deepEqual([...Deno.readDirSync(join(home, ".local/bin"))], []);
  });
});

Deno.test(
  "the commands of an upgrade install and restart, and those of an uninstall leave no program",
  {
    ignore,
  },
  async () => {
    await onStage(async (stage) => {
      const headings = ["Release archive", "Upgrade and go back", "Uninstall"];
      const { code, said, home } = await installed(stage, ":", headings);
      equal(code, 0, said);
      match(said, /^restart for $/m);
      match(said, /^stop for $/m);
      deepEqual([...Deno.readDirSync(join(home, ".local/bin"))], []);
      deepEqual([...Deno.readDirSync(join(home, ".cache"))], []);
      const share = join(home, ".local/share");
      deepEqual([...Deno.readDirSync(join(share, "man/man1"))], []);
      deepEqual([...Deno.readDirSync(join(share, "bash-completion/completions"))], []);
    });
  },
);
