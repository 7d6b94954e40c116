import { printError } from "../terminal.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/**
 * Lets a write end that is under way, so that no secret is left between old and new; the next
 * signal ends the program.
 */
export function interruption() {
  let isAsked = false;
  const end = () => {
    for (const signal of SIGNALS) Deno.removeSignalListener(signal, asked);
  };
  const asked = () => {
    isAsked = true;
    end(); // before it is said that the next one ends the program
    printError("What is being written ends first; once more to leave it half done\n");
  };
  for (const signal of SIGNALS) Deno.addSignalListener(signal, asked);
  return {
    /** Whether somebody wants it to end. */
    get isAsked() {
      return isAsked;
    },
    [Symbol.dispose]: end,
  };
}
