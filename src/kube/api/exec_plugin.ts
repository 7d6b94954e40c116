import type { Deadline } from "../deadline.ts";
import { isAbsolute, join } from "node:path";
import type { ExecFields } from "../kubeconfig/shape.ts";
import { readYaml } from "../kubeconfig/yaml.ts";
import { deadlinePassed, FAILURES } from "../reasons.ts";
import { type RunProcess, runProcess } from "../process.ts";
import { NoAnswer } from "./http.ts";

/** What a plugin gives, and until when. */
export interface ExecCredential {
  readonly token?: string;
  readonly clientCertificateData?: string;
  readonly clientKeyData?: string;
  /** Milliseconds since 1970; as long as it is accepted when absent. */
  readonly expires?: number;
}

/**
 * Runs a credential plugin, as client-go does, but under a deadline and to its last child.
 * @param folder the kubeconfig's: a command with a slash is relative to it
 * @see https://kubernetes.io/docs/reference/config-api/client-authentication.v1/
 * @throws {NoAnswer}
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
    throw new NoAnswer(FAILURES.plugin); // it cannot be started
  });
  if (result.ended === "deadline") {
    throw new NoAnswer({ ...deadlinePassed(deadline.seconds), uncertain: false });
  }
  if (result.code !== 0) throw new NoAnswer(FAILURES.plugin);
  return credentialIn(result.stdout, exec.apiVersion);
}

/** The versions of which client-go says that it is not the one asked for; any other is nothing. */
const VERSIONS: readonly unknown[] = ["v1", "v1beta1"].map((version) =>
  `client.authentication.k8s.io/${version}`
);

/** @throws {NoAnswer} */
function credentialIn(stdout: string, apiVersion: string): ExecCredential {
  const answer = parsed(stdout);
  const { status } = answer;
  if (answer.kind !== "ExecCredential" || !VERSIONS.includes(answer.apiVersion)) {
    throw new NoAnswer(FAILURES.plugin);
  }
  if (answer.apiVersion !== apiVersion) throw new NoAnswer(FAILURES.pluginVersion);
  const { token, clientCertificateData, clientKeyData, expirationTimestamp } = status ?? {};
  const isWhole = !clientCertificateData === !clientKeyData;
  if (!isWhole || !(token || clientKeyData)) throw new NoAnswer(FAILURES.plugin);
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

/** JSON or, as to client-go, YAML; nothing when it is neither, for the message would quote it. */
function parsed(stdout: string): Answer {
  for (const parse of [JSON.parse, readYaml]) {
    try {
      const answer: unknown = parse(stdout);
      if (typeof answer === "object" && answer !== null) return answer;
    } catch {
      // the next one
    }
  }
  return {};
}
