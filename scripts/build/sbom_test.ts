import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { dirname, join } from "node:path";
import { contentsOf } from "./contents.ts";
import { plainPackage } from "./lock.ts";
import { moduleGraph } from "./module_graph.ts";
import { type Component, hashes, licenses, purlOf, sbom } from "./sbom.ts";

const ROOT = dirname(dirname(import.meta.dirname!));

/** The project's own contents, since every run gives the same. */
const timestamp = new Date("2026-11-24T20:15:00.250Z");
const contents = await contentsOf({ root: ROOT });
const bom = sbom({ contents, timestamp });

const lock = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.lock")));
const denoJson = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));

const fullName = ({ group, name }: Component) => group ? `${group}/${name}` : name;
function named(name: string): Component {
  const found = bom.components.filter((component) => fullName(component) === name);
  equal(found.length, 1, name);
  return found[0]!;
}
const dependsOn = (ref: string) => bom.dependencies.find((each) => each.ref === ref)?.dependsOn;

Deno.test("the list describes this version of the program at the time of its commit", () => {
  equal(bom.bomFormat, "CycloneDX");
  equal(bom.specVersion, "1.6");
  equal(bom.version, 1);
  deepEqual(bom.metadata, {
    timestamp: "2026-11-24T20:15:00.250Z",
    component: {
      type: "application",
      "bom-ref": `argocd-configurer@${denoJson.version}`,
      name: "argocd-configurer",
      version: denoJson.version,
      licenses: [{ license: { id: "MIT" } }],
    },
  });
});

Deno.test("the program's imports, also dynamic ones, and their dependencies are listed", () => {
  for (const name of ["@hono/zod-openapi", "@kubernetes/client-node", "hpagent", "zod", "ws"]) {
    equal(named(name).scope, "required", name);
  }
  const direct = dependsOn(bom.metadata.component["bom-ref"])!;
  for (const [name, specifier] of Object.entries<string>(denoJson.imports)) {
    const ref = purlOf(specifier.replace(/^npm:/, ""));
    if (
      /^(@babel\/parser|@redocly\/openapi-core|ajv|autocannon|recheck|fast-check|hono\/)$/.test(
        name,
      )
    ) {
      ok(!direct.includes(ref), name);
    } else ok(direct.includes(ref), name);
  }
});

Deno.test("packages that only tests, benchmarks and the type checker need are not listed", () => {
  const names = bom.components.map(fullName);
  for (const name of ["fast-check", "pure-rand", "autocannon", "hdr-histogram-js", "cli-table3"]) {
    ok(lock.npm[Object.keys(lock.npm).find((key) => key.startsWith(`${name}@`))!], name);
    ok(!names.includes(name), name);
  }
  deepEqual(names.filter((name) => /^@types\/|undici-types/.test(name)), []);
});

Deno.test("a component has its scope, package URL, checksum and licence", () => {
  const { version } = plainPackage(denoJson.imports["@hono/zod-openapi"].replace(/^npm:/, ""));
  const { hashes, ...others } = named("@hono/zod-openapi");
  deepEqual(others, {
    type: "library",
    "bom-ref": `pkg:npm/%40hono/zod-openapi@${version}`,
    group: "@hono",
    name: "zod-openapi",
    version,
    scope: "required",
    licenses: [{ license: { id: "MIT" } }],
    purl: `pkg:npm/%40hono/zod-openapi@${version}`,
  });
  const key = Object.keys(lock.npm).find((each) => each.startsWith("@hono/zod-openapi@"));
  const { integrity } = lock.npm[key!];
  deepEqual(hashes!.map(({ alg }) => alg), ["SHA-512"]);
  equal(`sha512-${Uint8Array.fromHex(hashes![0]!.content).toBase64()}`, integrity);
  for (const component of bom.components) {
    ok(component.licenses?.length, component.name);
    ok(component.type === "platform" || component.hashes?.length, component.name);
  }
});

Deno.test("Deno is listed as the platform, with the note that its parts are not listed", () => {
  const deno = named("deno");
  equal(deno.type, "platform");
  equal(deno.version, Deno.version.deno);
  deepEqual(bom.compositions, [{ aggregate: "incomplete", dependencies: [deno["bom-ref"]] }]);
});

