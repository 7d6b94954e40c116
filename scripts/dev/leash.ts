/**
 * Runs in the server before its own code (`--preload`): if the development server is killed and cannot stop
 * its child, the child stops itself gracefully.
 */
const parent = Deno.ppid;
const timer = setInterval(() => {
  if (Deno.ppid === parent) return;
  clearInterval(timer);
  Deno.kill(Deno.pid, "SIGTERM");
}, 500);
Deno.unrefTimer(timer);
