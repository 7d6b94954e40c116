import type { Node } from "jsonc-parser";
import type { StoredSecret } from "../../kube/store.ts";
import { seal, type Sealed } from "../../log/sealed.ts";
import { asciiText, decodeBase64 } from "../../text/bytes.ts";
import { dockerConfigOf, isPullSecretType } from "../kinds/pull_secret.ts";
import { jsonTree } from "../material/docker_config.ts";

/** A login as the kubelet reads it. */
export interface KubeletLogin {
  /** The entry's key as it is stored, such as `https://index.docker.io/v1/`. */
  readonly key: string;
  /** Empty where the entry has none, like the password; the kubelet tries such a login anyway. */
  readonly username: string;
  readonly password: Sealed<string>;
}

/** The content of a secret, as the kubelet reads it. */
export type KubeletConfig =
  | { readonly kind: "logins"; readonly logins: readonly KubeletLogin[] }
  /** The kubelet ignores the secret. */
  | { readonly kind: "ignored"; readonly why: string }
  /** The kubelet fails, and pulls no image for a pod that names the secret. */
  | { readonly kind: "unreadable"; readonly why: string };

/**
 * Reads a pull secret as the kubelet does: field names in any case, the last one of duplicate fields, `auth` before
 * `username` and `password`; a single unreadable entry makes the whole secret unreadable.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/credentialprovider/secrets/secrets.go
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/credentialprovider/config.go
 */
export function kubeletConfig({ type, data }: Pick<StoredSecret, "type" | "data">): KubeletConfig {
  if (!isPullSecretType(type)) {
    return {
      kind: "ignored",
      why: `a secret of type ${JSON.stringify(type)} is not a pull secret`,
    };
  }
  const values = data.reveal();
  const config = dockerConfigOf(type, values);
  if (config === undefined || values[config.key] === "") {
    return {
      kind: "ignored",
      why: "it has no Docker configuration in the key that its type requires",
    };
  }
  try {
    const root = parsed(textOf(values[config.key]!));
    const entries = config.form === "dockercfg" ? entriesIn(root) : entriesOf(root);
    return { kind: "logins", logins: [...entries.values()] };
  } catch (error) {
    if (error instanceof Unreadable) return { kind: "unreadable", why: error.message };
    throw error;
  }
}

/** The message continues "the kubelet cannot read it: …", and quotes no value. */
class Unreadable extends Error {}

function parsed(text: string): Node {
  const tree = jsonTree(text);
  if (tree === undefined) throw new Unreadable("it is not valid JSON");
  return tree;
}

/** The entries of `auths`; several such fields are merged, and a null removes the entries before it. */
function entriesOf(root: Node): Map<string, KubeletLogin> {
  const entries = new Map<string, KubeletLogin>();
  for (const [name, value] of fieldsOf(root, "the configuration must be an object")) {
    if (/^auths$/iu.test(name)) {
      if (value.type === "null") entries.clear();
      for (const [key, entry] of entriesIn(value)) entries.set(key, entry);
    } else if (/^httpheaders$/iu.test(name)) {
      const headers = fieldsOf(value, "'HttpHeaders' must be an object");
      if (headers.some(([, header]) => !isText(header))) {
        throw new Unreadable("the values of 'HttpHeaders' must be strings");
      }
    }
  }
  return entries;
}

/** The last entry of each key; the ones before it are parsed anyway, and may be unreadable. */
function entriesIn(node: Node): Map<string, KubeletLogin> {
  const fields = fieldsOf(node, "the registries must be an object");
  return new Map(fields.map(([key, entry]) => [key, loginOf(key, entry)]));
}

/** The fields of an entry. The flags `iu` match as Go does, which also folds `ſ` to `s`. */
const FIELDS = [
  { field: "username", name: /^username$/iu },
  { field: "password", name: /^password$/iu },
  { field: "email", name: /^email$/iu },
  { field: "auth", name: /^auth$/iu },
] as const;

function loginOf(key: string, entry: Node): KubeletLogin {
  const given = { username: "", password: "", email: "", auth: "" };
  for (const [name, value] of fieldsOf(entry, "the entry of a registry must be an object")) {
    const field = FIELDS.find((each) => each.name.test(name))?.field;
    if (field === undefined) continue;
    if (!isText(value)) throw new Unreadable(`'${field}' of an entry must be a string`);
    if (value.type !== "null") given[field] = value.value;
  }
  const { username, password, auth } = given;
  if (auth === "") return { key, username, password: seal(password) };
  const decoded = decodedAuth(auth);
  const colon = decoded.indexOf(":");
  if (colon < 0) throw new Unreadable("'auth' of an entry must be username:password in base64");
  return { key, username: decoded.slice(0, colon), password: seal(decoded.slice(colon + 1)) };
}

/** Go ignores line breaks, padding may be missing, and no other white space is allowed. */
function decodedAuth(auth: string): string {
  const base64 = auth.replace(/[\r\n]/g, "");
  const isPadded = auth.trim().endsWith("=");
  const hasFitLength = isPadded ? base64.length % 4 === 0 : base64.length % 4 !== 1;
  const isBase64 = /^[A-Za-z0-9+/]*={0,2}$/.test(base64) && hasFitLength;
  if (!isBase64) throw new Unreadable("'auth' of an entry must be base64");
  return textOf(base64);
}

/** The fields of an object in their order; a null counts as an empty object. */
function fieldsOf(node: Node, otherwise: string): [name: string, value: Node][] {
  if (node.type === "null") return [];
  if (node.type !== "object") throw new Unreadable(otherwise);
  return (node.children ?? []).map((property) => {
    const [name, value] = property.children!;
    return [String(name!.value), value!];
  });
}

const isText = ({ type }: Node) => type === "string" || type === "null";

/** Decodes base64. Keeps a byte order mark, with which Go does not accept the JSON. */
function textOf(base64: string): string {
  return asciiText(base64) ??
    new TextDecoder("utf-8", { ignoreBOM: true }).decode(decodeBase64(base64));
}
