/**
 * The licenses and notices of third-party code in the executable: MIT, Apache-2.0 and similar licenses
 * require them with each copy.
 */
import type { Contents, Package } from "./contents.ts";
import { type Copyrights, licenseTexts, standardText } from "./license_texts.ts";
import copyrights from "./licenses/copyrights.json" with { type: "json" };

/** The file name, beside the executable. */
export const THIRD_PARTY_LICENSES = "THIRD_PARTY_LICENSES.txt";

export interface ThirdPartyLicensesOptions {
  /** The contents of the executable. */
  readonly contents: Contents;
  /** @default the running Deno's, whose runtime is in the executable */
  readonly denoVersion?: string;
  /** For packages without a license file. @default licenses/copyrights.json */
  readonly copyrights?: Copyrights;
}

/** @see https://github.com/denoland/deno/blob/v2.9.5/LICENSE.md */
const DENO = { license: "MIT", copyright: "Copyright 2018-2026 the Deno authors" };

/**
 * The text of the file: Deno and the packages with version and license, then each text once, below the
 * packages that it is for. It is reproducible.
 *
 * Packages without a file in the bundle are included: some packages contain copies of others, as jsonpath-plus
 * of jsep, which no list of files shows.
 * @throws {Error} with each package without a license text, and what to do
 */
export async function thirdPartyLicenses(options: ThirdPartyLicensesOptions): Promise<string> {
  const { contents, denoVersion = Deno.version.deno } = options;
  const packages = withoutCopies(contents.packages);
  const deno = `deno ${denoVersion}`;
  const works = [
    { title: deno, license: DENO.license },
    ...packages.map((each) => ({ title: titleOf(each), license: each.license })),
  ];
  const texts = new Map([[await standardText(DENO.license, DENO.copyright), [deno]]]);
  for (const [title, text] of await textsOf(packages, options.copyrights ?? copyrights)) {
    const titles = texts.get(text);
    if (titles) titles.push(title);
    else texts.set(text, [title]);
  }
  return [
    introduction(contents.program.version, denoVersion),
    table(works),
    ...[...texts].map(([text, titles]) => `${RULE}\n${titles.join("\n")}\n${RULE}\n\n${text}`),
  ].join("\n");
}

const RULE = "=".repeat(80);

const titleOf = ({ name, version }: Package) => `${name} ${version}`;

/**
 * Each package once, by name and version, whatever its peer dependencies. A package that is not in the cache,
 * since it is for another system, cannot be in the executable.
 */
function withoutCopies(packages: readonly Package[]): Package[] {
  const here = packages.filter(({ folder }) => folder !== undefined);
  const byTitle = new Map(here.map((each) => [titleOf(each), each]));
  return [...byTitle].sort(([a], [b]) => a < b ? -1 : 1).map(([, each]) => each);
}

/** Texts in the order of the packages, each with its package and file. */
async function textsOf(
  packages: readonly Package[],
  known: Copyrights,
): Promise<[title: string, text: string][]> {
  const all = await Promise.allSettled(packages.map((each) => licenseTexts(each, known)));
  const failed = all.flatMap((each) => each.status === "rejected" ? [each.reason as Error] : []);
  if (failed.length > 0) throw new Error(failed.map(({ message }) => message).join("\n"));
  return packages.flatMap((each, i) => {
    const { value } = all[i] as PromiseFulfilledResult<Awaited<ReturnType<typeof licenseTexts>>>;
    return value.map(({ from, text }): [string, string] => [`${titleOf(each)} (${from})`, text]);
  });
}

function introduction(version: string, denoVersion: string): string {
  return `Licences of others in argocd-configurer ${version}

argocd-configurer itself is under the MIT licence, in the file LICENSE. Its
executable holds the runtime of Deno and code of the npm packages below, or of
packages that ship copies of them. Their licences and notices follow.

Deno holds works of others in turn: V8, crates of Rust and, where the executable
unpacks itself, TypeScript. They and their licences and notices are named in
  https://github.com/denoland/deno/blob/v${denoVersion}/Cargo.lock
  https://github.com/v8/v8/blob/main/LICENSE
  https://github.com/microsoft/TypeScript/blob/main/ThirdPartyNoticeText.txt
`;
}

function table(works: readonly { title: string; license?: string }[]): string {
  const width = Math.max(...works.map(({ title }) => title.length));
  const lines = works.map(({ title, license = "see below" }) =>
    `${title.padEnd(width)}  ${license}\n`
  );
  return lines.join("");
}
