/** Variables in place of flags, for who asks the same server all day. */
const SERVER_VARIABLE = "ARGOCD_CONFIGURER_SERVER";
const SERVER_CA_VARIABLE = "ARGOCD_CONFIGURER_SERVER_CA";

/**
 * Seconds that an answer is waited for: twice what a server that has no `kubectl_timeout` set takes
 * for a read, and six times that for a write. That may take it for each of these: to try the
 * credential, find the namespaces, write, look what became of it, and put back.
 */
export const READ_SECONDS = 60;
export const WRITE_SECONDS = 180;

/** Flags for a running server. */
export type ServerFlags = {
  /** URL. @default that of the environment */
  readonly server?: string;
  readonly serverCa?: string;
  readonly serverPlainHttp?: boolean;
  /** Seconds; 0 for as long as it takes. @default by what is asked */
  readonly requestTimeout?: number;
};

/** A running server that is asked. */
export interface WhichServer extends Pick<ServerFlags, "requestTimeout"> {
  readonly url: string;
  /** What named it, for messages: `--server`, or the variable. */
  readonly namedBy: string;
  /** PEM file. */
  readonly ca?: string;
  /** Whether passwords may go to another machine without TLS. */
  readonly plainHttp: boolean;
}

/**
 * The server that is meant; `undefined` for the folder of kubeconfigs itself.
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

/** An empty one is none. */
const variable = (name: string) => Deno.env.get(name) || undefined;
