import { binaryText } from "./base64.ts";
import type { RequestBody } from "./decode.ts";
import { goJsonSyntaxError, goJsonType } from "./go_json.ts";
import { DecodeError, Reader } from "./reader.ts";
import { badRequest, goQuote, invalid, type StatusError } from "./status.ts";

/** The options of a DELETE, from its body and its query. */
export interface DeleteOptions {
  readonly dryRun: boolean;
  /** This and the next are compared if present, even if empty. */
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** @throws {StatusError} 400 or 422 in the server's words. */
export function decodeDeleteOptions(body: RequestBody, dryRun: boolean): DeleteOptions {
  if (body.bytes.length === 0) return { dryRun };
  const value = body.value as Record<string, unknown> | undefined;
  if (value === undefined || goJsonType(value) !== "object") {
    throw badRequest(
      `couldn't get version/kind; json parse error: ${goJsonSyntaxError(binaryText(body.bytes))}`,
    );
  }
  if (value.kind && value.kind !== "DeleteOptions") {
    throw badRequest(
      `no kind ${goQuote(String(value.kind))} is registered for version ${
        goQuote(String(value.apiVersion ?? "v1"))
      } in scheme "pkg/runtime/scheme.go:111"`,
    );
  }
  try {
    const reader = new Reader(value, "DeleteOptions", {
      preconditions: "v1.Preconditions",
      dryRun: "[]string",
      propagationPolicy: "v1.DeletionPropagation",
    });
    const preconditions = new Reader(reader.object("preconditions"), "Preconditions", {
      uid: "types.UID",
      resourceVersion: "string",
    }, "preconditions.");
    const dryRuns = reader.array("dryRun").map((value) => reader.asString(value, "dryRun"));
    checkDryRun(dryRuns, "DeleteOptions");
    checkPropagation(reader.string("propagationPolicy"));
    return {
      dryRun: dryRun || dryRuns.length > 0,
      ...(preconditions.has("uid") && { uid: preconditions.string("uid") }),
      ...(preconditions.has("resourceVersion") &&
        { resourceVersion: preconditions.string("resourceVersion") }),
    };
  } catch (error) {
    throw error instanceof DecodeError ? badRequest(error.message) : error;
  }
}

/** @throws {StatusError} 422 for a value other than `All`. */
export function checkDryRun(values: readonly string[], options: string): void {
  if (values.every((value) => value === "All")) return;
  throw unsupported(options, "dryRun", JSON.stringify(values), ["All"]);
}

/** @throws {StatusError} 422 for an unknown value. */
export function checkFieldValidation(value: string | null, options: string): void {
  const values = ["", "Ignore", "Strict", "Warn"];
  if (value === null || values.includes(value)) return;
  throw unsupported(options, "fieldValidation", goQuote(value), values);
}

/** The policies have no effect, since no object here owns another. */
function checkPropagation(policy: string): void {
  const policies = ["Foreground", "Background", "Orphan"];
  if (policy === "" || policies.includes(policy)) return;
  throw unsupported("DeleteOptions", "propagationPolicy", goQuote(policy), [...policies, "nil"]);
}

function unsupported(
  options: string,
  field: string,
  value: string,
  supported: readonly string[],
): StatusError {
  const message = `Unsupported value: ${value}: supported values: ${
    supported.map(goQuote).join(", ")
  }`;
  const errors = [{ reason: "FieldValueNotSupported", field, message } as const];
  return invalid(options, "", errors, "meta.k8s.io");
}
