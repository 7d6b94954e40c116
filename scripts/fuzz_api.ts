/**
 * `deno task fuzz-api [MINUTES]` (3): Schemathesis sends requests to the demo that the OpenAPI document
 * allows, and requests that it does not allow. Every response must match the document, none may be a
 * bug, requests that the document does not allow must be rejected, and others may be rejected only by
 * rules that JSON Schema cannot express (fuzz_api/unsaid_rules.ts). Exit code 0 if all of that holds.
 *
 * It needs python3 and, the first time, the Python Package Index. Credentials are not sent anywhere: the
 * demo gets a proxy that does not exist.
 */
import { dirname, join } from "node:path";
import { cacheFolder, realWorld } from "./control_plane/cache.ts";
import { UNSAID_RULES } from "./fuzz_api/unsaid_rules.ts";

const SCHEMATHESIS = "4.32.5";

const ROOT = join(import.meta.dirname!, "..");
const HERE = join(import.meta.dirname!, "fuzz_api");

/** Checks of Schemathesis and of hooks.py. Other tests cover tokens and deletes. */
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
    console.error("fuzz-api: MINUTES must be a number, at least 0.02");
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
  for (const line of bugs) console.error(`fuzz-api: in the log of the demo: ${line}`);
  const isWell = code === 0 && bugs.length === 0;
  console.log(
    isWell ? "fuzz-api: passed" : "fuzz-api: FAILED, see above",
  );
  return isWell ? 0 : 1;
}

/** The path of Schemathesis, which is installed into the cache folder if it is missing. */
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
  /** An empty folder, for files of Schemathesis. */
  readonly folder: string;
  /** Stops the demo. @returns its log */
  stop(): Promise<string>;
}

async function startDemo(): Promise<Demo> {
  const folder = await Deno.makeTempDir({ prefix: "fuzz-api-" });
  const logFile = join(folder, "demo.log");
  const nowhere = "http://127.0.0.1:1";
  const demo = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", join(ROOT, "main.ts"), "demo", "--port", "0", "--log-file", logFile],
    env: { HTTPS_PROXY: nowhere, HTTP_PROXY: nowhere, NO_PROXY: "127.0.0.1" },
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let screen = "";
  const { promise: url, resolve, reject } = Promise.withResolvers<string>();
  const read = (async () => {
    for await (const text of demo.stdout.pipeThrough(new TextDecoderStream())) {
      screen += text;
      const [, listening] = /^argocd-configurer demo: .* on (http\S+)$/m.exec(screen) ?? [];
      if (listening !== undefined) resolve(listening);
    }
    reject(new Error("Cannot start the demo"));
  })();
  const stop = async () => {
    try {
      demo.kill("SIGTERM");
    } catch { /* it has ended */ }
    await Promise.all([demo.status, read]);
    return await Deno.readTextFile(logFile);
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
