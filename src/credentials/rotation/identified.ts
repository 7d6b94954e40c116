import { decodeBase64Text } from "../../text/bytes.ts";
import type { StoredSecret } from "../../kube/store.ts";
import { comparableUrl } from "../kinds/comparable_url.ts";
import { registryName, registryPlace } from "../kinds/registry.ts";
import { SECRET_TYPE_LABEL } from "../kinds/repository_credential.ts";
import { userInfoParts } from "../kinds/user_info.ts";
import { dockerLogin } from "../material/docker_config.ts";
import type { EntryNode } from "../material/docker_nodes.ts";
import { loginValues } from "../kinds/docker_values.ts";
import { tlsClientCertificate } from "../kinds/tls_client_certificate.ts";
import { canonicalValue } from "../material/canonical.ts";
import { dockerEntryOf, type Slot } from "./slot.ts";
import type { SoughtIdentity } from "./sought.ts";

/**
 * The slots of a credential that is identified by registry, URL or name: of a pull secret's entry, the login that
 * the kubelet uses; of a repository or template, the credential of the preferred kind, otherwise its own.
 * @param isAnyUser whether to ignore the user name. @default false
 */
export function identified(
  secret: StoredSecret,
  sought: SoughtIdentity,
  slots: readonly Slot[],
  prefer?: string,
  isAnyUser = false,
): Slot[] {
  const isNamed = sought.by === "name" && sought.name === secret.name &&
    (sought.namespace === undefined || sought.namespace === secret.namespace);
  const username = sought.by === "name" || isAnyUser ? undefined : sought.username;
  const ofEntries = [...Map.groupBy(slots, dockerEntryOf)].flatMap(([entry, those]) => {
    const isMeant = entry !== undefined &&
      (isNamed || sought.by === "registry" && isOf(entry, sought.registry, username));
    if (!isMeant) return [];
    const [, first] = loginValues(dockerLogin(entry.json))[0] ?? [];
    const value = first === undefined ? undefined : canonicalValue(first);
    return those.filter((slot) => slot.role !== "name" && slot.canonical.reveal() === value);
  });
  const isBelow = sought.by === "url_prefix" && isAt(secret, sought.urlPrefix, username);
  return [...ofEntries, ...isNamed || isBelow ? ofKeys(slots, prefer) : []];
}

/** Whether an entry is the login of a registry and, if given, of this user. */
function isOf(entry: EntryNode, registry: string, username: string | undefined): boolean {
  return comparableRegistry(entry.name) === comparableRegistry(registry) &&
    (username === undefined || dockerLogin(entry.json).username === username);
}

/** The form in which registries are compared: Docker Hub has several names. */
function comparableRegistry(key: string): string {
  const place = registryPlace(key);
  return place === undefined ? key.trim() : registryName(place).replace(/\/$/, "");
}

/** The form in which a URL prefix is compared with repositories. */
const comparablePrefix = (url: string) => withoutUser(comparableUrl(url)).replace(/\/$/, "");

/** A text that is equal for identities that mean the same. */
export function identityText(sought: SoughtIdentity): string {
  switch (sought.by) {
    case "registry":
      return JSON.stringify([sought.by, comparableRegistry(sought.registry), sought.username]);
    case "url_prefix":
      return JSON.stringify([sought.by, comparablePrefix(sought.urlPrefix), sought.username]);
    case "name":
      return JSON.stringify([sought.by, sought.name, sought.namespace]);
  }
}

/** Whether a repository or template has this URL or one below it and, if given, this user. */
function isAt({ labels, data }: StoredSecret, prefix: string, username?: string): boolean {
  if (labels[SECRET_TYPE_LABEL] === undefined) return false;
  const { url: encoded = "", username: name = "" } = data.reveal();
  const url = decodeBase64Text(encoded);
  const users = [
    decodeBase64Text(name),
    ...userInfoParts(url).flatMap(({ part, text }) => part === "user" ? [text] : []),
  ];
  const above = comparablePrefix(prefix);
  const at = withoutUser(comparableUrl(url));
  const isBelow = at.replace(/\/$/, "") === above || at.startsWith(`${above}/`);
  return above !== "" && isBelow && (username === undefined || users.includes(username));
}

function withoutUser(url: string): string {
  return url.replace(/^((?:[a-z][a-z0-9+.-]*:\/\/)?)[^/?#]*@/i, "$1");
}

/** The credential in use of a secret of Argo CD or Image Updater, and all other slots with the same value. */
function ofKeys(slots: readonly Slot[], prefer?: string): Slot[] {
  const keys = slots.filter((slot) => slot.location.in === "key" && slot.role !== "name");
  const known = keys.filter(({ location }) => location.in === "key" && location.kind !== undefined);
  const kindOf = ({ location }: Slot) => location.in === "key" ? location.kind?.name : undefined;
  const preferred = known.filter((slot) => kindOf(slot) === prefer);
  const main = preferred.length > 0
    ? preferred
    : known.filter((slot) => kindOf(slot) !== tlsClientCertificate.name);
  const inUrl = slots.filter(({ key, location }) =>
    key === "url" && location.in === "user_info" && location.part.isCredential
  );
  // A password takes precedence over a user name that is a token.
  const of = main.filter(({ role }) => role === "secret");
  const primary = of.length > 0 ? of : main.length > 0 ? main : inUrl;
  const values = new Set(primary.map(({ canonical }) => canonical.reveal()));
  return slots.filter((slot) =>
    dockerEntryOf(slot) === undefined && slot.role !== "name" && values.has(slot.canonical.reveal())
  );
}
