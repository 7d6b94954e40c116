/** What a command could not do, said to its user in one line; anything else thrown is a bug. */
export class Failure extends Error {
  override readonly name = "Failure";

  /** Whether the help of the command tells what to do. */
  readonly isInHelp: boolean;

  /** @param exitCode 1, or 2 for a wrong usage, or 130 for a Ctrl-C at a question */
  constructor(message: string, readonly exitCode: 1 | 2 | 130 = 1, { isInHelp = false } = {}) {
    super(message);
    this.isInHelp = isInHelp;
  }
}
