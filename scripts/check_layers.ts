/**
 * `deno run -A scripts/check_layers.ts`: which file of the program may import which, and no cycles.
 * The picture of it is in the README.
 */
import { dirname, join, relative } from "node:path";

/**
 * A layer is a folder or file directly in src, or main.ts. `values` may be imported in any way,
 * `types` with `import type` only; "src" stands for all of it. Its own files a layer always may.
 */
interface Rule {
  values: string[];
  types: string[];
}

export const layers: Record<string, Rule> = {
  "main.ts": { values: ["src/cli"], types: [] },
  "src/cli": { values: ["src", "deno.json"], types: [] },
  "src/wire.ts": {
    values: [
      "src/server",
      "src/operations",
      "src/rate_limit",
      "src/credentials",
      "src/clusters",
      "src/audit",
      "src/tokens",
      "src/kube",
      "src/verify",
      "src/files",
      "deno.json",
    ],
    types: [],
  },
  "src/server": {
    values: ["src/operations", "src/tokens", "src/net", "src/rate_limit"],
    types: ["src/credentials", "src/audit"],
  },
  "src/operations": {
    values: [
      "src/credentials",
      "src/clusters",
      "src/tokens",
      "src/rate_limit",
      "src/kube/store.ts",
      "src/kube/errors.ts",
      "src/kube/label_selector.ts",
    ],
    types: ["src/kube", "src/audit", "src/verify"],
  },
  "src/credentials": { values: ["src/clusters", "src/kube", "src/verify"], types: ["src/audit"] },
  "src/clusters": {
    values: [
      "src/kube/errors.ts",
      "src/kube/late_store.ts",
      "src/kube/kubeconfig",
      "src/files",
    ],
    types: ["src/kube"],
  },
  "src/kube": { values: ["src/net"], types: [] },
  "src/verify": { values: ["src/net"], types: [] },
  "src/net": { values: [], types: [] },
  "src/rate_limit": { values: ["src/net"], types: [] },
  "src/emulator": {
    values: ["src/kube/formats.ts", "src/kube/label_selector.ts"],
    types: ["src/kube"],
  },
  "src/audit": { values: ["src/files", "src/net", "src/rate_limit"], types: [] },
  "src/tokens": { values: ["src/files"], types: [] },
  "src/daemon": { values: ["src/files"], types: [] },
  "src/config": { values: ["configs", "src/files", "src/net"], types: [] },
  "src/files": { values: [], types: [] },
  "src/log": { values: ["src/files"], types: [] },
};

/** What every layer may import besides. */
export const anyone: Rule = { values: ["src/log"], types: ["src/config"] };

/** What all tests share that knows nothing of the program. */
const TEST_SUPPORT = ["fake_clock.ts", "arbitrary.ts", "rsa_keys.ts", "notify_socket.ts"]
  .map((name) => `tests/support/${name}`);

/** What a test beside its file may import besides. */
export const unitTests: Rule = {
  values: ["src/emulator", "src/kube", "scripts/control_plane", ...TEST_SUPPORT],
  types: [],
};

/** Paths from the root of the project, with "/". */
export interface Import {
  from: string;
  /** Counted from 1. */
  line: number;
  to: string;
  typeOnly: boolean;
}

/** Why `from` may not import `to`, or undefined when it may. */
export function violation({ from, to, typeOnly }: Import): string | undefined {
  const isTest = /_test\.[jt]sx?$/.test(from);
  const layer = layerOf(from);
  const rule = layers[layer];
  if (!rule) return `${layer} is in no rule of scripts/check_layers.ts`;
  const rules = [rule, anyone, ...(isTest ? [unitTests] : [])];
  const allowed = (kind: keyof Rule) => rules.flatMap((one) => one[kind]).some((p) => below(to, p));
  if (below(to, layer) || allowed("values")) return undefined;
  const who = `${shortName(layer)}${isTest ? " tests" : ""}`;
  if (!allowed("types")) return `${who} may not import ${shortName(layerOf(to))}`;
  return typeOnly ? undefined : `${who} may import only types of ${shortName(layerOf(to))}`;
}

const below = (path: string, folder: string) => path === folder || path.startsWith(folder + "/");

/** `src/kube` of `src/kube/kubectl/store.ts`; outside of src the first part, such as `tests`. */
function layerOf(path: string): string {
  return path.split("/").slice(0, path.startsWith("src/") ? 2 : 1).join("/");
}

