import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { ROOT } from "./files.ts";
import { ignore, onStage, program, type Stage, write } from "./release_stage.ts";

/** What the release workflow publishes, and in which order. */

const denoJson = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));

Deno.test(
  "the notes are the changelog's section about the version, which has to exist",
  { ignore },
  async () => {
    await onStage(async ({ project, run }) => {
      const changelog = "# Changelog\n\n## [Unreleased]\n\n## [1.10.0] - 2026-11-30\n\nnew\n\n" +
        "## [1.1.0] - 2026-11-24\n\nold\n\n## [1.0.0] - 2026-11-23\n";
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

const DIGEST = `sha256:${"a".repeat(64)}`;

Deno.test(
  "exactly the built image is pushed, with the tag of its version",
  { ignore },
  async () => {
    for (const pushed of [DIGEST, `sha256:${"b".repeat(64)}`]) {
      await onStage(async (stage) => {
        await program(stage, "docker", 'echo docker "$*"; cat');
        await program(stage, "skopeo", `echo skopeo "$*"; printf %s ${pushed} > pushed`);
        await write(join(stage.project, "image/digest"), DIGEST);
        const env = { GITHUB_REPOSITORY: "Owner/Name", GITHUB_ACTOR: "someone", GH_TOKEN: "t0ken" };
        const { code, said } = await stage.run("push", { ...env, VERSION: "1.2.3" });
        const output = await Deno.readTextFile(join(stage.project, "../output")).catch(() => "");
        if (pushed !== DIGEST) {
          equal(code, 1);
          match(said, /::error::The image that was pushed is not the one that was built/);
          equal(output, "");
          return;
        }
        equal(code, 0, said);
        equal(output, `image=ghcr.io/owner/name\ndigest=${DIGEST}\n`);
        deepEqual(said.trim().split("\n"), [
          "docker login ghcr.io --username someone --password-stdin",
          "t0ken",
          "skopeo copy --all --preserve-digests --digestfile pushed oci-archive:image/image.tar " +
          "docker://ghcr.io/owner/name:v1.2.3",
        ]);
      });
    }
  },
);

/** A gh that prints its calls, and knows a draft, a release, or neither. */
const pretendGh = (stage: Stage, isDraft: string, latest = "") =>
  program(
    stage,
    "gh",
    `case "$1 $2" in
  "release view") [[ -n "${isDraft}" ]] || { echo "release not found" >&2; exit 1; }; echo ${isDraft} ;;
  api*) echo ${latest} ;;
  *) echo "$*" ;;
esac`,
  );

const PUBLISH_ENV = (version: string) => ({
  VERSION: version,
  GITHUB_REF_NAME: `v${version}`,
  GITHUB_REPOSITORY: "o/n",
  IMAGE: "ghcr.io/o/n",
  DIGEST,
});

Deno.test(
  "a release is a draft until it has all files, and a version with a hyphen is a prerelease",
  { ignore },
  async () => {
    for (
      const [version, flags, isDraft] of [
        ["1.2.3", "", ""],
        ["1.2.3-rc.1", " --prerelease", ""],
        ["1.2.3", "", "true"], // left by a run that failed
        ["1.2.3", "", "false"], // the release exists already: gh rejects a second one
      ] as const
    ) {
      await onStage(async (stage) => {
        await pretendGh(stage, isDraft);
        await write(join(stage.project, "notes.md"), "What is new.\n");
        await write(join(stage.project, "release", "a.tar.gz"), "");
        await write(join(stage.project, "release", "SHA256SUMS"), "");
        const { code, said } = await stage.run("publish", PUBLISH_ENV(version));
        equal(code, 0, said);
        deepEqual(said.trim().split("\n").filter((line) => line !== "release not found"), [
          ...isDraft === "true" ? [`release delete v${version} --repo o/n --yes`] : [],
          `release create v${version} --repo o/n --draft --verify-tag ` +
          `--title argocd-configurer ${version} --notes-file notes.md${flags} ` +
          "release/SHA256SUMS release/a.tar.gz",
          `release edit v${version} --repo o/n --draft=false`,
        ]);
        const notes = await Deno.readTextFile(join(stage.project, "notes.md"));
        match(notes, /^What is new\.\n\n/);
        ok(notes.includes(`\`ghcr.io/o/n:v${version}@${DIGEST}\``), notes);
        ok(notes.includes("`gh attestation verify FILE --repo o/n`"), notes);
      });
    }
  },
);

Deno.test("the image's moving tags follow a release, 'latest' only the latest one", {
  ignore,
}, async () => {
  for (
    const [version, latest, tags] of [
      ["1.2.3", "v1.2.3", ["1.2", "latest"]],
      ["1.2.3", "v2.0.0", ["1.2"]],
      ["1.2.3-rc.1", "v1.1.0", []],
    ] as const
  ) {
    await onStage(async (stage) => {
      await pretendGh(stage, "", latest);
      await program(stage, "skopeo", 'echo "$*"');
      const { code, said } = await stage.run("tags", PUBLISH_ENV(version));
      equal(code, 0, said);
      deepEqual(
        said.split("\n").filter((line) => line !== ""),
        tags.map((tag) =>
          `copy --all --preserve-digests docker://ghcr.io/o/n@${DIGEST} docker://ghcr.io/o/n:${tag}`
        ),
      );
    });
  }
});
