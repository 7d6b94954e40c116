import { printError } from "../terminal.ts";

/** Whether somebody wants it to end. */
export interface Interruption extends Disposable {
  readonly isAsked: boolean;
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/**
 * Lets a write end that is under way, so that no secret is left between old and new; the next
 * signal ends the program.
 */
export function interruption(): Interruption {
  let isAsked = false;
  const end = () => {
    for (const signal of SIGNALS) Deno.removeSignalListener(signal, asked);
  };
  const asked = () => {
    isAsked = true;
    printError("What is being written ends first; once more to leave it half done\n");
    end();
  };
  for (const signal of SIGNALS) Deno.addSignalListener(signal, asked);
  return {
    get isAsked() {
      return isAsked;
    },
    [Symbol.dispose]: end,
  };
}
