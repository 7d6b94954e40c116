import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { blocks } from "../docs/readme.ts";
import { onStage, pretendDeno, program, type Stage } from "./release_stage.ts";

/** The README's commands that install a release, on archives that the release workflow made. */

/** Of which the archives below are. */
const VERSION = "0.1.0";

/** Those commands are for Linux; what a Mac needs stands beside them. */
const ignore = Deno.build.os !== "linux";

/**
 * Runs the README's commands in a fresh home, as whoever copies them into a shell, with a curl that
 * takes files of the release.
 */
async function installed(
  stage: Stage,
  /** Done to each file that was downloaded. */
  damage = ":",
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
  const shown = (await blocks()).slice(0, 3);
  for (const { heading } of shown) equal(heading, "Install");
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
  "the README installs the program of a release, its manual page and completions, after a look at the sums",
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
      // What the executable that only pretends says to `version`.
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

Deno.test("of an archive that is not the one of the sums nothing is unpacked or installed", {
  ignore,
}, async () => {
  await onStage(async (stage) => {
    const { code, said, home } = await installed(stage, "echo x >> *.tar.gz");
    match(said, /\.tar\.gz: FAILED$/m);
    ok(code !== 0, said);
    deepEqual([...Deno.readDirSync(home)].map(({ name }) => name).sort(), [
      ".local",
      "SHA256SUMS",
      `argocd-configurer-${VERSION}-${Deno.build.arch}-unknown-linux-gnu.tar.gz`,
    ]);
    deepEqual([...Deno.readDirSync(join(home, ".local/bin"))], []);
  });
});

Deno.test("the README names the version that deno.json has", async () => {
  const { version } = JSON.parse(
    await Deno.readTextFile(new URL("../../deno.json", import.meta.url)),
  );
  const [block] = await blocks();
  match(block!.text, new RegExp(`^version=${version.replaceAll(".", "\\.")}$`, "m"));
});
