import type { Deadline } from "../deadline.ts";
import { isAbsolute, join } from "node:path";
import type { ExecFields } from "../kubeconfig/shape.ts";
import { readYaml } from "../kubeconfig/yaml.ts";
import { deadlinePassed, FAILURES } from "../reasons.ts";
import { type RunProcess, runProcess } from "../process.ts";
import { NoResponse } from "./http.ts";

/** The credential that a plugin returned. */
export interface ExecCredential {
  readonly token?: string;
  readonly clientCertificateData?: string;
  readonly clientKeyData?: string;
  /** Milliseconds since 1970; when absent, it is used until the server rejects it. */
  readonly expires?: number;
}

/**
 * Runs a credential plugin like client-go does, but with a deadline, and waits for its child processes.
 * @param folder of the kubeconfig; a command with a slash is relative to it
 * @see https://kubernetes.io/docs/reference/config-api/client-authentication.v1/
 * @throws {NoResponse}
 */
export async function runExecPlugin(
  exec: ExecFields,
  cluster: object,
  folder: string,
  env: Readonly<Record<string, string>>,
  deadline: Deadline,
  run: RunProcess = runProcess,
): Promise<ExecCredential> {
  const info = {
    apiVersion: exec.apiVersion,
    kind: "ExecCredential",
    spec: { interactive: false, ...(exec.provideClusterInfo ? { cluster } : {}) },
  };
  const isRelative = exec.command.includes("/") && !isAbsolute(exec.command);
  const command = isRelative ? join(folder, exec.command) : exec.command;
  const result = await run(command, exec.args, {
    env: {
      ...env,
      ...Object.fromEntries(exec.env.map(({ name, value }) => [name, value])),
      KUBERNETES_EXEC_INFO: JSON.stringify(info),
    },
    deadline,
  }).catch(() => {
    throw new NoResponse(FAILURES.plugin); // the plugin cannot be started
  });
  if (result.ended === "deadline") {
    throw new NoResponse({ ...deadlinePassed(deadline.seconds), uncertain: false });
  }
  if (result.code !== 0) throw new NoResponse(FAILURES.plugin);
  return credentialIn(result.stdout, exec.apiVersion);
}

/** Versions that client-go knows: one of them, but not the requested one, has its own error. */
const VERSIONS: readonly unknown[] = ["v1", "v1beta1"].map((version) =>
  `client.authentication.k8s.io/${version}`
);

/** @throws {NoResponse} */
function credentialIn(stdout: string, apiVersion: string): ExecCredential {
  const answer = parsed(stdout);
  const { status } = answer;
  if (answer.kind !== "ExecCredential" || !VERSIONS.includes(answer.apiVersion)) {
    throw new NoResponse(FAILURES.plugin);
  }
  if (answer.apiVersion !== apiVersion) throw new NoResponse(FAILURES.pluginVersion);
  const { token, clientCertificateData, clientKeyData, expirationTimestamp } = status ?? {};
  const isWhole = !clientCertificateData === !clientKeyData;
  if (!isWhole || !(token || clientKeyData)) throw new NoResponse(FAILURES.plugin);
  const expires = Date.parse(expirationTimestamp ?? "");
  return {
    token,
    clientCertificateData,
    clientKeyData,
    ...(Number.isNaN(expires) ? {} : { expires }),
  };
}

interface Answer {
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
  readonly status?: {
    readonly token?: string;
    readonly clientCertificateData?: string;
    readonly clientKeyData?: string;
    readonly expirationTimestamp?: string;
  };
}

/** Parses JSON or, like client-go, YAML; otherwise `{}`, since the parser's error would quote the output. */
function parsed(stdout: string): Answer {
  for (const parse of [JSON.parse, readYaml]) {
    try {
      const answer: unknown = parse(stdout);
      if (typeof answer === "object" && answer !== null) return answer;
    } catch {
      // try the next parser
    }
  }
  return {};
}
