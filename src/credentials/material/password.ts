import type { Sealed } from "../../log/sealed.ts";
import { parsedJson } from "../../text/json.ts";

/**
 * What to know about a password as it was sent: white space around it is seldom meant, belongs to it
 * all the same, and is not seen in what a registry or a Git server answers. Google's keys are JSON,
 * of which it is no part.
 */
export function passwordHint(password: Sealed<string>, called = "password"): string | undefined {
  const text = password.reveal();
  if (text.trim() === text || typeof parsedJson(text) === "object") return undefined;
  const [where, what] = /[\r\n]$/.test(text)
    ? ["ends", "a line break"]
    : [/\s$/.test(text) ? "ends" : "begins", "white space"];
  return `The ${called} ${where} with ${what}, which is written as a part of it: if that is only how ` +
    "a file or a copied text ends, send it without";
}

/** The same of a user name, in which control characters are refused. */
export function usernameHint(username: string): string | undefined {
  if (username.trim() === username) return undefined;
  return "The user name begins or ends with white space, which is written as a part of it";
}
