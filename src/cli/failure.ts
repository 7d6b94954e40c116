import { framesOf } from "../log/frames.ts";

/** An error to report to the user by its message; any other error is a bug. */
export class Failure extends Error {
  override readonly name = "Failure";

  /** Whether the line that names the command's help follows. */
  readonly isInHelp: boolean;

  /** @param exitCode 1, or 2 for wrong usage, or 130 for Ctrl-C at a prompt */
  constructor(message: string, readonly exitCode: 1 | 2 | 130 = 1, { isInHelp = false } = {}) {
    super(message);
    this.isInHelp = isInHelp;
  }
}

/** The message for an unexpected error. It leaves out the error's message, which may quote a secret. */
export const bugText = (error: unknown) =>
  "Internal error. The command may have been carried out in part: check the result before you run it " +
  `again. Please report this, with the output of 'argocd-configurer version': ${framesOf(error)}`;
