/** A kubeconfig is rejected. The reason never quotes the kubeconfig. */
export class NotUsable extends Error {
  override readonly name = "NotUsable";

  /** @param why a sentence about the kubeconfig: "it is not valid YAML" */
  constructor(readonly why: string) {
    super(why);
  }
}

/** @throws {NotUsable} */
export function reject(why: string): never {
  throw new NotUsable(why);
}
