import type { Entry } from "./entry.ts";

/** After an interruption, in a sentence. */
export function whatToDo({ kind, cluster, force, service_accounts }: Entry): string {
  if (kind === "rotate") {
    const where = cluster === undefined
      ? "look at its clusters, which have lines of their own"
      : "look at its secrets, each holds its old or its new value";
    const missing = cluster !== undefined && force ? " or, because of force, is missing" : "";
    return `a rotation was interrupted: ${where}${missing}; sending the same request again continues it`;
  }
  if (kind === "delete") {
    const accounts = service_accounts ? ", and its service accounts may do without it already" : "";
    return "a deletion was interrupted: look at its secrets, each is there as it was or gone" +
      `${accounts}; sending the same deletion again, for each of the names, completes it`;
  }
  const missing = force ? " or, because of force, is missing" : "";
  const accounts = service_accounts ? ", and its service accounts may not use it yet" : "";
  return "a write was interrupted: look at its secrets, each holds its old or its new value" +
    `${missing}${accounts}; sending the same request again with upsert completes it`;
}
