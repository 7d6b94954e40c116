import type { Operation } from "../../operations/operation.ts";
import type { Answer, Input } from "./backend.ts";
import { unsent } from "./client_dry_run.ts";
import type { Words } from "./error_text.ts";

/**
 * Adds advice to the answer of an older server, which rejects a field as unknown.
 * @param input that was sent
 * @param words of the operation's fields
 */
export async function withUpgradeAdvice(
  answer: Answer,
  operation: Operation,
  input: Input,
  words: Pick<Words, "of">,
): Promise<Answer> {
  const { code, field, message } = answer.body;
  if (code !== "unknown_field") return answer;
  if ((await unsent(operation, input)).status !== 200) return answer;
  const known = String(message).split(/\W+/);
  const unknown = typeof field === "string"
    ? [field]
    : Object.keys(input).filter((name) => !known.includes(name));
  return { ...answer, advice: adviceOn(unknown, words) };
}

function adviceOn(unknown: readonly string[], words: Pick<Words, "of">): string {
  const isOfSeveral = unknown.some((field) => SEVERAL.includes(field));
  return isOfSeveral
    ? "The server may be an older version. Name one cluster at a time, or upgrade the server"
    : `The server may be an older version without ${unknown.map(words.of).join(", ")}`;
}

/** Fields that select several clusters. */
const SEVERAL: readonly string[] = ["clusters", "cluster_selector"];
