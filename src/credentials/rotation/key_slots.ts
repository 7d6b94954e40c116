import { NO_PASSWORD, REPOSITORY_TEXTS, repositoryFields } from "../../kube/repository_fields.ts";
import type { SecretData } from "../../kube/store.ts";
import { seal } from "../../log/sealed.ts";
import type { Key } from "../kinds/credential_kind.ts";
import { shownUsername } from "../kinds/password.ts";
import { openKeys } from "../kinds/repository.ts";
import { type KeyOfKind, keysOfKinds } from "../kinds/repository_credential.ts";
import { URL_KEYS, userInfoParts } from "../kinds/user_info.ts";
import { canonicalValue, exactText, utf8Text } from "../material/canonical.ts";
import { shownName } from "../../fields/texts.ts";
import type { Slot } from "./slot.ts";

/**
 * The slots in the data keys of a secret that the kubelet does not read: Argo CD's credential keys, the user information of
 * URLs, and every key unknown to Argo CD, because it may contain a credential too.
 * @param taken keys to skip
 */
export function keySlots(
  data: Readonly<SecretData>,
  secretType: string | undefined,
  taken: ReadonlySet<string>,
): Slot[] {
  const { username = "", password = "" } = data;
  const shown = shownUsername(repositoryFields({ username, password }));
  const keys = keysOfKinds(secretType);
  let open: ReadonlySet<string> | undefined;
  const isOpen = (key: string) =>
    REPOSITORY_TEXTS.some((each) => each === key) || (open ??= new Set(openKeys())).has(key);
  return Object.keys(data).filter((key) => data[key] !== "" && !taken.has(key)).flatMap((key) => {
    if (URL_KEYS.includes(key)) return urlSlots(key, data[key]!);
    const { kind, of } = keys.get(key) ?? {};
    if (of === undefined && isOpen(key)) return [];
    const isName = of !== undefined && of.field.isSecret !== true;
    if (isName && of.isCredential === undefined) return [];
    const text = exactText(data[key]!);
    if (!isName && of?.isCredential?.(text, data) === false) return [];
    const isNamed = (key === "username" || key === "password") && shown !== undefined;
    return [{
      key,
      place: key,
      ...isNamed && { username: shown },
      text: seal(text),
      canonical: seal((of?.canonical ?? canonicalValue)(text)),
      role: !isName ? "secret" : isTokenName(of, text, data, keys) ? "token_name" : "name",
      location: { in: "key", ...kind !== undefined && { kind } },
    }];
  });
}

/** Whether a user name is a token: by its form, by the other keys, or because the secret has no other credential. */
function isTokenName(
  key: Key,
  text: string,
  data: Readonly<SecretData>,
  keys: ReadonlyMap<string, KeyOfKind>,
): boolean {
  if (key.isCredential?.(text, data) === true) return true;
  return !Object.keys(data).some((name) =>
    data[name] !== "" && keys.get(name)?.of.field.isSecret === true
  );
}

function urlSlots(key: string, base64: string): Slot[] {
  const url = utf8Text(base64);
  if (url === undefined) return [];
  return userInfoParts(url).filter(({ text }) => text !== NO_PASSWORD).map((part) => ({
    key,
    place: key,
    text: seal(part.text),
    canonical: seal(canonicalValue(part.text)),
    role: part.part === "password"
      ? "secret"
      : part.isCredential || shownName(part.text) !== part.text
      ? "token_name"
      : "name",
    location: { in: "user_info", part },
  }));
}
