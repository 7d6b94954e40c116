import { Failure } from "../failure.ts";
import { missing } from "./flag_words.ts";

/**
 * Sees to it that all that a request needs was given, before anything is asked for or read: the API
 * tells the first thing that is missing, and a user wants to know all.
 * @param fields the API's, each with whether something was given for it
 * @throws {Failure} which names all that are missing
 */
export function requireFields(fields: Readonly<Record<string, boolean>>): void {
  const lacking = Object.keys(fields).filter((field) => !fields[field]);
  if (lacking.length > 0) throw new Failure(missing(lacking), 2, { isInHelp: true });
}
