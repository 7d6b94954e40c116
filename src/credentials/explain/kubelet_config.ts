import { type Node, parseTree } from "jsonc-parser";
import type { StoredSecret } from "../../kube/store.ts";
import { seal, type Sealed } from "../../log/sealed.ts";
import { decodeBase64 } from "../../text/bytes.ts";
import { configOf, isPullSecretType } from "../kinds/pull_secret.ts";

/** A login as kubelet has it. */
export interface KubeletLogin {
  /** The entry's key as it stands, such as `https://index.docker.io/v1/`. */
  readonly key: string;
  /** Empty where the entry has none, like the password: kubelet tries that all the same. */
  readonly username: string;
  readonly password: Sealed<string>;
}

/** What kubelet finds in a secret. */
export type KubeletConfig =
  | { readonly kind: "logins"; readonly logins: readonly KubeletLogin[] }
  /** It passes over the secret. */
  | { readonly kind: "passed_over"; readonly why: string }
  /** It fails, and then pulls nothing for a pod that names the secret. */
  | { readonly kind: "unreadable"; readonly why: string };

/**
 * Reads a pull secret as kubelet does: the names of fields in any case and of those that are there more
 * than once the last, `auth` before `username` and `password`, and one entry that cannot be read fails all.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/credentialprovider/secrets/secrets.go
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/credentialprovider/config.go
 */
export function kubeletConfig({ type, data }: Pick<StoredSecret, "type" | "data">): KubeletConfig {
  if (!isPullSecretType(type)) {
    return {
      kind: "passed_over",
      why: `a secret of type ${JSON.stringify(type)} is no pull secret`,
    };
  }
  const values = data.reveal();
  const config = configOf(type, values);
  if (config === undefined || values[config.key] === "") {
    return { kind: "passed_over", why: "it holds no Docker configuration by the key of its type" };
  }
  try {
    const root = parsed(textOf(decodeBase64(values[config.key]!)));
    const entries = config.form === "dockercfg" ? entriesIn(root) : entriesOf(root);
    return { kind: "logins", logins: [...entries.values()] };
  } catch (error) {
    if (error instanceof Unreadable) return { kind: "unreadable", why: error.message };
    throw error;
  }
}

/** Its message completes "it cannot be read: …", and quotes nothing of a value. */
class Unreadable extends Error {}

function parsed(text: string): Node {
  try {
    JSON.parse(text);
    return parseTree(text)!;
  } catch {
    // The message would quote the text. What is nested too deep ends here too.
    throw new Unreadable("it is no valid JSON");
  }
}

/** The entries of `auths`: of several such fields all, but a null takes away those before it. */
function entriesOf(root: Node): Map<string, KubeletLogin> {
  const entries = new Map<string, KubeletLogin>();
  for (const [name, value] of fieldsOf(root, "the configuration must be an object")) {
    if (/^auths$/iu.test(name)) {
      if (value.type === "null") entries.clear();
      for (const [key, entry] of entriesIn(value)) entries.set(key, entry);
    } else if (/^httpheaders$/iu.test(name)) {
      const headers = fieldsOf(value, "'HttpHeaders' must be an object");
      if (headers.some(([, header]) => !isText(header))) {
        throw new Unreadable("'HttpHeaders' must hold texts only");
      }
    }
  }
  return entries;
}

/** By their keys, the last of each; those before it are read all the same. */
function entriesIn(node: Node): Map<string, KubeletLogin> {
  const fields = fieldsOf(node, "the registries must be in an object");
  return new Map(fields.map(([key, entry]) => [key, loginOf(key, entry)]));
}

/** Fields of an entry, in the spellings that Go takes for the same: `ſ` is an `s` to it. */
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
    if (!isText(value)) throw new Unreadable(`'${field}' of an entry must be a text`);
    if (value.type !== "null") given[field] = value.value;
  }
  const { username, password, auth } = given;
  if (auth === "") return { key, username, password: seal(password) };
  const decoded = decodedAuth(auth);
  const colon = decoded.indexOf(":");
  if (colon < 0) throw new Unreadable("'auth' of an entry must be username:password in base64");
  return { key, username: decoded.slice(0, colon), password: seal(decoded.slice(colon + 1)) };
}

/** Line breaks are passed over, padding may be missing, and no other white space is allowed. */
function decodedAuth(auth: string): string {
  const base64 = auth.replace(/[\r\n]/g, "");
  const isPadded = auth.trim().endsWith("=");
  const hasFitLength = isPadded ? base64.length % 4 === 0 : base64.length % 4 !== 1;
  const isBase64 = /^[A-Za-z0-9+/]*={0,2}$/.test(base64) && hasFitLength;
  const bytes = isBase64 ? decodeBase64(base64) : undefined;
  if (bytes === undefined) throw new Unreadable("'auth' of an entry must be base64");
  return textOf(bytes);
}

/** In their order, a null as an object without any. */
function fieldsOf(node: Node, otherwise: string): [name: string, value: Node][] {
  if (node.type === "null") return [];
  if (node.type !== "object") throw new Unreadable(otherwise);
  return (node.children ?? []).map((property) => {
    const [name, value] = property.children!;
    return [String(name!.value), value!];
  });
}

const isText = ({ type }: Node) => type === "string" || type === "null";

/** A byte order mark stays: to Go it is no JSON. */
function textOf(bytes: Uint8Array | undefined): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}
