import { decodeBase64Text } from "../../kube/base64.ts";
import type { SecretData, SecretManifest, StoredSecret } from "../../kube/store.ts";
import { registriesIn } from "../material/docker_config.ts";
import { REQUEST_ANNOTATION } from "./kind.ts";
import { shownUsername } from "./repository.ts";
import { shownUrl } from "./url.ts";

/** One field that a write would change; a value is shown only where it is no secret. */
export interface Change {
  /** `type`, `labels.KEY`, `annotations.KEY` or `data.KEY`. */
  readonly field: string;
  /** Absent when the field was not there. */
  readonly before?: string;
  /** Absent when the field goes. */
  readonly after?: string;
}

/** Stands for a value that is not shown. */
const HIDDEN = "***";

/** Keys of Argo CD's secrets that hold nothing secret. */
const SHOWN = new Set([
  "type",
  "name",
  "project",
  "noProxy",
  "insecure",
  "insecureIgnoreHostKey",
  "enableLfs",
  "enableOCI",
  "depth",
  "forceHttpBasicAuth",
  "insecureOCIForceHttp",
  "useAzureWorkloadIdentity",
  "githubAppID",
  "githubAppInstallationID",
]);

/** URLs, which may hold a password. */
const URLS = new Set(["url", "proxy", "githubAppEnterpriseBaseUrl"]);

/** What differs between what is there and what would be; the mark of who wrote it is left out. */
export function changes(before: StoredSecret | undefined, after: SecretManifest): Change[] {
  const data = after.data.reveal();
  return [
    ...(before?.type === after.type ? [] : [change("type", before?.type, after.type)]),
    ...compared("labels", before?.labels ?? {}, after.labels, (_, value) => value),
    ...compared("annotations", before?.annotations ?? {}, after.annotations, shownAnnotation)
      .filter(({ field }) => field !== `annotations.${REQUEST_ANNOTATION}`),
    ...compared("data", before?.data.reveal() ?? {}, data, shownValue),
  ];
}

function compared(
  what: string,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
  show: (key: string, value: string, all: SecretData) => string,
): Change[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const has = (values: Readonly<Record<string, string>>, key: string) =>
    Object.hasOwn(values, key) ? show(key, values[key]!, values) : undefined;
  return keys.filter((key) => before[key] !== after[key])
    .map((key) => change(`${what}.${key}`, has(before, key), has(after, key)));
}

function change(field: string, before: string | undefined, after: string | undefined): Change {
  return {
    field,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}

/** Those of others may hold anything; kubectl's last-applied one is the whole secret. */
function shownAnnotation(key: string, value: string): string {
  return key === "managed-by" ? value : HIDDEN;
}

function shownValue(key: string, value: string, all: SecretData): string {
  const text = () => decodeBase64Text(value);
  if (SHOWN.has(key)) return text();
  if (URLS.has(key)) return shownUrl(text());
  if (key === "username") {
    const usernameIsToken = decodeBase64Text(all.password ?? "") === "x-oauth-basic";
    return shownUsername({ username: text(), usernameIsToken }) ?? "";
  }
  return key === ".dockerconfigjson" ? logins(text()) : HIDDEN;
}

/** `ghcr.io (user), quay.io (robot)` */
function logins(text: string): string {
  const found = registriesIn(text);
  if (!found.ok) return HIDDEN;
  return found.value.map(({ registry, username }) =>
    username === undefined ? registry : `${registry} (${username})`
  ).join(", ");
}
