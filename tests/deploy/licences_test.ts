import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import copyrights from "../../scripts/build/licenses/copyrights.json" with { type: "json" };
import type { Bom, Component } from "../../scripts/build/sbom.ts";
import { ROOT } from "./files.ts";

/** The licenses of the executable, as the build writes them. */

/** The files that a build needs, without a Git commit. */
const SOURCES = ["main.ts", "deno.json", "deno.lock", "src", "configs", "scripts/build"];

/** A copy of the project, to build in and change. */
async function inCopy(test: (project: string) => Promise<void>): Promise<void> {
  const project = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(project, "scripts"));
    for (const path of [...SOURCES, "scripts/build.ts"]) {
      const { success } = await new Deno.Command("cp", {
        args: ["-R", join(ROOT, path), join(project, path)],
      }).output();
      ok(success, path);
    }
    await test(project);
  } finally {
    await Deno.remove(project, { recursive: true });
  }
}

/** Builds with a stand-in for Deno's runtime. */
async function build(project: string, folder: string): Promise<{ code: number; said: string }> {
  const standIn = join(project, "denort");
  await Deno.copyFile("/bin/true", standIn);
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "scripts/build.ts", "--folder", join(project, folder)],
    cwd: project,
    env: { DENORT_BIN: standIn, NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
  }).output();
  return { code, said: new TextDecoder().decode(stderr) };
}

/** The texts, each with the lines above it. */
function sections(text: string): { titles: string[]; text: string }[] {
  return text.split(/^={80}\n(?=[^\n]+\n)/m).slice(1).flatMap((section) => {
    const [titles, below] = section.split(/^={80}\n\n/m) as [string, string];
    return [{ titles: titles.trimEnd().split("\n"), text: below }];
  });
}

const nameOf = ({ group, name }: Component) => group ? `${group}/${name}` : name;

/** A text that each license has to contain. */
const LICENCE =
  /permission (is hereby granted|to use)|Apache License|Redistribution|public domain|PSF LICENSE/i;

/** Checks that the file names a component with its license, and has its text. */
function checkComponent(component: Component, file: string): void {
  const title = `${nameOf(component)} ${component.version}`;
  const [id] = component.licenses!.flatMap((each) =>
    "license" in each && "id" in each.license ? [each.license.id] : []
  );
  match(file, new RegExp(`^${RegExp.escape(title)} +${RegExp.escape(id ?? "an id")}$`, "m"));
  const texts = sections(file).filter(({ titles }) =>
    titles.some((each) => each === title || each.startsWith(`${title} (`))
  );
  ok(texts.some(({ text }) => LICENCE.test(text)), title);
}

Deno.test("the license of each component is included, has a checksum, and is the same in the next build", async () => {
  await inCopy(async (project) => {
    for (const folder of ["one", "two"]) {
      const { code, said } = await build(project, folder);
      equal(code, 0, said);
    }
    const read = (name: string, folder = "one") => Deno.readTextFile(join(project, folder, name));
    const file = await read("THIRD_PARTY_LICENSES.txt");
    equal(await read("THIRD_PARTY_LICENSES.txt", "two"), file);
    const sums = await read("SHA256SUMS");
    equal(await read("SHA256SUMS", "two"), sums);
    match(sums, /^[0-9a-f]{64} {2}THIRD_PARTY_LICENSES\.txt$/m);

    const { components }: Bom = JSON.parse(await read("argocd-configurer.cdx.json"));
    ok(components.length > 50);
    for (const component of components) checkComponent(component, file);
    const names = components.map(nameOf);
    deepEqual(Object.keys(copyrights).filter((name) => !names.includes(name)), []);
    // Nothing about the machine that it was built on.
    ok(!file.includes(project) && !/\/(home|root|Users)\//.test(file));
  });
});

Deno.test("a package without a license fails the build with a hint", async () => {
  await inCopy(async (project) => {
    const { "@hono/zod-openapi": _, ...others } = copyrights;
    await Deno.writeTextFile(
      join(project, "scripts/build/licenses/copyrights.json"),
      JSON.stringify(others),
    );
    const { code, said } = await build(project, "dist");
    equal(code, 1);
    match(
      said,
      /^error: Cannot give the licence of @hono\/zod-openapi@[\d.]+: it has no licence file, and its package\.json names no author; add the copyright line that its repository has to scripts\/build\/licenses\/copyrights\.json\n$/m,
    );
    deepEqual([...Deno.readDirSync(join(project, "dist"))], []);
  });
});
