/**
 * An SBOM of the executable in CycloneDX 1.6.
 *
 * @see https://cyclonedx.org/docs/1.6/json/
 */
import { createHash } from "node:crypto";
import type { Contents, Package } from "./contents.ts";
import { plainPackage } from "./lock.ts";

const NAME = "argocd-configurer";

export interface SbomOptions {
  /** The contents of the executable. */
  readonly contents: Contents;
  /** The time of the commit, so that builds are reproducible. */
  readonly timestamp: Date;
  /** @default the running Deno's, whose runtime is in the executable */
  readonly denoVersion?: string;
}

/** The part of CycloneDX that is used here. */
export interface Bom {
  $schema: string;
  bomFormat: "CycloneDX";
  specVersion: "1.6";
  serialNumber?: string;
  version: number;
  metadata: { timestamp: string; component: Component };
  components: Component[];
  dependencies: { ref: string; dependsOn: string[] }[];
  compositions: { aggregate: string; dependencies: string[] }[];
}
export interface Component {
  type: "application" | "library" | "platform";
  "bom-ref": string;
  /** The npm scope, with its "@". */
  group?: string;
  name: string;
  version: string;
  /** "optional" is a dependency of another package without a file in the executable. */
  scope?: "required" | "optional";
  hashes?: { alg: string; content: string }[];
  licenses?: LicenseChoice[];
  purl?: string;
}
export type LicenseChoice =
  | { license: { id: string } }
  | { license: { name: string } }
  | { expression: string };

/**
 * Lists the npm packages of the executable, Deno, and the dependencies. The scope shows whether the bundle
 * has any file of a package.
 */
export function sbom(options: SbomOptions): Bom {
  const { contents, timestamp, denoVersion = Deno.version.deno } = options;
  const { version, license } = contents.program;
  const program: Component = {
    type: "application",
    "bom-ref": `${NAME}@${version}`,
    name: NAME,
    version,
    licenses: licenses(license),
  };
  const deno: Component = {
    type: "platform",
    "bom-ref": `pkg:github/denoland/deno@v${denoVersion}`,
    name: "deno",
    version: denoVersion,
    licenses: licenses("MIT"),
    purl: `pkg:github/denoland/deno@v${denoVersion}`,
  };
  // Copies of a package for different peer dependencies are one component with all dependencies.
  const components = new Map([[deno["bom-ref"], deno]]);
  const edges = new Map([
    [program["bom-ref"], new Set([deno["bom-ref"], ...contents.direct.map(purlOf)])],
    [deno["bom-ref"], new Set<string>()],
  ]);
  for (const each of contents.packages) {
    const ref = purlOf(each.key);
    components.set(ref, libraryOf(each));
    edges.set(ref, new Set([...edges.get(ref) ?? [], ...each.needs.map(purlOf)]));
  }

  return numbered({
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { timestamp: timestamp.toISOString(), component: program },
    components: sortedEntries(components).map(([, component]) => component),
    dependencies: sortedEntries(edges).map(([ref, to]) => ({ ref, dependsOn: [...to].sort() })),
    // Parts of Deno, such as V8 and Rust crates, are not listed.
    compositions: [{ aggregate: "incomplete", dependencies: [deno["bom-ref"]] }],
  });
}

/** Adds a serial number that is derived from the content. */
function numbered(bom: Bom): Bom {
  const hash = createHash("sha256").update(JSON.stringify(bom)).digest();
  // A UUID of version 8, whose other bits are free. See RFC 9562, section 5.8.
  hash[6] = 0x80 | hash[6]! & 0x0f;
  hash[8] = 0x80 | hash[8]! & 0x3f;
  const hex = hash.toString("hex");
  const parts = [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]].map(([a, b]) => hex.slice(a, b));
  const { $schema, bomFormat, specVersion, ...rest } = bom;
  return { $schema, bomFormat, specVersion, serialNumber: `urn:uuid:${parts.join("-")}`, ...rest };
}

/** @see https://github.com/package-url/purl-spec */
export function purlOf(key: string): string {
  const { name, version } = plainPackage(key);
  const path = name.split("/").map(encodeURIComponent).join("/");
  return `pkg:npm/${path}@${encodeURIComponent(version)}`;
}

function libraryOf({ key, name, version, bundled, integrity, license }: Package): Component {
  const [bare, group] = name.split("/").reverse();
  const purl = purlOf(key);
  return {
    type: "library",
    "bom-ref": purl,
    ...group && { group },
    name: bare!,
    version,
    scope: bundled ? "required" : "optional",
    ...integrity && { hashes: hashes(integrity) },
    ...license && { licenses: licenses(license) },
    purl,
  };
}

/** Hashes from one or more `sha512-BASE64` of npm. */
export function hashes(integrity: string): { alg: string; content: string }[] {
  return integrity.trim().split(/\s+/).map((one) => {
    const [, bits, base64] = /^sha(1|256|384|512)-([A-Za-z0-9+/]+=*)$/.exec(one) ?? [];
    if (!bits || !base64) throw new Error(`Cannot read the integrity ${one}`);
    return { alg: `SHA-${bits}`, content: Uint8Array.fromBase64(base64).toHex() };
  });
}

/** SPDX ids of npm packages. Other licenses are given by name, which is valid, but less exact. */
const spdxIds = new Set([
  ...["0BSD", "AFL-2.1", "Apache-2.0", "Artistic-2.0", "BlueOak-1.0.0", "BSD-2-Clause"],
  ...["BSD-3-Clause", "BSL-1.0", "CC-BY-3.0", "CC-BY-4.0", "CC0-1.0", "EPL-2.0", "ISC", "MIT"],
  ...["MIT-0", "MPL-2.0", "PSF-2.0", "Python-2.0", "Unicode-3.0", "Unlicense", "WTFPL", "Zlib"],
]);

/** An SPDX id, an SPDX expression, or the text as it is. */
export function licenses(said: string): [LicenseChoice] {
  if (spdxIds.has(said)) return [{ license: { id: said } }];
  const words = said.split(/[\s()]+/).filter((word) => word !== "" && !/^(AND|OR)$/.test(word));
  const isExpression = words.length > 1 && words.every((word) => spdxIds.has(word));
  return [isExpression ? { expression: said } : { license: { name: said } }];
}

function sortedEntries<Value>(map: Map<string, Value>): [string, Value][] {
  return [...map].sort(([a], [b]) => a < b ? -1 : 1);
}
