import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { TARGETS } from "../../scripts/build/compile.ts";
import { linksIn } from "../docs/links.ts";
import { ROOT } from "./files.ts";
import {
  DENORT_SUMS as sums,
  ignore,
  onStage,
  pretendDeno,
  program,
  RELEASED_DOCUMENTS,
  type Stage,
  write,
} from "./release_stage.ts";

/** What the release workflow builds and what it rejects. */

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

/** Each download is the published file, or the value of the variable `TAMPERED`. */
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

Deno.test(
  "runtimes with the published and the committed checksums are used",
  { ignore },
  async () => {
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
  },
);

Deno.test(
  "a runtime with another checksum than the published one is rejected",
  { ignore },
  async () => {
    await onStage(async (stage) => {
      await pretendDownloads(stage);
      await write(join(stage.project, COMMITTED), sums);
      const { code, said } = await stage.run("denort", { TAMPERED: "other", RECORD: "true" });
      equal(code, 1);
      match(said, /denort-x86_64-unknown-linux-gnu\.zip: FAILED/);
    });
  },
);

Deno.test("checksums that are not committed are shown and rejected, unless they are recorded", {
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

async function list(archive: string): Promise<string[]> {
  const { stdout } = await new Deno.Command("tar", {
    args: ["--list", "--verbose", "--numeric-owner", "--full-time", "--utc", "--file", archive],
    env: { LC_ALL: "C" },
  }).output();
  return new TextDecoder().decode(stdout).trimEnd().split("\n");
}

/** The documents below a folder with their folders, in the order of `tar --sort=name`. */
function documentsBelow(folder: string): string[] {
  const files = RELEASED_DOCUMENTS.filter((document) => document.startsWith(`${folder}/`));
  const folders = files.flatMap((file) =>
    file.split("/").slice(0, -1).map((_, i, names) => names.slice(0, i + 1).join("/") + "/")
  );
  return [...new Set([...files, ...folders])].sort();
}

Deno.test("an archive for each target has the executable of its runtime, and the documents", {
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
      const document = (path: string) =>
        line(path.endsWith("/") ? "drwxr-xr-x" : "-rw-r--r--", path);
      deepEqual(
        lines.map((each) => each.split(/\s+/)).map(([mode, , , , , path]) => [mode, path]),
        [
          line("drwxr-xr-x", ""),
          line("-rw-r--r--", "CHANGELOG.md"),
          line("-rw-r--r--", "CONTRIBUTING.md"),
          line("-rw-r--r--", "LICENSE"),
          line("-rw-r--r--", "README.md"),
          line("-rw-r--r--", "SECURITY.md"),
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
          ...documentsBelow("docs").map(document),
          line("drwxr-xr-x", "man/"),
          line("drwxr-xr-x", "man/man1/"),
          line("-rw-r--r--", "man/man1/argocd-configurer.1"),
          ...documentsBelow("tests").map(document),
        ],
      );
      for (const each of lines) match(each, / 0\/0 .* 2025-11-24 16:00:00 /);
      const folder = join(stage.temporary, "archives", name);
      const executable = await Deno.readTextFile(join(folder, "argocd-configurer"));
      ok(executable.includes(`# of runtime of ${target}\n`), target);
      equal(await Deno.readTextFile(join(folder, "THIRD_PARTY_LICENSES.txt")), "all\n");
      const completion = await Deno.readTextFile(join(folder, "completions/_argocd-configurer"));
      equal(completion, "completion for zsh\n");
      const manual = await Deno.readTextFile(join(folder, "man/man1/argocd-configurer.1"));
      equal(manual, "help for --man\n");
    }
  });
});

Deno.test("every link of a document in the archive leads to a file in it", async () => {
  const archived = [...RELEASED_DOCUMENTS, "LICENSE"];
  for (const document of RELEASED_DOCUMENTS) {
    const text = await Deno.readTextFile(join(ROOT, document));
    for (const { at, file } of linksIn(document, text)) {
      ok(archived.includes(file), `${at} leads to ${file}, which the archive does not contain`);
    }
  }
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

Deno.test("an executable with another version is not released", { ignore }, async () => {
  await onStage(async (stage) => {
    await pretendDeno(stage, "1.2.4");
    const { code, said } = await stage.run("build", { VERSION: "1.2.3" });
    equal(code, 1);
    match(said, /::error::The executable says that it is 1\.2\.4/);
  });
});