const shortName = (layer: string) => layer.replace(/^src\//, "").replace(/\.ts$/, "");

/** Each import that closes a circle, in any way of importing, once a circle. */
export function cycles(imports: Import[]): string[] {
  const bySource = Map.groupBy(imports, (one) => one.from);
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, trail: string[]) => {
    for (const { to, line } of bySource.get(file) ?? []) {
      const start = trail.indexOf(to);
      if (start >= 0) {
        const circle = [...trail.slice(start), to].join(" -> ");
        found.push(`${file}:${line} imports ${to}: a cycle: ${circle}`);
      } else if (!done.has(to)) visit(to, [...trail, to]);
    }
    done.add(file);
  };
  for (const file of bySource.keys()) if (!done.has(file)) visit(file, [file]);
  return found;
}

/** The part of `deno info --json` that is read here. Lines count from 0. */
interface ModuleGraph {
  modules: {
    specifier: string;
    error?: string;
    dependencies?: { specifier: string; code?: Target; type?: Target }[];
  }[];
}
interface Target {
  specifier?: string;
  error?: string;
  span: { start: { line: number } };
}

/** The imports of the program's files below `root`, as Deno's own parser sees them. */
export async function readImports(root: string): Promise<Import[]> {
  const imports: Import[] = [];
  for (const file of await sourceFiles(root)) {
    const path = relative(root, file);
    const text = await Deno.readTextFile(file);
    const computed = /\bimport\(\s*[^"'\s]/.exec(text);
    if (computed) {
      const line = text.slice(0, computed.index).split("\n").length;
      throw new Error(`${path}:${line} imports by a computed name, which cannot be checked`);
    }
  }
  for (const module of (await moduleGraph(root)).modules) {
    const from = pathIn(root, module.specifier);
    if (!from || !(from === "main.ts" || from.startsWith("src/"))) continue;
    if (module.error) throw new Error(`${from}: ${module.error}`);
    for (const { specifier, code, type } of module.dependencies ?? []) {
      for (const [target, typeOnly] of [[code, false], [type, true]] as const) {
        const to = target?.specifier && pathIn(root, target.specifier);
        const line = (target?.span.start.line ?? 0) + 1;
        if (to) imports.push({ from, line, to, typeOnly });
        else if (target?.error && /^[./]/.test(specifier)) {
          throw new Error(`${from}:${line} imports ${specifier}: ${target.error}`);
        }
      }
    }
  }
  return imports;
}

function pathIn(root: string, specifier: string): string | undefined {
  if (!specifier.startsWith("file:")) return undefined;
  return relative(root, decodeURIComponent(new URL(specifier).pathname));
}

/** Asked through a temporary module that imports every file, as `deno info` takes only one. */
async function moduleGraph(root: string): Promise<ModuleGraph> {
  const folder = await Deno.makeTempDir();
  try {
    const all = join(folder, "all.ts");
    const lines = (await sourceFiles(root)).map((file) => `import ${JSON.stringify(file)};\n`);
    await Deno.writeTextFile(all, lines.join(""));
    const output = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", "--no-lock", "--no-npm", "--no-remote", all],
      cwd: root,
    }).output();
    if (!output.success) throw new Error(new TextDecoder().decode(output.stderr));
    return JSON.parse(new TextDecoder().decode(output.stdout));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function sourceFiles(root: string): Promise<string[]> {
  const files: string[] = [];
  const walk = async (folder: string) => {
    for await (const entry of Deno.readDir(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory) await walk(path);
      else if (/\.[cm]?[jt]sx?$/.test(entry.name)) files.push(path);
    }
  };
  const exists = (path: string) => Deno.stat(path).then(() => true, () => false);
  if (await exists(join(root, "src"))) await walk(join(root, "src"));
  if (await exists(join(root, "main.ts"))) files.push(join(root, "main.ts"));
  return files.sort();
}

/** One line a violation, sorted. */
export function violations(imports: Import[]): string[] {
  const lines = imports.flatMap((one) => {
    const why = violation(one);
    return why ? [`${one.from}:${one.line} imports ${one.to}: ${why}`] : [];
  });
  return [...lines.sort(), ...cycles(imports)];
}

if (import.meta.main) {
  const lines = await readImports(dirname(import.meta.dirname!))
    .then(violations, (error: Error) => [error.message]);
  for (const line of lines) console.log(line);
  if (lines.length) Deno.exitCode = 1;
}
