import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { dirname, join } from "node:path";
import type { Package } from "./contents.ts";
import { type Copyrights, licenseTexts } from "./license_texts.ts";

/** A package with these files and these fields of package.json. */
async function texts(
  files: Record<string, string>,
  says: Pick<Package, "license" | "author"> = {},
  copyrights: Copyrights = {},
) {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.mkdir(dirname(join(folder, name)), { recursive: true });
      await Deno.writeTextFile(join(folder, name), text);
    }
    const [key, name, version] = ["a@1.2.3", "a", "1.2.3"];
    const pkg = { key, name, version, needs: [], bundled: true, folder, ...says };
    return await licenseTexts(pkg, copyrights);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("all licenses and notices of a package are returned, sorted, and nothing else", async () => {
  const files = [
    ...["LICENSE", "License.md", "COPYING", "UNLICENSE", "MIT-LICENSE.txt", "LICENSE-MIT"],
    ...["NOTICE", "NOTICE.txt", "copyright", "ThirdPartyNotices.txt", "third-party-licenses.md"],
    ...["lib/part/LICENSE", "licenses/other.txt", "licence"],
  ];
  const others = [
    ...["license.js", "notice.d.ts", "licenses.json", "README.md", "noticeable", "unlicensed/x"],
    ...["licenses/list.js", "node_modules/b/LICENSE", "lib/license-check.mjs"],
  ];
  const found = await texts(Object.fromEntries([...others, ...files].map((name) => [name, name])));
  deepEqual(found, files.sort().map((name) => ({ from: name, text: `${name}\n` })));
});

Deno.test("texts have normalized line breaks, and are otherwise unchanged", async () => {
  deepEqual(await texts({ LICENSE: "\uFEFF\r\n  A  \r\n\r\n b\r\n\r\n" }), [
    { from: "LICENSE", text: "  A  \n\n b\n" },
  ]);
});

Deno.test("without a license file, the author is above the standard text", async () => {
  const start = {
    "MIT": "Permission is hereby granted, free of charge,",
    "ISC": "Permission to use, copy, modify,",
    "BSD-2-Clause": "Redistribution and use in source and binary forms,",
    "BSD-3-Clause": "Redistribution and use in source and binary forms,",
    "Apache-2.0": " {33}Apache License\n {27}Version 2.0,",
  };
  for (const [license, text] of Object.entries(start)) {
    const [only, ...more] = await texts({}, { license, author: "Ann" });
    deepEqual([only!.from, more], ["as in package.json", []]);
    match(only!.text, new RegExp(`^Copyright \\(c\\) Ann\\n\\n${text}`));
  }
});

Deno.test("a notice, or the license of a part, is not the license of the package", async () => {
  const files = { NOTICE: "n", "lib/LICENSE": "l", "third-party-licenses.txt": "t" };
  await rejects(texts(files, { license: "MIT" }), /it has no licence file/);
  const found = await texts(files, { license: "MIT", author: "Ann" });
  deepEqual(found.map(({ from }) => from), ["as in package.json", ...Object.keys(files).sort()]);
});

const copyrights = { a: { license: "MIT", copyright: "Copyright 2020 Bea", source: "https://b" } };

Deno.test("a recorded copyright takes precedence over package.json", async () => {
  const [only] = await texts({}, { license: "MIT", author: "Ann" }, copyrights);
  equal(only!.from, "as in https://b");
  match(only!.text, /^Copyright 2020 Bea\n\nPermission/);
  const own = await texts({ LICENSE: "own" }, { license: "MIT" }, copyrights);
  deepEqual(own, [{ from: "LICENSE", text: "own\n" }]);
});

for (
  const [what, says, known, reason] of [
    [
      "nobody to name",
      { license: "MIT" },
      {},
      "its package.json names no author; add the copyright line that its repository has to " +
      "scripts/build/licenses/copyrights.json",
    ],
    [
      "a licence with no standard text here",
      { license: "MIT OR ../MIT", author: "Ann" },
      {},
      "the text of MIT OR ../MIT is not here; put it into scripts/build/licenses as ID.txt, by " +
      "its SPDX id and without a copyright line",
    ],
    [
      "no licence in package.json",
      { author: "Ann" },
      copyrights,
      "its package.json names no licence; ask its authors, or do without it",
    ],
    [
      "another licence than when it was looked up",
      { license: "ISC", author: "Ann" },
      copyrights,
      "its package.json says ISC, but scripts/build/licenses/copyrights.json MIT; look it up in " +
      "its repository again",
    ],
  ] as const
) {
  Deno.test(`a package without a license file, with ${what}, is an error with a hint`, async () => {
    await rejects(texts({}, says, known), {
      message: `Cannot give the licence of a@1.2.3: it has no licence file, and ${reason}`,
    });
  });
}
