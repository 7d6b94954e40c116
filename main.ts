import { run } from "./src/cli/run.ts";

if (import.meta.main) {
  // Connections that clients keep open would keep the process.
  Deno.exit(await run(Deno.args));
}
