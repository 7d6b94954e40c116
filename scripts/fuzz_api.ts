/**
 * `deno task fuzz-api [MINUTES]` (3): Schemathesis reads the OpenAPI document and sends the demo's
 * clusters what that allows, and what it does not. Every answer is one that the document describes,
 * none is a bug, what the document refuses is refused, and what it allows is refused only by the rules
 * that JSON Schema cannot say (fuzz_api/unsaid_rules.ts). Exit code 0 when all of that holds.
 *
 * It needs python3 and, the first time, the Python Package Index. A credential that is to be tried is
 * sent nowhere: the demo gets a proxy that is not there.
 */
import { dirname, join } from "node:path";
import { cacheFolder, realWorld } from "./control_plane/cache.ts";
import { UNSAID_RULES } from "./fuzz_api/unsaid_rules.ts";

const SCHEMATHESIS = "4.32.5";

const ROOT = join(import.meta.dirname!, "..");
const HERE = join(import.meta.dirname!, "fuzz_api");

/** Those of Schemathesis, and of hooks.py. Tokens and deletions are other tests' subject. */
const CHECKS = [
  "status_code_conformance",
  "content_type_conformance",
  "response_headers_conformance",
  "response_schema_conformance",
  "negative_data_rejection",
  "no_bug",
  "listed_refusals",
];

async function main([minutes = "3"]: readonly string[]): Promise<number> {
  const seconds = Math.round(Number(minutes) * 60);
  if (!(seconds >= 1)) {
    console.error("fuzz-api: MINUTES must be a number of at least a second");
    return 2;
  }
  const schemathesis = await installed();
  await using demo = await startDemo();
  const { code } = await new Deno.Command(schemathesis, {
    args: [
      ...["run", `${demo.url}/openapi.json`, `--max-time=${seconds}`],
      ...["--phases=examples,coverage,fuzzing", "--mode=all", `--checks=${CHECKS}`],
      ...["--continue-on-failure", "--suppress-health-check=all", "--no-color"],
    ],
    cwd: demo.folder,
    env: {
      PYTHONDONTWRITEBYTECODE: "1",
      SCHEMATHESIS_HOOKS: join(HERE, "hooks.py"),
      FUZZ_API_RULES: JSON.stringify(UNSAID_RULES.map(({ message }) => message.source)),
    },
  }).spawn().status;
  const bugs = (await demo.stop()).split("\n").filter((line) => /internal error/.test(line));
  for (const line of bugs) console.error(`fuzz-api: the demo's log has ${line}`);
  const isWell = code === 0 && bugs.length === 0;
  console.log(
    isWell ? "fuzz-api: all is as the document says" : "fuzz-api: NOT all is as it must be",
  );
  return isWell ? 0 : 1;
}

/** Path of Schemathesis' command, which is put into the cache folder when it is not there. */
async function installed(): Promise<string> {
  const folder = join(dirname(cacheFolder(realWorld)), `schemathesis-${SCHEMATHESIS}`);
  const command = join(folder, "bin", "schemathesis");
  const isThere = await Deno.stat(join(folder, "installed")).then(() => true, () => false);
  if (isThere) return command;
  await Deno.mkdir(dirname(folder), { recursive: true });
  await run("python3", ["-m", "venv", "--clear", folder]);
  await run(join(folder, "bin", "pip"), ["install", "--quiet", `schemathesis==${SCHEMATHESIS}`]);
  await Deno.writeTextFile(join(folder, "installed"), "");
  return command;
}

async function run(command: string, args: string[]): Promise<void> {
  const { success } = await new Deno.Command(command, { args }).spawn().status;
  if (!success) throw new Error(`Cannot install Schemathesis: ${command} ${args.join(" ")} failed`);
}

interface Demo extends AsyncDisposable {
  readonly url: string;
  /** An empty one, for what Schemathesis writes. */
  readonly folder: string;
  /** Ends it. @returns its log */
  stop(): Promise<string>;
}

async function startDemo(): Promise<Demo> {
  const folder = await Deno.makeTempDir({ prefix: "fuzz-api-" });
  const nowhere = "http://127.0.0.1:1";
  const demo = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", join(ROOT, "main.ts"), "demo", "--port", "0"],
    env: { HTTPS_PROXY: nowhere, HTTP_PROXY: nowhere, NO_PROXY: "127.0.0.1" },
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let log = "";
  const { promise: url, resolve, reject } = Promise.withResolvers<string>();
  const read = (async () => {
    for await (const text of demo.stderr.pipeThrough(new TextDecoderStream())) {
      log += text;
      const [, listening] = /listening url=(\S+)/.exec(log) ?? [];
      if (listening !== undefined) resolve(listening);
    }
    reject(new Error(`The demo does not start: ${log}`));
  })();
  const stop = async () => {
    try {
      demo.kill("SIGTERM");
    } catch { /* it has ended */ }
    await Promise.all([demo.status, read]);
    return log;
  };
  return {
    url: await url,
    folder,
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);
