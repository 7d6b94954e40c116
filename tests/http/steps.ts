import type {
  FleetContext,
  FleetSteps,
  Operation,
  SelectionCall,
} from "../../src/operations/operation.ts";
import { askedSelection } from "../../src/operations/target.ts";
import { PREFIX } from "../../src/operations/routes.ts";
import type { Attempt } from "../../src/audit/entry.ts";
import { post } from "./support.ts";

/** A made-up operation in steps. */
export interface Steps extends Partial<Omit<SelectionCall, "selection" | "steps">> {
  steps(context: FleetContext): FleetSteps;
  readonly selector?: string;
}

/** A made-up operation on all named clusters, or on all. */
export function stepsOperation({ steps, selector, ...taken }: Steps): Operation {
  return {
    name: "steps",
    tag: "secrets",
    role: "writer",
    effect: "write",
    clusters: "many",
    method: "post",
    path: "/steps",
    summary: "A made-up act in steps",
    load: () =>
      Promise.resolve({
        describe: () => ({ answers: {} }),
        take({ body }) {
          const given = JSON.parse(new TextDecoder().decode(body as Uint8Array));
          const which = { ...given, cluster_selector: selector };
          return { ...taken, selection: askedSelection(which, "field"), steps };
        },
      }),
  };
}

export const askSteps = (which: object = {}, headers: Readonly<Record<string, string>> = {}) =>
  post(`${PREFIX}/steps`, which, headers);

/** The audit fields of a made-up action. */
export const MADE_UP: Omit<Attempt, "writeId" | "requestId" | "actor"> = {
  kind: "rotate",
  names: [],
  namespaces: [],
  upsert: false,
  force: false,
};
