import type { z } from "@hono/zod-openapi";
import type { Examples } from "../../credentials/kinds/credential_kind.ts";
import type { Answers, DescribedAnswer, Description } from "../operation.ts";
import { Envelope } from "../error_answers.ts";
import type { Body } from "../schemas/body.ts";

/** An answer whose body is one of these. */
export function json(when: string, ...bodies: z.ZodType[]): DescribedAnswer {
  return { when, bodies };
}

/** A request with such a body. */
export function taking({ schema }: Body<z.ZodType>, examples: Examples): Description["request"] {
  return { body: { required: true, content: { "application/json": { schema, examples } } } };
}

/** By status: when it is given. */
type Whens = Readonly<Record<number, string>>;

/** Answers whose body is one of these. */
export function answers(whens: Whens, ...bodies: z.ZodType[]): Answers {
  return Object.fromEntries(
    Object.entries(whens).map(([status, when]) => [status, json(when, ...bodies)]),
  );
}

/**
 * Answers whose body is the envelope of errors.
 * @param bodies what else it may be
 */
export function errors(whens: Whens, ...bodies: z.ZodType[]): Answers {
  return answers(whens, ...bodies, Envelope);
}

/** Of a cluster that cannot be asked. */
export const CLUSTER_FAILS = {
  500: "The kubeconfig cannot be used",
  502: "The cluster refuses the kubeconfig's credentials, a right or the request itself, or its " +
    "certificate is not trusted",
  503: "The cluster cannot be reached, has let requests before this one wait for nothing, or " +
    "kubectl is missing",
  504: "The cluster did not answer in time",
} as const;
