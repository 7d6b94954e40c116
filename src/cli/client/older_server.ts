import type { Operation } from "../../operations/operation.ts";
import { unsent } from "./client_dry_run.ts";
import type { Words } from "./told.ts";
import type { Answer, Input } from "./way.ts";

/**
 * With advice, where a server knows no field that this program does.
 * @param input that is sent
 * @param words of the operation's fields
 */
export async function advised(
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
  return { ...answer, advice: `that server may be older than this program${how(unknown, words)}` };
}

function how(unknown: readonly string[], words: Pick<Words, "of">): string {
  const isOfSeveral = unknown.some((field) => SEVERAL.includes(field));
  return isOfSeveral
    ? ": name one cluster at a time, or upgrade it"
    : `, which has ${unknown.map(words.of).join(", ")}`;
}

/** Fields of a request about several clusters. */
const SEVERAL: readonly string[] = ["clusters", "cluster_selector"];
