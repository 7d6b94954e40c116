import { given } from "../../fields/advice.ts";
import { ERRORS } from "../../operations/error_table.ts";
import type { Operation } from "../../operations/operation.ts";
import { subject } from "../../operations/request_kinds.ts";
import type { Details, Verified } from "./answers.ts";
import { plain } from "./table.ts";
import type { Answer } from "./way.ts";

/** What the answers of an operation are told in: how the command line calls its fields. */
export interface Words {
  readonly operation: Operation;
  /** The operation's own, which a rule may name. */
  readonly fields: readonly string[];
  /** By the dotted path below `/api/v1`: `--github-app-id`, `the password`, `CLUSTER`. */
  of(path: string): string;
  /** A sentence without its full stop that says that nothing was given for these: "Missing …". */
  missing(paths: readonly string[]): string;
}

/** Why an operation came to nothing, line by line, and whose fault it is. */
export interface Told {
  readonly lines: readonly string[];
  readonly isUsage: boolean;
}

/** Errors about what was given, before anything else is looked at. */
const USAGE: ReadonlySet<Details["code"]> = new Set([
  "missing_field",
  "invalid_field",
  "unknown_field",
  "misplaced_field",
]);

/** @param isShown whether what came of trying a credential is shown already */
export function toldOf(answer: Answer, words: Words, isShown: boolean): Told {
  const { status, advice, place } = answer;
  const details: Details = answer.body;
  const said = sentence(answer, words);
  const lines = [
    advice === undefined ? said : `${said}; ${advice}`,
    ...detailLines(details, words, isShown),
    ...place === undefined ? [] : [`  Clusters were looked for in ${place}; nothing was done`],
    ...(details.upsert_required ? [`  Give ${words.of("upsert")} to replace what exists`] : []),
  ];
  return { lines: lines.map(plain), isUsage: status === 400 && USAGE.has(details.code) };
}

/** The message, in the words of who has given flags and not fields. */
function sentence({ status, body }: Answer, words: Words): string {
  const { code, field = "", verified = [], message = `status ${status}` } = body as Details;
  const { fields = field === "" ? [] : [field] } = body as Details;
  switch (code) {
    case "missing_field":
      return fields.length === 0 ? message : words.missing(fields);
    case "credential_refused":
    case "credential_unverifiable": {
      // What is said of a place is shown place by place.
      const isWrite = words.operation.effect === "write";
      const say = (at: string, why?: string) => ERRORS[code].sentence({ at, why, isWrite }, "v1");
      const place = verified.find(({ at, message: why }) => say(at, why) === message);
      return place === undefined ? message : say(place.at);
    }
  }
  const beginning = [subject("field", field), subject("parameter", field)]
    .find((each) => message.startsWith(each));
  if (field === "" || beginning === undefined || !USAGE.has(code)) return inFlags(message, words);
  const name = words.of(field);
  const rule = words.fields.reduce(
    (rule, each) => rule.replaceAll(`'${each}'`, () => words.of(each)),
    message.slice(beginning.length),
  );
  return `${name[0]!.toUpperCase()}${name.slice(1)} ${inFlags(rule, words)}`;
}

/** Advice on fields as advice on flags. */
function inFlags(text: string, words: Words): string {
  return given(
    text,
    words.fields,
    (name, value) => value === true ? words.of(name) : `${words.of(name)} ${value}`,
  );
}

function detailLines(
  { results, not_restored, existing_secrets, verified, hint }: Details,
  words: Words,
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
  const hints = hint === undefined ? [] : [`  hint: ${inFlags(hint, words)}`];
  const tried = isShown ? [] : verifiedLines(verified ?? []);
  return [...failed, ...left, ...existing, ...tried, ...hints];
}

/** What came of trying a credential, a line a place. */
function verifiedLines(verified: readonly Verified[]): string[] {
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
export function notesOf({ body }: Answer, words: Words, isShown: boolean): string[] {
  const { warnings = [], hint, verified = [] } = body as {
    warnings?: readonly string[];
    hint?: string;
    verified?: readonly Verified[];
  };
  const tried = isShown || verified.length === 0 ? [] : ["verified:", ...verifiedLines(verified)];
  const hints = hint === undefined ? [] : [`hint: ${inFlags(hint, words)}`];
  return [...tried, ...warnings.map((warning) => `warning: ${warning}`), ...hints].map(plain);
}
