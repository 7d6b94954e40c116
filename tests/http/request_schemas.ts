import assert from "node:assert/strict";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { unsaidRule } from "../../scripts/fuzz_api/unsaid_rules.ts";
import { openapi, referred } from "./documented.ts";

/** Checks requests against `/openapi.json`: the program accepts none that the document rejects. */

const made = new Map<string, ValidateFunction>();

/** What the document rejects in a POST body; empty when it accepts the body. */
export async function bodyProblems(path: string, body: unknown): Promise<string[]> {
  let validate = made.get(path);
  if (!validate) {
    const document = await openapi();
    const content = document.paths[path].post.requestBody.content["application/json"];
    const ajv = new Ajv2020({ allErrors: true, strictTypes: false, strictRequired: false });
    ajv.addVocabulary(["example"]);
    ajv.addFormat("password", true);
    validate = ajv.compile(referred(content.schema, document));
    made.set(path, validate);
  }
  if (validate(body)) return [];
  return validate.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** Statuses of requests that were valid. */
const UNDERSTOOD: ReadonlySet<number> = new Set([200, 409, 422, 502, 504]);

/**
 * Fails if the program has accepted a body that the document rejects, or has rejected one that the
 * document accepts for a reason that the document can express.
 * @param request not read yet
 */
export async function assertRequestDocumented(
  request: Request,
  status: number,
  answer: string,
): Promise<void> {
  const { pathname, search } = new URL(request.url);
  const { requestBody } = (await openapi()).paths[pathname]?.post ?? {};
  if (requestBody === undefined || search !== "") return;
  if (!UNDERSTOOD.has(status) && status !== 400) return;
  const body = await parsed(request);
  if (body === undefined) return;
  const wrong = await bodyProblems(pathname, body);
  if (UNDERSTOOD.has(status)) return assert.deepEqual(wrong, [], `${pathname} answered ${status}`);
  const { message } = JSON.parse(answer);
  if (wrong.length === 0) assert.ok(unsaidRule(message), `the document accepts it: ${message}`);
}

/** Nothing if it is not JSON or is truncated. */
async function parsed(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch {
    return undefined;
  }
}
