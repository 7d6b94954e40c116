/** A kubeconfig is not used; `why` never holds a piece of it. */
export class NotUsable extends Error {
  override readonly name = "NotUsable";

  /** @param why as a sentence about the kubeconfig: "it is not valid YAML" */
  constructor(readonly why: string) {
    super(why);
  }
}

/** @throws {NotUsable} */
export function refuse(why: string): never {
  throw new NotUsable(why);
}