Deno.test("the graph names every component once, and nothing else", () => {
  const refs = [bom.metadata.component, ...bom.components].map((each) => each["bom-ref"]);
  equal(new Set(refs).size, refs.length);
  deepEqual(bom.dependencies.map(({ ref }) => ref), refs.toSorted());
  const known = new Set(refs);
  for (const { ref, dependsOn } of bom.dependencies) {
    equal(new Set(dependsOn).size, dependsOn.length, ref);
    for (const to of dependsOn) ok(known.has(to), `${ref} -> ${to}`);
  }
  const reached = new Set<string>();
  const visit = (ref: string) => {
    if (reached.has(ref)) return;
    reached.add(ref);
    dependsOn(ref)!.forEach(visit);
  };
  visit(bom.metadata.component["bom-ref"]);
  deepEqual([...reached].toSorted(), refs.toSorted());
});

Deno.test("the list conforms to the schema of CycloneDX 1.6", () => {
  match(bom.serialNumber!, /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
  match(bom.serialNumber!, /-[0-9a-f]{12}$/);
  const allowed = ["type", "bom-ref", "group", "name", "version", "scope"];
  for (const component of bom.components) {
    for (const key of Object.keys(component)) {
      ok([...allowed, "hashes", "licenses", "purl"].includes(key), key);
    }
    match(component.purl!, /^pkg:(npm|github)\/[^@]+@[^@]+$/);
    for (const { alg, content } of component.hashes ?? []) {
      ok(["SHA-1", "SHA-256", "SHA-384", "SHA-512"].includes(alg), alg);
      match(content, /^([a-f0-9]{40}|[a-f0-9]{64}|[a-f0-9]{96}|[a-f0-9]{128})$/);
    }
    for (const choice of component.licenses ?? []) equal(Object.keys(choice).length, 1);
  }
});

Deno.test("the same source gives the same bytes, and another time another serial number", async () => {
  const again = sbom({ contents: await contentsOf({ root: ROOT }), timestamp });
  equal(JSON.stringify(again), JSON.stringify(bom));
  ok(sbom({ contents, timestamp: new Date(0) }).serialNumber !== bom.serialNumber);
});

Deno.test("packages outside the bundle are optional, and those in it are listed", async () => {
  const { npmPackages } = await moduleGraph(ROOT);
  const fileOf = (name: string) => {
    const key = Object.keys(npmPackages).find((each) => each.startsWith(`${name}@`));
    return `${npmPackages[key!]!.localPath}/index.js`;
  };
  const files = [fileOf("ws"), fileOf("pure-rand")];
  const { components, dependencies } = sbom({
    contents: await contentsOf({ root: ROOT, bundledFiles: () => Promise.resolve(files) }),
    timestamp,
  });
  const scopes = new Map(components.map((each) => [fullName(each), each.scope]));
  equal(scopes.get("ws"), "required");
  equal(scopes.get("hono"), "optional");
  equal(scopes.get("pure-rand"), "required");
  const program = dependencies.find(({ ref }) => ref.startsWith("argocd-configurer@"))!;
  ok(program.dependsOn.some((ref) => ref.startsWith("pkg:npm/pure-rand@")));
});

Deno.test("a key of deno.lock becomes a package URL", () => {
  const table = [
    ["ws@8.23.0", "pkg:npm/ws@8.23.0"],
    ["isomorphic-ws@5.0.0_ws@8.23.0", "pkg:npm/isomorphic-ws@5.0.0"],
    ["@a/b_c@1.0.0-rc.1_@d+e@2.0.0__f@3.0.0", "pkg:npm/%40a/b_c@1.0.0-rc.1"],
    ["g@1.0.0+build.5", "pkg:npm/g@1.0.0%2Bbuild.5"],
  ] as const;
  for (const [key, purl] of table) equal(purlOf(key), purl);
});

Deno.test("npm's checksums are given in hexadecimal", () => {
  deepEqual(hashes("sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk= sha256-AAEC/w=="), [
    { alg: "SHA-1", content: "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
    { alg: "SHA-256", content: "000102ff" },
  ]);
  throws(() => hashes("md5-AAEC"), /Cannot read the integrity md5-AAEC/);
});

Deno.test("a license is an SPDX id, an SPDX expression, or else a name", () => {
  deepEqual(licenses("Apache-2.0"), [{ license: { id: "Apache-2.0" } }]);
  deepEqual(licenses("(MIT AND Zlib)"), [{ expression: "(MIT AND Zlib)" }]);
  deepEqual(licenses("MIT OR Nothing"), [{ license: { name: "MIT OR Nothing" } }]);
  deepEqual(licenses("SEE LICENSE IN LICENSE.md"), [
    { license: { name: "SEE LICENSE IN LICENSE.md" } },
  ]);
});
