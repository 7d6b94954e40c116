import { join } from "node:path";
import type { Package } from "./contents.ts";

/** The folder of standard license texts, named by SPDX id, for packages without a license file. */
const TEXTS = join(import.meta.dirname!, "licenses");

/** The copyright of a package whose archive does not have it. */
export interface Copyright {
  /** The SPDX id of its license when this was looked up. */
  readonly license: string;
  /** The line before the license text. */
  readonly copyright: string;
  /** The source of this information. */
  readonly source: string;
}

/** By package name. */
export type Copyrights = Readonly<Record<string, Copyright>>;

export interface LicenseText {
  /** The file of the package, or another source. */
  readonly from: string;
  readonly text: string;
}

/**
 * The licenses and notices of a package: all such files in it. If it has no license file, the standard text
 * of the license in its package.json, with the copyright line in `copyrights` or the author in package.json.
 * @throws {Error} that says what to do, when there is no such text or no copyright holder
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

/** Sorted paths of LICENSE, COPYING, NOTICE and similar files, without code. */
async function licenseFiles(folder: string, below = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory, isFile } of Deno.readDir(join(folder, below))) {
    const path = below + name;
    if (isFile && isLicenseFile(path)) found.push(path);
    // These packages are in deno.lock themselves.
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

/** Whether it is a license of the whole package, and not a notice or a license of a part. */
function isLicenseOfAll(path: string): boolean {
  return /^((un|mit-)?licen[cs]e|copying)[^/]*$/i.test(path);
}

/** Normalizes line breaks to "\n", with one at the end. */
async function readText(path: string): Promise<string> {
  const text = await Deno.readTextFile(path);
  return text.replace(/^\uFEFF/, "").replaceAll(/\r\n?/g, "\n").replace(/^\n+|\s+$/g, "") + "\n";
}
