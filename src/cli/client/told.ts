import { given, type Value } from "../../fields/advice.ts";
import { ERRORS } from "../../operations/error_table.ts";
import type { Operation } from "../../operations/operation.ts";
import { subject } from "../../operations/request_kinds.ts";
import type { Details, Tried } from "./answers.ts";
import { plain } from "./table.ts";
import { triedLines } from "./tried.ts";
import type { Answer } from "./way.ts";

/** What the answers of an operation are told in: how the command line calls its fields. */
export interface Words {
  readonly operation: Operation;
  /** The operation's own, which a rule may name. */
  readonly fields: readonly string[];
  /** Those of an object among them, by its name, that a rule for one of these may name. */
  inside?(object: string): readonly string[];
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
  "same_value",
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
    case "clusters_not_seen":
      return inFlags(message, words).replace(
        /\bLeave (?:it|them) out\b/,
        (said) => said + leftOut(body as Details),
      );
    case "missing_field":
      return fields.length === 0 ? message : words.missing(fields);
    case "credential_refused":
    case "credential_untried":
    case "credential_unverifiable": {
      // What is said of a place is shown place by place.
      const isWrite = words.operation.effect === "write";
      const say = (at: string, why?: string) => ERRORS[code].sentence({ at, why, isWrite }, "v1");
      const place = verified.find((each) => say(each.at, each.message) === message);
      return inFlags(place === undefined ? message : say(place.at), words);
    }
  }
  const beginning = [subject("field", field), subject("parameter", field)]
    .find((each) => message.startsWith(each));
  if (field === "" || beginning === undefined || !USAGE.has(code)) return inFlags(message, words);
  const name = words.of(field);
  const [, object = ""] = /^([^.]+)\./.exec(field) ?? [];
  const inside = words.inside?.(object) ?? [];
  const rule = message.slice(beginning.length).replaceAll(
    /'(\w+)'/g,
    (quoted, each) =>
      inside.includes(each)
        ? words.of(`${object}.${each}`)
        : words.fields.includes(each)
        ? words.of(each)
        : quoted,
  );
  return `${name[0]!.toUpperCase()}${name.slice(1)} ${inFlags(rule, words)}`;
}

/** Most clusters that are named in a line. */
const MOST = 5;

/** As it selects all others. */
function leftOut({ not_seen = [] }: Details): string {
  if (not_seen.length === 0) return "";
  const names = not_seen.length > MOST ? ["NAME"] : not_seen.map(({ cluster }) => cluster);
  return ` with --cluster '${names.map((name) => `!${name}`).join(",")}'`;
}

/** Advice on fields and requests as advice on flags and commands. */
export function inFlags(text: string, words: Words): string {
  return ofCommand(given(text, words.fields, (name, value) => flagFor(words.of(name), value)));
}

/** What may be sent again is run again. */
export const ofCommand = (text: string): string =>
  text.replaceAll(
    /\b([Ss])end the same request again\b/g,
    (_, first) => `${first === "S" ? "R" : "r"}un the same command again`,
  );

/** As it is given: `--force`, `--no-managed-only`, `--name a`. */
export function flagFor(flag: string, value: Value): string {
  if (typeof value !== "boolean") return `${flag} ${value}`;
  return value || flag.startsWith("--no-") ? flag : flag.replace(/^--/, "--no-");
}

function detailLines(
  { results, not_restored, existing_secrets, verified, hint, not_seen, places }: Details,
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
  const tried = isShown ? [] : triedLines(verified ?? []);
  // Of one alone the message tells why.
  const unseen = several(not_seen).map(({ cluster, message }) => `  ${cluster}: ${message}`);
  const unfit = several(places).map(({ cluster, namespace, name, key, why }) =>
    `  ${cluster}: ${namespace}/${name} (${key}): ${why}`
  );
  return [...failed, ...left, ...existing, ...tried, ...unseen, ...unfit, ...hints];
}

const several = <Each>(of: readonly Each[] = []) => of.length > 1 ? of : [];

/**
 * What a success has to say besides what was done.
 * @param isShown whether what came of trying a credential is shown already
 */
export function notesOf({ body }: Answer, words: Words, isShown: boolean): string[] {
  const { warnings = [], hint, verified = [] } = body as {
    warnings?: readonly string[];
    hint?: string;
    verified?: readonly Tried[];
  };
  const tried = isShown || verified.length === 0 ? [] : ["verified:", ...triedLines(verified)];
  const hints = hint === undefined ? [] : [`hint: ${inFlags(hint, words)}`];
  return [...tried, ...warnings.map((warning) => `warning: ${warning}`), ...hints].map(plain);
}
