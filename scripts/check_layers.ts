/**
 * `deno run -A scripts/check_layers.ts`: checks which file of the program imports which, and that there are
 * no cycles. An allowance that is not used is an error, too. docs/architecture.md has a picture.
 */
import { dirname, join, relative } from "node:path";

/**
 * The rule of a layer: a folder or file directly in src, or main.ts. `values` may be imported in any way,
 * `types` with `import type` only. A layer may always import its own files.
 */
interface Rule {
  values: string[];
  types: string[];
}

export const layers: Record<string, Rule> = {
  "main.ts": { values: ["src/cli"], types: [] },
  "src/cli": {
    values: [
      "src/wire.ts",
      "src/wire_server.ts",
      "src/shared.ts",
      "src/server",
      "src/operations",
      "src/fleet",
      "src/clusters",
      "src/kube/environment.ts",
      "src/kube/process.ts",
      "src/demo",
      "src/emulator",
      "src/config",
      "src/daemon",
      "src/audit",
      "src/tokens",
      "src/rate_limit",
      "src/files",
      "src/net",
      "src/log",
      "deno.json",
    ],
    types: [],
  },
  "src/wire_server.ts": {
    values: ["src/server", "src/wire.ts", "src/shared.ts", "src/tokens"],
    types: [],
  },
  "src/wire.ts": {
    values: [
      "src/shared.ts",
      "src/operations",
      "src/clusters",
      "src/kube",
      "src/verify",
    ],
    types: [],
  },
  /** State that is shared within a process. */
  "src/shared.ts": {
    values: [
      "src/operations",
      "src/rate_limit",
      "src/credentials",
      "src/fleet",
      "src/clusters",
      "src/audit",
      "src/kube",
      "src/verify",
    ],
    types: [],
  },
  "src/server": {
    values: [
      "src/operations",
      "src/tokens",
      "src/net",
      "src/rate_limit",
      "src/files",
      "src/config",
      "src/credentials/longest_request.ts",
      "src/log/logger.ts",
      "src/log/in_request.ts",
    ],
    types: ["src/credentials"],
  },
  "src/operations": {
    values: [
      "src/credentials",
      "src/clusters",
      "src/fleet",
      "src/tokens",
      "src/rate_limit",
      "src/kube/check.ts",
      "src/kube/errors.ts",
      "src/kube/store.ts",
      "src/kube/label_selector.ts",
      "src/audit/entry.ts",
    ],
    types: ["src/kube", "src/audit"],
  },
  "src/credentials": { values: ["src/kube", "src/verify"], types: ["src/audit"] },
  "src/clusters": {
    values: [
      "src/kube/errors.ts",
      "src/kube/formats.ts",
      "src/kube/check.ts",
      "src/kube/lazy_store.ts",
      "src/kube/kubeconfig",
      "src/net/proxy.ts",
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
    types: [],
  },
  /** The objects of the emulated clusters, and servers that accept their credentials. */
  "src/demo": { values: ["src/verify/no_answer.ts"], types: ["src/emulator", "src/verify"] },
  "src/audit": {
    values: ["src/log/lines_from_end.ts", "src/files", "src/net", "src/rate_limit"],
    types: [],
  },
  "src/tokens": { values: ["src/files"], types: [] },
  "src/daemon": { values: ["src/log/lines_from_end.ts", "src/files"], types: [] },
  "src/config": { values: ["src/files", "src/net"], types: [] },
  "src/fields": { values: [], types: [] },
  "src/fleet": {
    values: [
      "src/credentials",
      "src/kube/store.ts",
      "src/kube/repository_fields.ts",
      "src/kube/deadline.ts",
      "src/kube/errors.ts",
    ],
    types: ["src/clusters/choose.ts", "src/audit/entry.ts"],
  },
  "src/files": { values: [], types: [] },
  "src/text": { values: [], types: [] },
  "src/async": { values: [], types: [] },
  "src/log": { values: ["src/files"], types: [] },
  // The only layer that writes to the log.
  "src/observe": { values: ["src/log/logger.ts"], types: [] },
};

/** What every layer may import in addition. */
export const anyone: Rule = {
  values: [
    "src/observe",
    "src/fields",
    "src/text",
    "src/async",
    "src/log/sealed.ts",
    "src/log/escaped.ts",
    "src/log/token_shapes.ts",
  ],
  types: ["src/config"],
};

/** Test support that does not depend on the program. */
const TEST_SUPPORT = [
  "fake_clock.ts",
  "arbitrary.ts",
  "rsa_keys.ts",
  "notify_socket.ts",
  "takes_less.ts",
].map((name) => `tests/support/${name}`);

/** What a unit test may import in addition. */
export const unitTests: Rule = {
  values: [
    "src/emulator",
    "src/kube",
    "src/log/logger.ts",
    "scripts/control_plane",
    ...TEST_SUPPORT,
  ],
  types: ["src/audit"],
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
  const layer = layerOf(from);
  const rule = layers[layer];
  if (!rule) return `${layer} is in no rule of scripts/check_layers.ts`;
  const rules = [rule, anyone, ...(isTest(from) ? [unitTests] : [])];
  const allowed = (kind: keyof Rule) => rules.flatMap((one) => one[kind]).some((p) => below(to, p));
  if (below(to, layer) || allowed("values")) return undefined;
  const who = `${shortName(layer)}${isTest(from) ? " tests" : ""}`;
  if (!allowed("types")) return `${who} may not import ${shortName(layerOf(to))}`;
  return typeOnly ? undefined : `${who} may import only types of ${shortName(layerOf(to))}`;
}

/** All rules: of each layer, of every layer, of unit tests. */
interface Rules {
  readonly layers: Readonly<Record<string, Rule>>;
  readonly anyone: Rule;
  readonly unitTests: Rule;
}

/**
 * One line for each allowance that is not used. An import that only tests need belongs into the rule of
 * tests, one that only needs types into `types`, and one that every layer may have not into a single layer.
 */
export function unusedAllowances(
  imports: readonly Import[],
  rules: Rules = { layers, anyone, unitTests },
): string[] {
  const used = new Map<Rule, Record<keyof Rule, Set<string>>>();
  /** Whether the rule allows the import; if so, records its use. */
  const isBy = (rule: Rule, { to, typeOnly }: Import, kind: keyof Rule): boolean => {
    const allowance = rule[kind].find((each) => below(to, each));
    if (allowance === undefined) return false;
    const noted = used.get(rule) ?? { values: new Set(), types: new Set() };
    used.set(rule, noted);
    if (typeOnly === (kind === "types")) noted[kind].add(allowance);
    return true;
  };
  for (const one of imports) {
    const layer = layerOf(one.from);
    const own = rules.layers[layer];
    if (!own || below(one.to, layer)) continue;
    const mine = [rules.anyone, isTest(one.from) ? rules.unitTests : own];
    for (const kind of ["values", "types"] as const) {
      if (mine.some((rule) => isBy(rule, one, kind))) break;
    }
  }
  const named = [
    ...Object.entries(rules.layers),
    ["anyone", rules.anyone],
    ["a unit test", rules.unitTests],
  ] as const;
  return named.flatMap(([name, rule]) =>
    (["values", "types"] as const).flatMap((kind) =>
      rule[kind].filter((each) => !used.get(rule)?.[kind].has(each))
        .map((each) =>
          `scripts/check_layers.ts: ${name} may import ${kind} of ${each}, and does not`
        )
    )
  );
}

const isTest = (path: string) => /_test\.[jt]sx?$/.test(path);

const below = (path: string, folder: string) => path === folder || path.startsWith(folder + "/");

/** `src/kube` for `src/kube/kubectl/store.ts`; outside src the first folder, such as `tests`. */
function layerOf(path: string): string {
  return path.split("/").slice(0, path.startsWith("src/") ? 2 : 1).join("/");
}

const shortName = (layer: string) => layer.replace(/^src\//, "").replace(/\.ts$/, "");

/** One line for each cycle, with the import that closes it. */
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

/** The part of `deno info --json` that is used here. Lines count from 0. */
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

/** The imports of the program's files below `root`, by Deno's own parser. */
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

/** By a temporary module that imports every file, since `deno info` takes only one. */
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
    .then(
      (imports) => [...violations(imports), ...unusedAllowances(imports)],
      (error: Error) => [error.message],
    );
  for (const line of lines) console.log(line);
  if (lines.length) Deno.exitCode = 1;
}
