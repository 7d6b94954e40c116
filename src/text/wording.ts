import type { z } from "zod";

/** What is wrong, where the schema does not say it; never with a piece of the value. */
export function wording(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.input === undefined && issue.code.startsWith("invalid_")) return "is missing";
  switch (issue.code) {
    case "invalid_type":
      return `must be ${TYPES[issue.expected] ?? issue.expected}`;
    case "invalid_value": {
      const words = issue.values.map((value) => JSON.stringify(value));
      const last = words.pop();
      return `must be ${words.length === 0 ? last : `${words.join(", ")} or ${last}`}`;
    }
    case "too_small":
      return `must be ${issue.inclusive ? "at least" : "more than"} ${issue.minimum}`;
    case "too_big":
      return `must be ${issue.inclusive ? "at most" : "less than"} ${issue.maximum}`;
    case "invalid_key":
      return issue.issues[0]?.message;
  }
}

/** What is expected, in the words of a configuration. */
const TYPES: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  record: "a map",
  object: "a map",
};
