import type { Held } from "./history.ts";

/** The fields of a secret in the API that are used here. */
export interface ApiSecret {
  readonly metadata: { readonly namespace: string; readonly name: string };
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
}

/** A user name and its password. A value that mixes two attempts is half-written. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

/** The value that an attempt sends. Every password contains the canary. */
export function loginOf(value: string, canary: string): Login {
  return { username: `user-${value}`, password: `${canary}-${value}` };
}

/** The value in a secret, if it is a complete one. */
export function heldBy(secret: ApiSecret | undefined, canary: string): Held {
  if (secret === undefined) return { kind: "nothing" };
  const data = Object.fromEntries(
    Object.entries(secret.data ?? {}).map(([key, value]) => [key, decoded(value)]),
  );
  const login = ".dockerconfigjson" in data ? dockerLogin(secret, data) : repositoryLogin(data);
  if (typeof login === "string") return { kind: "half", why: login };
  const value = login.username.replace(/^user-/, "");
  const whole = loginOf(value, canary);
  return login.username === whole.username && login.password === whole.password
    ? { kind: "whole", value }
    : { kind: "half", why: "user name and password are not of one request" };
}

function decoded(base64: string): string {
  return new TextDecoder().decode(Uint8Array.fromBase64(base64));
}

/** The login in a secret, or why there is none. */
function dockerLogin(
  { type }: ApiSecret,
  data: Readonly<Record<string, string>>,
): Login | string {
  if (type !== "kubernetes.io/dockerconfigjson") return "it has another type";
  if (Object.keys(data).length !== 1) return "it has further data";
  try {
    const entries: (Login & { auth: string })[] = Object.values(
      JSON.parse(data[".dockerconfigjson"]!).auths,
    );
    const [entry] = entries;
    if (entries.length !== 1 || entry === undefined) return "it is not for one registry";
    const { username, password, auth } = entry;
    return auth === btoa(`${username}:${password}`) ? entry : "its auth is another login";
  } catch {
    return "it is no Docker configuration";
  }
}

function repositoryLogin(data: Readonly<Record<string, string>>): Login | string {
  const { username, password, url, type } = data;
  if (username === undefined || password === undefined) return "it has no login";
  if (!url || type !== "helm") return "it is no Helm repository";
  return { username, password };
}
