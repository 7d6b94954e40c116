import { type Deadline, pause } from "../deadline.ts";
import { cannotReach, type KubeError, type KubeErrorKind } from "../errors.ts";
import type { ProcessGate } from "./gate.ts";
import { deadlinePassed, errorOf, FAILURES, together } from "../reasons.ts";
import { reported, type ReportedByKubectl } from "./messages.ts";
import { type ProcessResult, type RunProcess, runProcess } from "../process.ts";

/** One finished kubectl command, for the log: its arguments hold names, never a value. */
export interface KubectlCommand {
  readonly cluster: string;
  readonly args: readonly string[];
  readonly code: number;
  readonly ended: ProcessResult["ended"];
  readonly milliseconds: number;
  /** The kinds of failure that it reported. */
  readonly failures: readonly KubeErrorKind[];
}

export interface KubectlOptions {
  /** The cluster's name, for messages and limits. */
  readonly cluster: string;
  /** Path of its kubeconfig, vetted. */
  readonly kubeconfig: string;
  /** The environment of kubectl and of the exec plugins that it runs. */
  readonly env: Record<string, string>;
  readonly gate: ProcessGate;
  readonly onCommand?: (command: KubectlCommand) => void;
  /** @default "kubectl" */
  readonly program?: string;
  /** @default {@link runProcess} */
  readonly run?: RunProcess;
  /** Where kubectl keeps what it discovered of clusters. @default kubectl's own */
  readonly cacheDir?: string;
}

/**
 * A user's kuberc may change what a command does: a `create` that defaults to a dry run would say
 * that it has created.
 * @see https://kubernetes.io/docs/reference/kubectl/kuberc/
 */
const NO_KUBERC = { KUBERC: "off", KUBECTL_KUBERC: "false" };

/** How often a reading command is run again after a passing fault. */
const READ_RETRIES = 2;

/** Runs kubectl against one cluster. */
export interface Kubectl {
  /**
   * Runs it once, whatever comes of it.
   * @throws {KubeError} when it was not started
   */
  start(
    args: readonly string[],
    deadline: Deadline,
    stdin?: string,
  ): Promise<ProcessResult & { readonly milliseconds: number }>;
  /**
   * Runs a command that changes nothing, again after a passing fault, and gives its output.
   * @param doing for the message: "list secrets in namespace 'a'"
   * @throws {KubeError}
   */
  query(
    doing: string,
    args: readonly string[],
    deadline: Deadline,
    stdin?: string,
  ): Promise<string>;
  /** What a run reported, in the order of its objects; empty when it said nothing. */
  failures(result: ProcessResult, deadline: Deadline): ReportedByKubectl[];
}

export const UNREPORTED: ReportedByKubectl = {
  kind: "failed",
  why: "kubectl ended without saying what became of it",
  uncertain: true,
  whole: false,
};

export function kubectlOf(options: KubectlOptions): Kubectl {
  const { cluster, program = "kubectl", run = runProcess } = options;

  const start: Kubectl["start"] = async (args, deadline, stdin) => {
    const gatePlace = await options.gate.enter(cluster, deadline.signal);
    const began = performance.now();
    try {
      const result = await run(program, [...common(deadline), ...args], {
        env: { ...options.env, ...NO_KUBERC },
        stdin,
        deadline,
        onOutput: gatePlace.started,
      });
      const milliseconds = performance.now() - began;
      options.onCommand?.({
        cluster,
        args,
        code: result.code,
        ended: result.ended,
        milliseconds: Math.round(milliseconds),
        failures: result.code === 0 ? [] : reported(result.stderr).map(({ kind }) => kind),
      });
      return { ...result, milliseconds };
    } catch (error) {
      throw cannotStart(error);
    } finally {
      gatePlace.release();
    }
  };

  function common(deadline: Deadline): string[] {
    // A second more than ours: it only ends a kubectl whose server has died.
    const seconds = Math.ceil(deadline.remaining() / 1000) + 1;
    return [
      `--kubeconfig=${options.kubeconfig}`,
      `--request-timeout=${seconds}s`,
      ...(options.cacheDir === undefined ? [] : [`--cache-dir=${options.cacheDir}`]),
    ];
  }

  function cannotStart(error: unknown): unknown {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) {
      const why = `'${program}' cannot be run; install kubectl and have it on PATH`;
      return cannotReach(cluster, "kubectl_missing", why);
    }
    if (error instanceof Error && error.message.includes("os error 24")) { // EMFILE
      return cannotReach(cluster, "busy", "the server has too many files open", { retryAfter: 5 });
    }
    return error;
  }

  /** @param ran for how many milliseconds, all tries together */
  function failure(
    doing: string,
    result: ProcessResult,
    deadline: Deadline,
    ran: number,
  ): KubeError {
    const error = errorOf(cluster, doing, together(failures(result, deadline)) ?? UNREPORTED);
    error.place.given = options.gate.givenOf(ran);
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
      const passing = failures(result, deadline).every(({ uncertain }) => uncertain) &&
        result.ended === "exit";
      if (!passing || attempt === READ_RETRIES) throw failure(doing, result, deadline, ran);
      await pause(100 * 2 ** attempt, deadline);
      if (deadline.signal.aborted) throw failure(doing, result, deadline, ran);
    }
  };

  return { start, query, failures };
}
