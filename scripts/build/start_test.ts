import assert from "node:assert/strict";
import { join } from "node:path";

interface Graph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly specifier: string;
      readonly isDynamic?: boolean;
      readonly code?: { readonly specifier?: string };
    }[];
  }[];
}

const ROOT = join(import.meta.dirname!, "..", "..");

/** The files of the program that are evaluated when this one is imported. */
async function evaluated(file: string): Promise<string[]> {
  const output = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--no-lock", "--no-npm", "--no-remote", join(ROOT, file)],
    cwd: ROOT,
  }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(output.stdout)) as Graph;
  const bySpecifier = new Map(modules.map((module) => [module.specifier, module]));
  const found = new Set<string>();
  const visit = (specifier: string) => {
    const module = bySpecifier.get(specifier);
    if (module === undefined || found.has(specifier)) return;
    found.add(specifier);
    for (const { isDynamic, code } of module.dependencies ?? []) {
      if (!isDynamic && code?.specifier) visit(code.specifier);
    }
  };
  visit(new URL(`file://${join(ROOT, file)}`).href);
  return [...found].map((specifier) => specifier.replace(`file://${ROOT}/`, ""));
}

// A schema that is described before extend_zod.ts has run fails in the bundle, whose pieces are evaluated
// in another order than modules. operations/table.ts runs it before it loads an operation.
for (const file of ["main.ts", "src/cli/serve.ts", "src/cli/demo.ts", "src/wire_server.ts"]) {
  Deno.test(`importing ${file} creates no schema, since the first operation does`, async () => {
    const files = await evaluated(file);
    assert.ok(files.includes(file));
    const schemas = files.filter((each) => /fields\/(texts|field)\.ts$|\/schemas\//.test(each));
    assert.deepEqual(schemas, []);
  });
}
