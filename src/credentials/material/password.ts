import type { Sealed } from "../../log/sealed.ts";
import { parsedJson } from "../../text/json.ts";

/**
 * A hint about white space around a password. It is rarely intended, but it is part of the password, and
 * the error of a registry or Git server would not mention it. JSON keys are exempt, since white space
 * around JSON has no meaning.
 */
export function passwordHint(password: Sealed<string>, called = "password"): string | undefined {
  const text = password.reveal();
  if (text.trim() === text || typeof parsedJson(text) === "object") return undefined;
  const [where, what] = /[\r\n]$/.test(text)
    ? ["ends", "a line break"]
    : [/\s$/.test(text) ? "ends" : "begins", "white space"];
  return `The ${called} ${where} with ${what}, which is stored as part of it; remove it if it only ` +
    "comes from a file or from copying";
}

/** A hint about white space around a user name. Control characters are rejected elsewhere. */
export function usernameHint(username: string): string | undefined {
  if (username.trim() === username) return undefined;
  return "The user name begins or ends with white space, which is stored as part of it";
}
