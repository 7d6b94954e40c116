import { parseArgs } from "node:util";
import type { Soak } from "./run.ts";
import type { Transport } from "./server.ts";

export interface Options {
  readonly soaks: readonly Soak[];
  /** The file for the reports in JSON. */
  readonly report?: string;
}

/** The options for CI. */
const SHORT: Readonly<Record<Transport, number>> = { api: 0.5, kubectl: 0.5 };
const MINUTES = 10;
/** Duration of each measurement under overload, in seconds. */
const OVERLOAD = 20;
const SHORT_OVERLOAD = 1;
const KUBECTL_TIMEOUT = 3;
/** Longer for CI, which may be slow: a timeout of a healthy cluster is an error. */
const SHORT_KUBECTL_TIMEOUT = 30;
/** Two cores run about thirty kubectl processes a second, and a request takes two on average. */
const THINK: Readonly<Record<Transport, number>> = { api: 2, kubectl: 30 };

/** The options, or an error message. */
export function optionsOf(args: string[]): Options | string {
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        minutes: { type: "string" },
        clients: { type: "string", default: "200" },
        transport: { type: "string", default: "both" },
        think: { type: "string" },
        "kubectl-timeout": { type: "string" },
        short: { type: "boolean", default: false },
        report: { type: "string" },
      },
    }));
  } catch (error) {
    return (error as Error).message;
  }
  const { transport, short, report } = values;
  if (!["kubectl", "api", "both"].includes(transport)) return "--transport: kubectl, api or both";
  const clients = Number(values.clients);
  if (!Number.isInteger(clients) || clients < 1 || clients > 1000) return "--clients: 1 to 1000";
  const minutes = values.minutes === undefined ? undefined : Number(values.minutes);
  if (minutes !== undefined && !(minutes > 0 && minutes <= 1440)) return "--minutes: up to 1440";
  const think = values.think === undefined ? undefined : Number(values.think);
  if (think !== undefined && !(think >= 0.1 && think <= 600)) return "--think: 0.1 to 600 seconds";
  const given = values["kubectl-timeout"];
  const timeout = given === undefined
    ? short ? SHORT_KUBECTL_TIMEOUT : KUBECTL_TIMEOUT
    : Number(given);
  if (!(timeout >= 1 && timeout <= 60)) return "--kubectl-timeout: 1 to 60 seconds";
  const transports = (["api", "kubectl"] as const).filter((each) =>
    transport === "both" || transport === each
  );
  const soaks = transports.map((transport): Soak => ({
    transport,
    clients,
    minutes: minutes ?? (short ? SHORT[transport] : MINUTES),
    think: think ?? THINK[transport],
    timeout,
    overload: { seconds: short ? SHORT_OVERLOAD : OVERLOAD, short },
  }));
  return report === undefined ? { soaks } : { soaks, report };
}
