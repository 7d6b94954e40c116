import type { z } from "@hono/zod-openapi";
import type { Examples } from "../../credentials/kinds/credential_kind.ts";
import type { Answers, DescribedAnswer, Description } from "../operation.ts";
import { Envelope } from "../error_answers.ts";
import type { Body } from "../schemas/body.ts";

/** An answer with one of these bodies. */
export function json(when: string, ...bodies: z.ZodType[]): DescribedAnswer {
  return { when, bodies };
}

/** A request with this body. */
export function taking({ schema }: Body<z.ZodType>, examples: Examples): Description["request"] {
  return { body: { required: true, content: { "application/json": { schema, examples } } } };
}

/** Descriptions by status. */
type Whens = Readonly<Record<number, string>>;

/** Answers with one of these bodies. */
export function answers(whens: Whens, ...bodies: z.ZodType[]): Answers {
  return Object.fromEntries(
    Object.entries(whens).map(([status, when]) => [status, json(when, ...bodies)]),
  );
}

/**
 * Answers with the error envelope.
 * @param bodies alternative bodies
 */
export function errors(whens: Whens, ...bodies: z.ZodType[]): Answers {
  return answers(whens, ...bodies, Envelope);
}

/** Answers for a cluster that cannot be used. */
export const CLUSTER_FAILS = {
  500: "The kubeconfig cannot be used",
  502:
    "The cluster rejected the kubeconfig's credentials or the request, permissions are missing, or " +
    "its certificate is not trusted",
  503:
    "The cluster is unreachable, its circuit breaker is open because it did not respond to earlier " +
    "requests, or kubectl is missing",
  504: "The cluster did not respond in time",
} as const;
