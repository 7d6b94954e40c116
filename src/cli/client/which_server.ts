/** Variables that replace flags. */
const SERVER_VARIABLE = "ARGOCD_CONFIGURER_SERVER";
const SERVER_CA_VARIABLE = "ARGOCD_CONFIGURER_SERVER_CA";

/**
 * Default timeouts in seconds: twice the default `kubectl_timeout` of a server for a read, and six times it
 * for a write, which can take that long for each step: verify the credential, list the namespaces, write,
 * read the result, and roll back.
 */
export const READ_SECONDS = 60;
export const WRITE_SECONDS = 180;

/** Flags for a running server. */
export type ServerFlags = {
  /** URL. @default the variable */
  readonly server?: string;
  readonly serverCa?: string;
  readonly serverPlainHttp?: boolean;
  /** Seconds; 0 for no limit. @default by operation */
  readonly requestTimeout?: number;
};

/** A running server. */
export interface WhichServer extends Pick<ServerFlags, "requestTimeout"> {
  readonly url: string;
  /** The flag or variable with its URL, for messages. */
  readonly namedBy: string;
  /** PEM file. */
  readonly ca?: string;
  /** Whether passwords may be sent to another machine without TLS. */
  readonly plainHttp: boolean;
}

/**
 * The server of flags or variables; `undefined` for the clusters folder of this machine.
 *
 * Permissions: `--allow-env`.
 */
export function serverOf(
  { server, serverCa, serverPlainHttp = false, requestTimeout }: ServerFlags,
): WhichServer | undefined {
  const url = server ?? variable(SERVER_VARIABLE);
  if (url === undefined) return undefined;
  return {
    url,
    namedBy: server === undefined ? SERVER_VARIABLE : "--server",
    ca: serverCa ?? variable(SERVER_CA_VARIABLE),
    plainHttp: serverPlainHttp,
    requestTimeout,
  };
}

/** An empty variable counts as unset. */
const variable = (name: string) => Deno.env.get(name) || undefined;
