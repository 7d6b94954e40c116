import { framesOf } from "../log/frames.ts";

/** What is told of what nobody expected to be thrown: not its message, which may quote a secret. */
export const bugText = (error: unknown) =>
  `Internal error, and what was asked for may be done in part: look before you ask again. Please ` +
  `report this with what 'argocd-configurer version' says: ${framesOf(error)}`;
