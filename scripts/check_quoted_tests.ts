/**
 * `deno run -A scripts/check_quoted_tests.ts`: checks that each test that a document quotes exists, as
 * `FILE`: "TITLE" or as a row of a table of tests, and that each threat has a test.
 */
import { join } from "node:path";

/** A test that a document names. */
export interface Quoted {
  /** `DOCUMENT:LINE`. */
  readonly at: string;
  readonly file: string;
  /** The name of the test or a part of it; absent when only the file is named. */
  readonly title?: string;
}

/** The document that quotes the tests of each promise and each threat. */
const THREATS = "tests/trust/README.md";

/** Documents that quote tests. */
const QUOTING = [THREATS, "SECURITY.md"];

/** The table whose rows are tests: input or fault, expected, transports, file. */
const TABLE = "tests/trust/table.md";

/** Each `FILE`: "TITLE", and each test file without a title. */
export function quotedIn(document: string, text: string): Quoted[] {
  return text.split("\n").flatMap((line, i) =>
    [...line.matchAll(/`((?:src|tests|scripts)\/[^`\s]+\.ts)`(?:: "([^"]+)")?/g)]
      .map(([, file, title]) => ({ at: `${document}:${i + 1}`, file: file!, title }))
  );
}

/** The tests in the rows of the table; a malformed row has no file. */
export function rowsOf(document: string, text: string): Quoted[] {
  return text.split("\n").flatMap((line, i) => {
    if (!/^\| (?!input or fault)[^-]/.test(line)) return [];
    const [, input = "", expected = "", , file = ""] = line.split("|").map((cell) => cell.trim());
    const separator = file.includes("/soak/") ? ", " : ": "; // whose name is one sentence
    const title = input + separator + expected;
    return [{ at: `${document}:${i + 1}`, file: file.replaceAll("`", ""), title }];
  });
}

/** One line for each threat without a test. */
export function threatsWithoutTest(document: string, text: string): string[] {
  return text.split("\n").flatMap((line, i) =>
    /^\| [^-|]/.test(line) && !/^\| threat /i.test(line) && !/`(src|tests)\/.*_test\.ts`/.test(line)
      ? [`${document}:${i + 1} names no test`]
      : []
  );
}

/** One line for each test that does not exist. @param read reads a file; rejects when it does not exist */
export async function missing(
  quoted: readonly Quoted[],
  read: (file: string) => Promise<string>,
): Promise<string[]> {
  const lines = quoted.map(async ({ at, file, title }) => {
    const text = await read(file).catch(() => undefined);
    if (text === undefined) return `${at} names ${file || "no file"}, which does not exist`;
    if (title === undefined || holds(text, title)) return undefined;
    return `${at} quotes "${title}", which is not in ${file}`;
  });
  return (await Promise.all(lines)).filter((line) => line !== undefined);
}

/** Whether the source has a test whose title contains this; `${…}` in the source matches any text. */
function holds(source: string, title: string): boolean {
  if (source.includes(title)) return true;
  return [...source.matchAll(/`([^`\\]*\$\{[^`\\]*)`/g)].some(([, template = ""]) => {
    const parts = template.split(/\$\{[^}]*\}/);
    if (parts.join("").trim().length < 5) return false; // which would be any title
    return new RegExp(`^${parts.map(RegExp.escape).join(".+")}$`).test(title);
  });
}

async function check(): Promise<string[]> {
  const root = join(import.meta.dirname!, "..");
  const read = (file: string) => Deno.readTextFile(join(root, file));
  const documents = await Promise.all(
    QUOTING.map(async (name) => [name, await read(name)] as const),
  );
  const quoted = [
    ...documents.flatMap(([name, text]) => quotedIn(name, text)),
    ...rowsOf(TABLE, await read(TABLE)),
  ];
  return [
    ...threatsWithoutTest(THREATS, await read(THREATS)),
    ...await missing(quoted, read),
  ];
}

if (import.meta.main) {
  const lines = await check();
  for (const line of lines) console.log(line);
  if (lines.length > 0) Deno.exitCode = 1;
}
