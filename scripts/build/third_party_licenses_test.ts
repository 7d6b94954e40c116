import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import type { Contents, Package } from "./contents.ts";
import { thirdPartyLicenses } from "./third_party_licenses.ts";

/** Packages by their keys, each with the text of its LICENSE, or without one. */
async function withPackages(
  licenses: Record<string, string | undefined>,
  test: (contents: Contents) => Promise<void>,
) {
  const root = await Deno.makeTempDir();
  try {
    const packages: Package[] = [];
    for (const [key, text] of Object.entries(licenses)) {
      const folder = join(root, key);
      await Deno.mkdir(folder);
      if (text !== undefined) await Deno.writeTextFile(join(folder, "LICENSE"), text);
      const [name, version] = key.split(/[@_]/) as [string, string];
      packages.push({ key, name, version, needs: [], bundled: true, folder, license: "MIT" });
    }
    await test({ program: { version: "1.2.3", license: "MIT" }, direct: [], packages });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** The headings above the texts, a line for each text. */
const headings = (text: string) =>
  [...text.matchAll(/^={80}\n([^=]*)\n={80}\n\n(.*)/gm)].map(([, titles, start]) => [
    ...titles!.split("\n"),
    start,
  ]);

Deno.test("equal texts are included once, below all their packages, after Deno's", async () => {
  await withPackages({ "b@1": "one", "c@2": "two", "a@3": "one\r\n" }, async (contents) => {
    const text = await thirdPartyLicenses({ contents, denoVersion: "9.8.7" });
    deepEqual(headings(text), [
      ["deno 9.8.7", "Copyright 2018-2026 the Deno authors"],
      ["a 3 (LICENSE)", "b 1 (LICENSE)", "one"],
      ["c 2 (LICENSE)", "two"],
    ]);
    ok(text.includes("\n\ndeno 9.8.7  MIT\na 3         MIT\nb 1         MIT\nc 2         MIT\n\n"));
    ok(text.includes("/denoland/deno/blob/v9.8.7/"));
  });
});

Deno.test("the order of the packages makes no difference", async () => {
  await withPackages({ "b@1": "one", "c@2": "two", "a@3": "one" }, async (contents) => {
    const packages = contents.packages.toReversed();
    equal(
      await thirdPartyLicenses({ contents: { ...contents, packages } }),
      await thirdPartyLicenses({ contents }),
    );
  });
});

Deno.test("a package for several peers is listed once, and one that is not in the cache is not", async () => {
  await withPackages({ "a@1_b@1": "one", "a@1_b@2": "one" }, async (contents) => {
    const { folder: _, ...elsewhere } = { ...contents.packages[0]!, key: "d@1", name: "d" };
    const packages = [...contents.packages, { ...elsewhere, bundled: false }];
    const text = await thirdPartyLicenses({ contents: { ...contents, packages } });
    deepEqual(headings(text).slice(1), [["a 1 (LICENSE)", "one"]]);
    ok(!text.includes("d 1"));
  });
});

Deno.test("the error names each package without a license text", async () => {
  await withPackages({ "a@1": undefined, "b@1": "one", "c@2": undefined }, async (contents) => {
    await rejects(
      thirdPartyLicenses({ contents }),
      /^Error: Cannot give the licence of a@1: .*\nCannot give the licence of c@2: [^\n]*$/,
    );
  });
});
