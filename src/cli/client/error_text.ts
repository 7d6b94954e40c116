import { given, type Value } from "../../fields/advice.ts";
import { ERRORS } from "../../operations/errors.ts";
import type { Operation } from "../../operations/operation.ts";
import { subject } from "../../operations/request_kinds.ts";
import type { ErrorBody, ShownVerification } from "./answers.ts";
import { printable } from "./table.ts";
import { verifyLines } from "./verify_lines.ts";
import type { Answer } from "./backend.ts";

/** How the command line names the fields of an operation. */
export interface Words {
  readonly operation: Operation;
  /** The operation's fields, which a message may name. */
  readonly fields: readonly string[];
  /** The fields of an object among them, which a message about one of these may name. */
  inside?(object: string): readonly string[];
  /** The flag or argument of a field, by its dotted path: `--github-app-id`, `the password`, `CLUSTER`. */
  of(path: string): string;
  /** The message for fields that are missing, without a full stop: "Missing …". */
  missing(paths: readonly string[]): string;
}

/** Why an operation failed. */
export interface ErrorText {
  readonly lines: readonly string[];
  /** Whether the command line was wrong. */
  readonly isUsage: boolean;
}

/** Errors in the request itself. */
const USAGE: ReadonlySet<ErrorBody["code"]> = new Set([
  "missing_field",
  "invalid_field",
  "unknown_field",
  "misplaced_field",
  "same_value",
]);

/**
 * The lines about an error.
 * @param isShown whether the results of verifying are shown already
 */
export function errorText(answer: Answer, words: Words, isShown: boolean): ErrorText {
  const { status, advice, place } = answer;
  const details: ErrorBody = answer.body;
  const message = messageOf(answer, words);
  const lines = [
    advice === undefined ? message : `${message}. ${advice}`,
    ...detailLines(details, words, isShown),
    ...place === undefined ? [] : [`  Clusters are read from ${place}. Nothing was done`],
    ...(details.upsert_required
      ? [`  Give ${words.of("upsert")} to replace existing secrets`]
      : []),
  ];
  return { lines: lines.map(printable), isUsage: status === 400 && USAGE.has(details.code) };
}

/** The message, with flags in place of fields. */
function messageOf({ status, body }: Answer, words: Words): string {
  const { code, field = "", verified = [], message = `status ${status}` } = body as ErrorBody;
  const { fields = field === "" ? [] : [field] } = body as ErrorBody;
  switch (code) {
    case "clusters_not_seen":
      return inFlags(inAdvice(message, code, words), words).replace(
        /\bLeave (?:it|them) out\b/,
        (advice) => advice + leftOut(body as ErrorBody),
      );
    case "credential_not_found":
      return message.replace("GET /api/v1/credentials", "'fleet -o json'");
    // The advice names the variable, since no header can be given here.
    case "token_missing":
      return "The server requires a token";
    case "missing_field":
      return fields.length === 0 ? message : words.missing(fields);
    case "credential_refused":
    case "credential_untried":
    case "credential_unverifiable": {
      // The details of each place have their own line.
      const isWrite = words.operation.effect === "write";
      const sentence = (at: string, why?: string) =>
        ERRORS[code].sentence({ at, why, isWrite }, "v1");
      const place = verified.find((each) => sentence(each.at, each.message) === message);
      return inFlags(place === undefined ? message : sentence(place.at), words);
    }
  }
  const beginning = [subject("field", field), subject("parameter", field)]
    .find((each) => message.startsWith(each));
  if (field === "" || beginning === undefined || !USAGE.has(code)) {
    return inFlags(inAdvice(message, code, words), words);
  }
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

/** Fields that the advice of a message names; elsewhere in it, the same word may be a name. */
const IN_ADVICE: Partial<Record<NonNullable<ErrorBody["code"]>, RegExp>> = {
  no_argocd: /'(git_write_back)'(?= for this cluster$)/,
  unmergeable: /'(upsert|merge)'/g,
  clusters_not_seen: /(?<=from )'(first)'$/,
  secret_not_found: /(?<=and its namespaces in )'(namespaces)'$/,
  first_not_found: /(?<=clusters of )'(first)'(?=:)/,
};

function inAdvice(message: string, code: ErrorBody["code"], words: Words): string {
  const fields = code && IN_ADVICE[code];
  return fields === undefined
    ? message
    : message.replace(fields, (_, field: string) => words.of(field));
}

/** Most clusters in one line. */
const MOST = 5;

/** The flag that excludes the clusters that could not be read. */
function leftOut({ not_seen = [] }: ErrorBody): string {
  if (not_seen.length === 0) return "";
  const names = not_seen.length > MOST ? ["NAME"] : not_seen.map(({ cluster }) => cluster);
  return ` with --cluster '${names.map((name) => `!${name}`).join(",")}'`;
}

/** Replaces advice on fields and requests with advice on flags and commands. */
export function inFlags(text: string, words: Words): string {
  return ofCommand(given(text, words.fields, (name, value) => flagFor(words.of(name), value)));
}

/** Replaces "send the same request again" with "run the same command again". */
export const ofCommand = (text: string): string =>
  text.replaceAll(
    /\b([Ss])end the same request again\b/g,
    (_, first) => `${first === "S" ? "R" : "r"}un the same command again`,
  );

/** A flag with its value: `--force`, `--no-managed-only`, `--name a`. */
export function flagFor(flag: string, value: Value): string {
  if (typeof value !== "boolean") return `${flag} ${value}`;
  return value || flag.startsWith("--no-") ? flag : flag.replace(/^--/, "--no-");
}

function detailLines(
  { results: written, not_restored, existing_secrets, verified, hint, not_seen, places }: ErrorBody,
  words: Words,
  isShown: boolean,
): string[] {
  const failed = (written ?? []).flatMap(({ namespace, result: { error } }) =>
    error === undefined ? [] : [`  ${namespace}: ${error}`]
  );
  const changed = (not_restored ?? []).map(({ namespace, name, service_account, state }) => {
    const what = service_account === undefined
      ? `secret/${name}`
      : `serviceaccount/${service_account}`;
    return `  ${namespace}: ${what} was not rolled back: ${state}`;
  });
  const existing = Object.values(existing_secrets ?? {}).flatMap(({ description }) =>
    "name" in description
      ? [`  ${description.namespace}: secret/${description.name} (${description.type})`]
      : []
  );
  const hints = hint === undefined ? [] : [`  hint: ${inFlags(hint, words)}`];
  const results = isShown ? [] : verifyLines(verified ?? []);
  // The message itself names a single one.
  const unseen = several(not_seen).map(({ cluster, message }) => `  ${cluster}: ${message}`);
  const unfit = several(places).map(({ cluster, namespace, name, key, why }) =>
    `  ${cluster}: ${namespace}/${name} (${key}): ${why}`
  );
  return [...failed, ...changed, ...existing, ...results, ...unseen, ...unfit, ...hints];
}

const several = <Each>(of: readonly Each[] = []) => of.length > 1 ? of : [];

/**
 * The results of verifying, warnings and hints of a success.
 * @param isShown whether the results of verifying are shown already
 */
export function notesOf({ body }: Answer, words: Words, isShown: boolean): string[] {
  const { warnings = [], hint, verified = [] } = body as {
    warnings?: readonly string[];
    hint?: string;
    verified?: readonly ShownVerification[];
  };
  const results = isShown || verified.length === 0 ? [] : ["verified:", ...verifyLines(verified)];
  const hints = hint === undefined ? [] : [`hint: ${inFlags(hint, words)}`];
  return [...results, ...warnings.map((warning) => `warning: ${warning}`), ...hints].map(printable);
}
