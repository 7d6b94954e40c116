import type { Deadline } from "../deadline.ts";
import { deadlinePassed, type Reported, WHY } from "../reasons.ts";
import { type RunProcess, runProcess } from "../process.ts";
import { NoAnswer } from "./http.ts";

/** The `exec` of a kubeconfig's user. */
export interface ExecConfig {
  readonly apiVersion?: string;
  readonly command: string;
  readonly args?: readonly string[] | null;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
  readonly provideClusterInfo?: boolean;
}

/** What a plugin gives, and until when. */
export interface ExecCredential {
  readonly token?: string;
  readonly clientCertificateData?: string;
  readonly clientKeyData?: string;
  /** Milliseconds since 1970; as long as it is accepted when absent. */
  readonly expires?: number;
}

const NO_CREDENTIALS: Reported = { kind: "unauthorized", why: WHY.plugin, uncertain: false };

/**
 * Runs a credential plugin, as client-go does, but under a deadline and to its last child.
 * @param folder the kubeconfig's: a command with a slash is relative to it
 * @see https://kubernetes.io/docs/reference/config-api/client-authentication.v1/
 * @throws {NoAnswer}
 */
export async function runExecPlugin(
  exec: ExecConfig,
  cluster: object,
  folder: string,
  env: Readonly<Record<string, string>>,
  deadline: Deadline,
  run: RunProcess = runProcess,
): Promise<ExecCredential> {
  const apiVersion = exec.apiVersion ?? "client.authentication.k8s.io/v1";
  const info = {
    apiVersion,
    kind: "ExecCredential",
    spec: { interactive: false, ...(exec.provideClusterInfo ? { cluster } : {}) },
  };
  const isRelative = exec.command.includes("/") && !exec.command.startsWith("/");
  const command = isRelative ? `${folder}/${exec.command}` : exec.command;
  const result = await run(command, exec.args ?? [], {
    env: {
      ...env,
      ...Object.fromEntries((exec.env ?? []).map(({ name, value }) => [name, value])),
      KUBERNETES_EXEC_INFO: JSON.stringify(info),
    },
    deadline,
  }).catch(() => {
    throw new NoAnswer(NO_CREDENTIALS); // it cannot be started
  });
  if (result.ended === "deadline") {
    throw new NoAnswer({ ...deadlinePassed(deadline.seconds), uncertain: false });
  }
  const credential = result.code === 0 ? parsed(result.stdout) : undefined;
  if (credential === undefined) throw new NoAnswer(NO_CREDENTIALS);
  return credential;
}

function parsed(stdout: string): ExecCredential | undefined {
  try {
    const { status } = JSON.parse(stdout);
    const { token, clientCertificateData, clientKeyData, expirationTimestamp } = status;
    if (!token && !(clientCertificateData && clientKeyData)) return undefined;
    const expires = Date.parse(expirationTimestamp);
    return {
      token,
      clientCertificateData,
      clientKeyData,
      ...(Number.isNaN(expires) ? {} : { expires }),
    };
  } catch {
    return undefined; // its message would quote the credential
  }
}
