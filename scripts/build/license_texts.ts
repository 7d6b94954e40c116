import { join } from "node:path";
import type { Package } from "./contents.ts";

/** Where the texts of licences are that packages leave out, each named by its SPDX id. */
const TEXTS = join(import.meta.dirname!, "licenses");

/** Who holds the copyright of a work whose archive does not say so. */
export interface Copyright {
  /** Under which it was when this was looked up: an SPDX id. */
  readonly license: string;
  /** The line that stands before the text of the licence. */
  readonly copyright: string;
  /** Where it was looked up. */
  readonly source: string;
}

/** By the names of packages. */
export type Copyrights = Readonly<Record<string, Copyright>>;

export interface LicenseText {
  /** The file of the package, or what else it comes from. */
  readonly from: string;
  readonly text: string;
}

/**
 * The licences and notices of a package: all such files in it, or, when it has no licence in its
 * folder, the standard text of the licence that its package.json names, under the copyright line
 * that `copyrights` has for it, or else with the author from package.json.
 * @throws what to do, when there is no such text, or nobody to name
 */
export async function licenseTexts(
  pkg: Package,
  copyrights: Copyrights,
): Promise<LicenseText[]> {
  const files = await licenseFiles(pkg.folder!);
  const texts = await Promise.all(files.map(async (path) => ({
    from: path,
    text: await readText(join(pkg.folder!, path)),
  })));
  if (files.some(isLicenseOfAll)) return texts;
  return [await standardTextOf(pkg, copyrights), ...texts];
}

/** The standard text under a copyright line. */
export async function standardText(license: string, copyright: string): Promise<string> {
  return `${copyright}\n\n${await readText(join(TEXTS, `${license}.txt`))}`;
}

async function standardTextOf(
  { name, version, license, author }: Package,
  copyrights: Copyrights,
): Promise<LicenseText> {
  const cannot = (why: string) =>
    new Error(`Cannot give the licence of ${name}@${version}: it has no licence file, and ${why}`);
  if (license === undefined) {
    throw cannot("its package.json names no licence; ask its authors, or do without it");
  }
  const known = copyrights[name];
  if (known && known.license !== license) {
    throw cannot(
      `its package.json says ${license}, but scripts/build/licenses/copyrights.json ` +
        `${known.license}; look it up in its repository again`,
    );
  }
  if (!await hasStandardText(license)) {
    throw cannot(
      `the text of ${license} is not here; put it into scripts/build/licenses as ID.txt, by its ` +
        "SPDX id and without a copyright line",
    );
  }
  const copyright = known?.copyright ?? (author && `Copyright (c) ${author}`);
  if (copyright === undefined) {
    throw cannot(
      "its package.json names no author; add the copyright line that its repository has to " +
        "scripts/build/licenses/copyrights.json",
    );
  }
  const from = known ? `as in ${known.source}` : "as in package.json";
  return { from, text: await standardText(license, copyright) };
}

async function hasStandardText(license: string): Promise<boolean> {
  for await (const { name } of Deno.readDir(TEXTS)) if (name === `${license}.txt`) return true;
  return false;
}

/** LICENSE, COPYING, NOTICE and the like, but no code, by their paths with "/", sorted. */
async function licenseFiles(folder: string, below = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory, isFile } of Deno.readDir(join(folder, below))) {
    const path = below + name;
    if (isFile && isLicenseFile(path)) found.push(path);
    // The packages in there are in deno.lock themselves.
    if (isDirectory && name !== "node_modules") {
      found.push(...await licenseFiles(folder, `${path}/`));
    }
  }
  return found.sort();
}

function isLicenseFile(path: string): boolean {
  if (/\.([cm]?[jt]sx?|json|map|ya?ml)$/i.test(path)) return false;
  const name =
    /((un|mit-)?licen[cs]es?|copying|copyright|notices?|third[-_]?party[a-z]*)([-_.][^/]*)?/;
  const inFolder = /licen[cs]es\/[^/]+/;
  return new RegExp(`(^|/)(${name.source}|${inFolder.source})$`, "i").test(path);
}

/** Whether it is for the whole package: neither for a part of it, nor a mere notice. */
function isLicenseOfAll(path: string): boolean {
  return /^((un|mit-)?licen[cs]e|copying)[^/]*$/i.test(path);
}

/** With "\n" at the end of each line and once at the end. */
async function readText(path: string): Promise<string> {
  const text = await Deno.readTextFile(path);
  return text.replace(/^\uFEFF/, "").replaceAll(/\r\n?/g, "\n").replace(/^\n+|\s+$/g, "") + "\n";
}
