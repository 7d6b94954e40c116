import { run } from "./src/cli/run.ts";

if (import.meta.main) {
  const exitCode = await run(Deno.args);
  // Connections that clients keep open would keep the process; log lines wait for a timer.
  setTimeout(() => Deno.exit(exitCode), 0);
}
