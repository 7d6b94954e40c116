import { deepEqual, equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { ROOT } from "./files.ts";
import { ignore, onStage, program, type Stage, write } from "./release_stage.ts";

/** The image that the release workflow builds from the archives. */

/** An archive as the previous job makes it, and a podman that records its calls. */
async function pretendPodman(stage: Stage, platforms: string, version: string): Promise<void> {
  for (const machine of ["x86_64", "aarch64"]) {
    const name = `argocd-configurer-1.2.3-${machine}-unknown-linux-gnu`;
    const made = join(stage.temporary, name);
    await write(join(made, "argocd-configurer"), `for ${machine}`, 0o755);
    await write(join(made, "THIRD_PARTY_LICENSES.txt"), "all");
    await write(join(made, "README.md"), "not for the image");
    await Deno.mkdir(join(stage.project, "release"), { recursive: true });
    const { success } = await new Deno.Command("tar", {
      args: ["-C", stage.temporary, "-czf", join(stage.project, `release/${name}.tar.gz`), name],
    }).output();
    ok(success);
  }
  await write(join(stage.project, "LICENSE"), "licence");
  await write(join(stage.project, "deploy/container/config.yaml"), "config");
  await program(stage, "git", "echo 1764000000");
  await program(
    stage,
    "podman",
    `case "$1 $2" in
  "manifest create" | "manifest add") ;;
  "manifest inspect")
    for each in ${platforms}; do
      echo "{\\"platform\\": {\\"os\\": \\"linux\\", \\"architecture\\": \\"$each\\"}}"
    done | jq --slurp '{manifests: .}' ;;
  "manifest push") echo pushed "$@" ;;
  run*) echo ${version} ;;
  build*)
    [[ "$*" == *" --timestamp 1764000000 --build-arg VERSION=1.2.3 "* ]]
    cd "\${@: -1}"; echo "$5 $(cat dist/argocd-configurer) has $(find . -type f | sort | xargs)" ;;
  *) exit 1 ;;
esac`,
  );
}

const IMAGE_ENV = {
  VERSION: "1.2.3",
  GITHUB_SERVER_URL: "https://github.com",
  GITHUB_REPOSITORY: "O/n",
  GITHUB_SHA: "0".repeat(40),
};

Deno.test(
  "the image for each architecture has the archive's executable, and only copied files",
  {
    ignore,
  },
  async () => {
    await onStage(async (stage) => {
      await pretendPodman(stage, "amd64 arm64", "1.2.3");
      const { code, said } = await stage.run("image", IMAGE_ENV);
      equal(code, 0, said);
      const has = "./LICENSE ./deploy/container/config.yaml ./dist/THIRD_PARTY_LICENSES.txt " +
        "./dist/argocd-configurer";
      const ignored = await Deno.readTextFile(
        join(ROOT, "deploy/container/Containerfile.dockerignore"),
      );
      deepEqual(ignored.match(/(?<=^!).*/gm)!.map((path) => `./${path}`).sort(), has.split(" "));
      deepEqual(said.trim().split("\n"), [
        `linux/amd64 for x86_64 has ${has}`,
        `linux/arm64 for aarch64 has ${has}`,
        "pushed manifest push --all --format oci --digestfile image/digest argocd-configurer " +
        "oci-archive:image/image.tar",
      ]);
    });
  },
);

for (
  const [what, platforms, version, says] of [
    ["for one processor only", "amd64", "1.2.3", "The image is for linux/amd64"],
    ["of another version", "amd64 arm64", "1.2.4", "The image says that it is 1.2.4"],
  ] as const
) {
  Deno.test(`an image ${what} is not released`, { ignore }, async () => {
    await onStage(async (stage) => {
      await pretendPodman(stage, platforms, version);
      const { code, said } = await stage.run("image", IMAGE_ENV);
      equal(code, 1);
      ok(said.includes(`::error::${says}\n`), said);
    });
  });
}
