import { type Deadline, pause } from "../deadline.ts";
import { cannotReach, type KubeError } from "../errors.ts";
import type { ProcessGate } from "./gate.ts";
import { deadlinePassed, errorOf, FAILURES, type Reported, together } from "../reasons.ts";
import { reported, type ReportedByKubectl } from "./messages.ts";
import { type ProcessResult, type RunProcess, runProcess } from "../process.ts";

/** One finished kubectl command, for the log. Its arguments contain names, never a value. */
export interface KubectlCommand {
  readonly cluster: string;
  readonly args: readonly string[];
  readonly code: number;
  readonly ended: ProcessResult["ended"];
  readonly milliseconds: number;
  /** The failures that kubectl reported. */
  readonly failures: readonly Reported[];
}

export interface KubectlOptions {
  /** The cluster's name, for messages and limits. */
  readonly cluster: string;
  /** Path of its kubeconfig, after vetting. */
  readonly kubeconfig: string;
  /** The environment of kubectl and of the exec plugins that it runs. */
  readonly env: Record<string, string>;
  readonly gate: ProcessGate;
  readonly onCommand?: (command: KubectlCommand) => void;
  /** @default "kubectl" */
  readonly program?: string;
  /** @default {@link runProcess} */
  readonly run?: RunProcess;
  /** kubectl's cache folder for API discovery. @default kubectl's own */
  readonly cacheDir?: string;
}

/**
 * Ignores the user's kuberc, which may change what a command does: with a default of `--dry-run`, a
 * `create` would report success without creating anything.
 * @see https://kubernetes.io/docs/reference/kubectl/kuberc/
 */
const NO_KUBERC = { KUBERC: "off", KUBECTL_KUBERC: "false" };

/** How often a read is run again after a transient failure. */
const READ_RETRIES = 2;

/** Runs kubectl against one cluster. */
export interface Kubectl {
  /**
   * Runs kubectl once; a failed command resolves, too.
   * @throws {KubeError} when kubectl was not started
   */
  start(
    args: readonly string[],
    deadline: Deadline,
    stdin?: string,
  ): Promise<ProcessResult & { readonly milliseconds: number }>;
  /**
   * Runs a read-only command, retries it after a transient failure, and resolves with its output.
   * @param doing for the message: "list secrets in namespace 'a'"
   * @throws {KubeError}
   */
  query(
    doing: string,
    args: readonly string[],
    deadline: Deadline,
    stdin?: string,
  ): Promise<string>;
  /** The failures that a run reported, in the order of its objects; empty when it reported none. */
  failures(result: ProcessResult, deadline: Deadline): ReportedByKubectl[];
}

export const UNREPORTED: ReportedByKubectl = {
  kind: "failed",
  why: "kubectl exited without reporting a result",
  uncertain: true,
  whole: false,
};

export function kubectlOf(options: KubectlOptions): Kubectl {
  const { cluster, program = "kubectl", run = runProcess } = options;

  const start: Kubectl["start"] = async (args, deadline, stdin) => {
    const slot = await options.gate.enter(cluster, deadline.signal);
    const began = performance.now();
    try {
      const result = await run(program, [...common(deadline), ...args], {
        env: { ...options.env, ...NO_KUBERC },
        stdin,
        deadline,
        onOutput: slot.started,
      });
      const milliseconds = performance.now() - began;
      options.onCommand?.({
        cluster,
        args,
        code: result.code,
        ended: result.ended,
        milliseconds: Math.round(milliseconds),
        failures: result.code === 0 ? [] : reported(result.stderr),
      });
      return { ...result, milliseconds };
    } catch (error) {
      throw cannotStart(error);
    } finally {
      slot.release();
    }
  };

  function common(deadline: Deadline): string[] {
    // One second longer than our deadline: it only matters for a kubectl that outlives this process.
    const seconds = Math.ceil(deadline.remaining() / 1000) + 1;
    return [
      `--kubeconfig=${options.kubeconfig}`,
      `--request-timeout=${seconds}s`,
      ...(options.cacheDir === undefined ? [] : [`--cache-dir=${options.cacheDir}`]),
    ];
  }

  function cannotStart(error: unknown): unknown {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) {
      const why = `'${program}' cannot be executed. Install kubectl on the server's PATH`;
      return cannotReach(cluster, "kubectl_missing", why);
    }
    if (error instanceof Error && error.message.includes("os error 24")) { // EMFILE
      return cannotReach(cluster, "busy", "too many open files on the server", { retryAfter: 5 });
    }
    return error;
  }

  /** @param ran milliseconds of all runs together */
  function failure(
    doing: string,
    result: ProcessResult,
    deadline: Deadline,
    ran: number,
  ): KubeError {
    const error = errorOf(cluster, doing, together(failures(result, deadline)) ?? UNREPORTED);
    error.details.clusterMs = options.gate.givenOf(ran);
    return error;
  }

  function failures(result: ProcessResult, deadline: Deadline): ReportedByKubectl[] {
    const { ended, stderr } = result;
    if (ended === "exit") return reported(stderr);
    const report = ended === "deadline" ? deadlinePassed(deadline.seconds) : FAILURES.tooLarge;
    return [{ ...report, whole: false }];
  }

  const query: Kubectl["query"] = async (doing, args, deadline, stdin) => {
    let ran = 0;
    for (let attempt = 0;; attempt++) {
      const result = await start(args, deadline, stdin);
      ran += result.milliseconds;
      if (result.ended === "exit" && result.code === 0) return result.stdout;
      const isTransient = failures(result, deadline).every(({ uncertain }) => uncertain) &&
        result.ended === "exit";
      if (!isTransient || attempt === READ_RETRIES) throw failure(doing, result, deadline, ran);
      await pause(100 * 2 ** attempt, deadline);
      if (deadline.signal.aborted) throw failure(doing, result, deadline, ran);
    }
  };

  return { start, query, failures };
}
