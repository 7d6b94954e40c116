/** What a command could not do, said to its user in one line; anything else thrown is a bug. */
export class Failure extends Error {
  override readonly name = "Failure";

  /** @param exitCode 1, or 2 for a wrong usage */
  constructor(message: string, readonly exitCode: 1 | 2 = 1) {
    super(message);
  }
}
