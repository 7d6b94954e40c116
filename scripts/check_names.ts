/**
 * `deno run -A scripts/check_names.ts`: checks the names in src. Each exported name stands in one file,
 * so that a search finds the one thing that it means, and no identifier and no file has one of the
 * words that the project does not use.
 */
import { parse } from "@babel/parser";
import { basename, dirname, join, relative } from "node:path";

/** Words that no identifier and no file name may have, each with the words to use instead. */
export const BANNED: Readonly<Record<string, string>> = {
  told: "reported, shown",
  tell: "report, show, log",
  tells: "reports, shows, logs",
  lasting: "persistent",
  surroundings: "environment",
  utils: "what the functions do",
  helpers: "what the functions do",
};

/** Names that several files may export, each with the reason. */
export const ALLOWED: Readonly<Record<string, string>> = {
  command: "each operation's module exports its command",
  otherCommands: "an operation's module exports the help of its further commands",
  describe: "each operation's module exports its description",
  take: "each operation's module exports what carries it out",
  view: "each view's module exports how a response is printed",
};

/** A file of the program. */
export interface Source {
  /** From the root of the project, with "/". */
  readonly path: string;
  readonly text: string;
}

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

/**
 * Returns one line for each name that breaks a rule, and for each exception that is not needed.
 * @param sources files that are not tests
 * @throws {SyntaxError} when a file cannot be parsed
 */
export function wrongNames(
  sources: readonly Source[],
  allowed: Readonly<Record<string, string>> = ALLOWED,
): string[] {
  const exports = new Map<string, Set<string>>();
  const banned = new Map<string, string>();
  for (const { path, text } of sources) {
    const { program } = parse(text, { sourceType: "module", plugins: ["typescript"] });
    const nodes = [...nodesOf(program)];
    for (const name of nodes.flatMap(exportedBy)) {
      exports.set(name, (exports.get(name) ?? new Set()).add(path));
    }
    const ofFile = bannedIn(basename(path, ".ts"));
    if (ofFile !== undefined) banned.set(path, ofFile);
    for (const { type, name } of nodes) {
      const word = type === "Identifier" ? bannedIn(String(name)) : undefined;
      if (word !== undefined) banned.set(`${path}: ${name}`, word);
    }
  }
  const several = [...exports].filter(([, paths]) => paths.size > 1);
  const isSeveral = (name: string) => several.some(([each]) => each === name);
  return [
    ...several.filter(([name]) => !Object.hasOwn(allowed, name))
      .map(([name, paths]) => `${[...paths].sort().join(", ")} export one name: ${name}`),
    ...[...banned].map(([at, word]) => `${at} has the word '${word}': use ${BANNED[word]}`),
    ...Object.keys(allowed).filter((name) => !isSeveral(name))
      .map((name) => `scripts/check_names.ts: ${name} is not exported in several files`),
  ];
}

/** The names that a statement declares and exports. What it exports again is not declared by it. */
function exportedBy({ type, declaration }: Node): string[] {
  if (type !== "ExportNamedDeclaration" || !isNode(declaration)) return [];
  const { id, declarations } = declaration as Node & { declarations?: readonly Node[] };
  return (declarations?.map((each) => each.id) ?? [id]).flatMap(boundBy);
}

/** The names that a pattern binds: `a` and `c` of `{ a, b: [c] }`. */
function boundBy(pattern: unknown): string[] {
  if (!isNode(pattern)) return [];
  const { type, name, properties, elements, value, left, argument } = pattern;
  if (type === "Identifier") return [String(name)];
  return [properties, elements, value, left, argument].flat().flatMap(boundBy);
}

/** The first banned word of `camelCase`, `snake_case` or `UPPER_CASE`. */
function bannedIn(name: string): string | undefined {
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase().split(/[^a-z]+/);
  return words.find((word) => Object.hasOwn(BANNED, word));
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value;

/** A node and all nodes below it. */
function* nodesOf(value: unknown): Generator<Node> {
  if (Array.isArray(value)) { for (const each of value) yield* nodesOf(each); }
  if (!isNode(value)) return;
  yield value;
  for (const [key, each] of Object.entries(value)) {
    if (key !== "loc" && key !== "leadingComments" && key !== "trailingComments") {
      yield* nodesOf(each);
    }
  }
}

/** The files below a folder that are not tests. */
async function* sourcesBelow(root: string, folder: string): AsyncGenerator<Source> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) yield* sourcesBelow(root, path);
    else if (name.endsWith(".ts") && !name.endsWith("_test.ts")) {
      yield { path: relative(root, path), text: await Deno.readTextFile(path) };
    }
  }
}

if (import.meta.main) {
  const root = dirname(import.meta.dirname!);
  const sources = await Array.fromAsync(sourcesBelow(root, join(root, "src")));
  const lines = wrongNames(sources).sort();
  for (const line of lines) console.log(line);
  if (lines.length > 0) Deno.exitCode = 1;
}
