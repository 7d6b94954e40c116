import type { Details, Verified } from "./answers.ts";
import { type Fields, inAdvice, inFlagWords } from "./flag_words.ts";
import type { ApiAnswer } from "./request.ts";
import { plain } from "./table.ts";

/** Why a request came to nothing, line by line, and whose fault it is. */
export interface Told {
  readonly lines: readonly string[];
  readonly isUsage: boolean;
}

/** @param isShown whether what came of trying a credential is shown already */
export function toldOf(answer: ApiAnswer, fields: Fields, isShown: boolean): Told {
  const { status, body, advice } = answer;
  const details = body as Details;
  const whole = String(body.message ?? `status ${status}`);
  const { message, isUsage } = inFlagWords(withoutReason(whole, details), fields, details);
  const lines = [
    advice === undefined ? message : `${message}; ${advice}`,
    ...detailLines(details, isShown),
    ...(details.upsert_required ? ["  Give --upsert to replace what exists"] : []),
  ];
  return { lines: lines.map(plain), isUsage: isUsage && status === 400 };
}

/** The message without what is said of a place: that is shown place by place. */
function withoutReason(message: string, { verified = [] }: Details): string {
  for (const { at, message: why } of verified) {
    const told = `${at}: ${why}`;
    if (message.includes(told)) return message.replace(told, () => at);
  }
  return message;
}

function detailLines(
  { results, not_restored, existing_secrets, verified, hint }: Details,
  isShown: boolean,
): string[] {
  const failed = (results ?? []).flatMap(({ namespace, result: { error } }) =>
    error === undefined ? [] : [`  ${namespace}: ${error}`]
  );
  const left = (not_restored ?? []).map(({ namespace, name, service_account, state }) => {
    const what = service_account === undefined
      ? `secret/${name}`
      : `serviceaccount/${service_account}`;
    return `  ${namespace}: ${what} is not as before: ${state}`;
  });
  const existing = Object.values(existing_secrets ?? {}).flatMap(({ description }) =>
    "name" in description
      ? [`  ${description.namespace}: secret/${description.name} (${description.type})`]
      : []
  );
  const hints = hint === undefined ? [] : [`  hint: ${inAdvice(hint)}`];
  const tried = isShown ? [] : verifiedLines(verified ?? []);
  return [...failed, ...left, ...existing, ...tried, ...hints];
}

/** What came of trying a credential, a line a place. */
export function verifiedLines(verified: readonly Verified[]): string[] {
  return verified.map((each) => `  ${each.at}: ${verdictOf(each)}: ${each.message}`);
}

/** In a word. */
export function verdictOf({ tried, reachable, accepted }: Verified): string {
  if (!tried) return "not tried";
  if (reachable === false) return "no answer";
  if (accepted === false) return "refused";
  return accepted === true ? "accepted" : "unknown";
}

/**
 * What a success has to say besides what was done.
 * @param isShown whether what came of trying a credential is shown already
 */
export function notesOf({ body }: ApiAnswer, isShown: boolean): string[] {
  const { warnings = [], hint, verified = [] } = body as {
    warnings?: readonly string[];
    hint?: string;
    verified?: readonly Verified[];
  };
  const tried = isShown || verified.length === 0 ? [] : ["verified:", ...verifiedLines(verified)];
  const hints = hint === undefined ? [] : [`hint: ${inAdvice(hint)}`];
  return [...tried, ...warnings.map((warning) => `warning: ${warning}`), ...hints].map(plain);
}
