/**
 * Runs in the server before it does (`--preload`): should the development server be killed, so that
 * it cannot stop its child any more, the child stops itself, as gracefully.
 */
const parent = Deno.ppid;
const timer = setInterval(() => {
  if (Deno.ppid === parent) return;
  clearInterval(timer);
  Deno.kill(Deno.pid, "SIGTERM");
}, 500);
Deno.unrefTimer(timer);
