/** The results of `deno test`, from its JUnit report. */

/** Lines of an error that are repeated at the end. */
const MOST = 30;

export interface Results {
  passed: number;
  failed: number;
  /** `file: name` of each failed test and step, with its error below. */
  failures: string[];
  /** `file: name` of each test and step that was ignored. */
  skipped: string[];
}

/**
 * Counts the JUnit report of `deno test`. A step is a case of its own there, called `test > step`.
 * @param succeeded the exit code was 0; else at least one failure is counted, because an error
 * outside of a test has no place in the report
 */
export function countResults(junit: string, succeeded: boolean): Results {
  const results: Results = { passed: 0, failed: 0, failures: [], skipped: [] };
  const tests = new Set<string>();
  // Tests that --filter excludes have no time.
  const cases = /<testcase name="([^"]*)" classname="([^"]*)" time=[^>]*>([^]*?)<\/testcase>/g;
  for (const [, name = "", file = "", inside = ""] of junit.matchAll(cases)) {
    const isStep = [...name.matchAll(/ &gt; /g)]
      .some(({ index }) => tests.has(file + "\n" + name.slice(0, index)));
    tests.add(file + "\n" + name);
    const where = `${file}: ${unescapeXml(name)}`;
    const failure = inside.match(/^\s*<(?:failure|error)([^>]*)>([^]*)/);
    if (failure) results.failures.push(`${where}\n${thrown(failure[1]!, failure[2]!)}`);
    if (/^\s*<skipped/.test(inside)) results.skipped.push(where);
    else if (isStep) continue;
    else if (failure) results.failed++;
    else results.passed++;
  }
  if (!succeeded && results.failed === 0) results.failed = 1;
  return results;
}

/** The error of a case: its text, or its message if there is none. */
function thrown(attributes: string, inside: string): string {
  const text = inside.replace(/<\/(failure|error)>[^]*/, "").trim() ||
    attributes.match(/message="([^"]*)"/)?.[1] || "";
  const lines = unescapeXml(text).split("\n");
  const shown = lines.length > MOST ? [...lines.slice(0, MOST), "…"] : lines;
  return shown.map((line) => `    ${line}`).join("\n");
}

function unescapeXml(text: string): string {
  const characters: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return text.replaceAll(/&(lt|gt|quot|apos|amp);/g, (_, name) => characters[name]!);
}

export function lastLine({ passed, failed, skipped }: Results): string {
  const line = `${passed} passed, ${failed} failed`;
  return skipped.length ? `${line}, ${skipped.length} skipped` : line;
}

/** The sum of several. */
export function together(...all: readonly Results[]): Results {
  return {
    passed: all.reduce((sum, { passed }) => sum + passed, 0),
    failed: all.reduce((sum, { failed }) => sum + failed, 0),
    failures: all.flatMap(({ failures }) => failures),
    skipped: all.flatMap(({ skipped }) => skipped),
  };
}
