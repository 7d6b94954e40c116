/**
 * `deno task test [paths and flags of deno test]`: the tests, with a real control plane beside them.
 * Without paths those of the program as a process run twice: from source, and as it is built.
 * The last line is `N passed, N failed`, with `, N skipped` when there were some; steps are not
 * counted, except skipped ones. When CI=true, what did not run is a failure.
 */
import { delimiter, dirname, join } from "node:path";
import { findArgocdReader } from "./argocd_reader/build.ts";
import { build } from "./build.ts";
import { findServers, officialKubectl } from "./control_plane/binaries.ts";
import { onPath, realWorld } from "./control_plane/cache.ts";
import { type ControlPlane, startControlPlane } from "./control_plane/control_plane.ts";
import { debianProgram } from "./control_plane/debian.ts";

/** What tests run besides, and the Debian packages that have it. */
const TOOLS = [
  ["ssh-keygen", "openssh-client"], // whose keys ours are compared with
  ["curl", "curl"], // in which the README speaks
] as const;

/** Lines that are told once more of what a test has thrown. */
const MOST = 30;

export interface Results {
  passed: number;
  failed: number;
  /** `file: name` of each test and step that failed, and below it what was thrown. */
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
  // Those that --filter left out have no time.
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

/** What a case of the report has thrown: its text, or its message when it has none. */
function thrown(attributes: string, inside: string): string {
  const text = inside.replace(/<\/(failure|error)>[^]*/, "").trim() ||
    attributes.match(/message="([^"]*)"/)?.[1] || "";
  const lines = unescapeXml(text).split("\n");
  const told = lines.length > MOST ? [...lines.slice(0, MOST), "…"] : lines;
  return told.map((line) => `    ${line}`).join("\n");
}

function unescapeXml(text: string): string {
  const characters: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return text.replaceAll(/&(lt|gt|quot|apos|amp);/g, (_, name) => characters[name]!);
}

export function lastLine({ passed, failed, skipped }: Results): string {
  const line = `${passed} passed, ${failed} failed`;
  return skipped.length ? `${line}, ${skipped.length} skipped` : line;
}

/** Sorts arguments into what `deno test` gets as flags and as paths. @default src tests scripts */
export async function testArguments(args: string[]): Promise<{ flags: string[]; paths: string[] }> {
  const exists = (path: string) => Deno.stat(path).then(() => true, () => false);
  const flags: string[] = [];
  const paths: string[] = [];
  for (const arg of args) (!arg.startsWith("-") && await exists(arg) ? paths : flags).push(arg);
  if (paths.length > 0) return { flags, paths };
  for (const path of ["src", "tests"]) if (await exists(path)) paths.push(path);
  // With several paths deno test forgets --ignore, and this file's name makes it look like a test.
  return { flags, paths: [...paths, "scripts/**/*_test.ts"] };
}

/** The value of `make`, or undefined and the reason on standard error. */
async function orSay<T>(make: () => Promise<T>): Promise<T | undefined> {
  try {
    return await make();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return undefined;
  }
}

/** The tests that run the program as a process, by `program()` of tests/cli/support.ts. */
async function testsOfProcesses(): Promise<string[]> {
  const files: string[] = [];
  for (const folder of ["tests/cli", "tests/crash"]) {
    for await (const { name } of Deno.readDir(folder)) {
      // These make the program that they run.
      const isOwn = /^(completion|offline|server_manager)_test\.ts$/.test(name);
      if (name.endsWith("_test.ts") && !isOwn) files.push(join(folder, name));
    }
  }
  return files.sort();
}

/** PATH as on a machine that has no Deno, with kubectl. */
async function withoutDeno(kubectl: string | undefined): Promise<string> {
  const folders = (Deno.env.get("PATH") ?? "").split(delimiter);
  const hasDeno = await Promise.all(
    folders.map((folder) => Deno.stat(join(folder, "deno")).then(() => true, () => false)),
  );
  const left = folders.filter((_, i) => !hasDeno[i]);
  return (kubectl === undefined ? left : [dirname(kubectl), ...left]).join(delimiter);
}

/** Where Deno keeps what it has downloaded and compiled. */
async function denoFolder(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}

function together(...all: readonly Results[]): Results {
  return {
    passed: all.reduce((sum, { passed }) => sum + passed, 0),
    failed: all.reduce((sum, { failed }) => sum + failed, 0),
    failures: all.flatMap(({ failures }) => failures),
    skipped: all.flatMap(({ skipped }) => skipped),
  };
}

