import { decodeBase64Text } from "../../text/bytes.ts";
import type { SecretData, SecretManifest, StoredSecret } from "../../kube/store.ts";
import { dockerConfigAt, dockerConfigOf } from "./pull_secret.ts";
import { declaredTime } from "../expiry/expiry.ts";
import { EXPIRES_ANNOTATION } from "./expires_annotation.ts";
import { WRITE_ANNOTATION } from "./desired_secret.ts";
import { HIDDEN } from "../../fields/field.ts";
import { shownLogins } from "./shown_logins.ts";
import { SECRET_TYPE_LABEL, shownValue } from "./repository_credential.ts";
import { shownOption } from "./repository_options.ts";
import { shownUrl } from "./url.ts";

/** One field that a write would change. Secret values are masked. */
export interface Change {
  /** `type`, `immutable`, `labels.KEY`, `annotations.KEY` or `data.KEY`. */
  readonly field: string;
  /** Absent when the field is new. */
  readonly before?: string;
  /** Absent when the field is removed. */
  readonly after?: string;
}

/** Public keys of Argo CD's secrets, besides those of credentials and options. */
const SHOWN = new Set(["type", "insecureIgnoreHostKey", "enableOCI"]);

/** The fields that differ between the present secret and its replacement, without the write id. */
export function changes(before: StoredSecret | undefined, after: SecretManifest): Change[] {
  return [
    ...(before?.type === after.type ? [] : [change("type", before?.type, after.type)]),
    ...(before?.immutable === true && after.immutable !== true
      ? [change("immutable", "true", undefined)]
      : []),
    ...compared("labels", before?.labels ?? {}, after.labels, (_, value) => value),
    ...compared("annotations", before?.annotations ?? {}, after.annotations, shownAnnotation)
      .filter(({ field }) => field !== `annotations.${WRITE_ANNOTATION}`),
    ...compared(
      "data",
      before?.data.reveal() ?? {},
      after.data.reveal(),
      valuesOf(after, before),
      before && valuesOf(before),
    ),
  ];
}

/** Masks a value for output. */
type Show = (key: string, value: string, all: SecretData) => string;

function compared(
  what: string,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
  show: Show,
  showBefore = show,
): Change[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const has = (values: Readonly<Record<string, string>>, key: string, show: Show) =>
    Object.hasOwn(values, key) ? show(key, values[key]!, values) : undefined;
  return keys.filter((key) => has(before, key, exact) !== has(after, key, exact))
    .map((key) => change(`${what}.${key}`, has(before, key, showBefore), has(after, key, show)));
}

const exact: Show = (_, value) => value;

function change(field: string, before: string | undefined, after: string | undefined): Change {
  return {
    field,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}

/** Annotations of others may hold secrets; kubectl's last-applied one holds the whole secret. */
function shownAnnotation(key: string, value: string): string {
  const isOpen = key === "managed-by" ||
    key === EXPIRES_ANNOTATION && declaredTime(value) !== undefined;
  return isOpen ? value : HIDDEN;
}

/**
 * How to mask the values of a secret. In a foreign secret, even a key such as `name` may hold a secret.
 * @param before the secret that is replaced, to show which logins get another password
 */
function valuesOf(
  { labels, annotations }: Pick<SecretManifest, "labels" | "annotations">,
  before?: Pick<StoredSecret, "type" | "data">,
): Show {
  const isArgocd = ["repository", "repo-creds"].includes(labels[SECRET_TYPE_LABEL] ?? "");
  const isOurs = isArgocd || Object.hasOwn(annotations, WRITE_ANNOTATION);
  return (key, value, all) => {
    const text = decodeBase64Text(value);
    if (isArgocd && SHOWN.has(key)) return text;
    if (isArgocd && key === "url") return shownUrl(text);
    const shown = isArgocd || isOurs && key === "username"
      ? shownValue(key, text, all) ?? (isArgocd ? shownOption(key, text) : undefined)
      : undefined;
    if (shown !== undefined) return shown;
    const config = dockerConfigAt(all, key);
    if (config === undefined) return HIDDEN;
    const old = before?.data.reveal() ?? {};
    return shownLogins(config, dockerConfigAt(old, key) ?? dockerConfigOf(before?.type ?? "", old));
  };
}