async function runTests(
  { flags, paths }: { flags: string[]; paths: string[] },
  env: Record<string, string>,
): Promise<Results> {
  const folder = await Deno.makeTempDir();
  const junit = join(folder, "junit.xml");
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--frozen", "--ignore=scripts/test.ts", `--junit-path=${junit}`]
      .concat(flags, paths),
    env,
    stdin: "null",
  }).spawn();
  const signals = (["SIGINT", "SIGTERM"] as const).map((name) => {
    const listener = () => {
      try {
        child.kill(name);
      } catch { /* it has ended */ }
    };
    Deno.addSignalListener(name, listener);
    return () => Deno.removeSignalListener(name, listener);
  });
  try {
    const { success } = await child.status;
    return countResults(await Deno.readTextFile(junit).catch(() => ""), success);
  } finally {
    signals.forEach((remove) => remove());
    await Deno.remove(folder, { recursive: true });
  }
}

async function main(): Promise<number> {
  const kubectl = await orSay(officialKubectl) ?? await onPath("kubectl", realWorld);
  const plane: ControlPlane | undefined = await orSay(async () => {
    const binaries = { ...await findServers(), kubectl: kubectl ?? "kubectl" };
    return await startControlPlane({ binaries });
  });
  const env: Record<string, string> = {};
  if (plane) {
    env.ARGOCD_CONFIGURER_TEST_CONTROL_PLANE = plane.dir;
    env.KUBECACHEDIR = join(plane.dir, "kubectl_cache"); // else one folder a port stays in HOME
  }
  if (kubectl) {
    env.ARGOCD_CONFIGURER_TEST_KUBECTL = kubectl;
    if (!await onPath("kubectl", realWorld)) {
      env.PATH = dirname(kubectl) + delimiter + (Deno.env.get("PATH") ?? "");
    }
  }
  for (const [name, packageName] of TOOLS) {
    if (await onPath(name, realWorld)) continue;
    const tool = await orSay(() => debianProgram(name, packageName, realWorld));
    if (tool === undefined) continue;
    env.PATH = (env.PATH ?? Deno.env.get("PATH") ?? "") + delimiter + dirname(tool);
  }
  // Else the first test that needs it waits for its build.
  if (plane && Deno.args.length === 0) await orSay(findArgocdReader);
  const complaints: string[] = [];
  const { flags, paths } = await testArguments(Deno.args);
  const isWhole = Deno.args.every((arg) => flags.includes(arg));
  const dist = await Deno.makeTempDir();
  const built = isWhole
    ? await orSay(() => build({ offline: true, folder: dist }).then(([file]) => file!))
    : undefined;
  if (built !== undefined) env.ARGOCD_CONFIGURER_TEST_BUILT = built;
  else if (isWhole) {
    complaints.push("Without an executable: the tests of what is built did not run");
  }
  const results = await runAll().finally(async () => {
    await plane?.stop();
    await Deno.remove(dist, { recursive: true });
  });

  async function runAll(): Promise<Results> {
    const fromSource = await runTests({ flags, paths }, env);
    if (built === undefined) return fromSource;
    console.log("\nOnce more, as built: the tests of the program as a process");
    const asBuilt = await runTests({ flags, paths: await testsOfProcesses() }, {
      ...env,
      PATH: await withoutDeno(kubectl),
      ARGOCD_CONFIGURER_TEST_PROGRAM: built,
      // Unpacked where nothing is, while Deno's own cache stays where it is.
      XDG_CACHE_HOME: join(dist, "cache"),
      DENO_DIR: await denoFolder(),
    });
    return together(fromSource, asBuilt);
  }

  if (!plane) {
    complaints.push("Without a control plane: the suites on a real API server did not run");
  }
  if (!kubectl) complaints.push("Without kubectl: the suites that run it did not run");
  if (results.skipped.length) {
    complaints.push(["Skipped:", ...results.skipped].join("\n  "));
  }
  const inCi = Deno.env.get("CI") === "true";
  if (inCi && complaints.length) complaints.push("In CI, what did not run is a failure");
  if (results.passed + results.failed === 0) complaints.push("No test ran");
  // Said once more: the first of two runs is far above, and a log may be cut.
  if (results.failures.length) console.log(["Failed:", ...results.failures].join("\n  "));
  for (const complaint of complaints) console.log(complaint);
  console.log(lastLine(results));
  return results.failed > 0 || results.passed === 0 || (inCi && complaints.length > 0) ? 1 : 0;
}

if (import.meta.main) Deno.exitCode = await main();
