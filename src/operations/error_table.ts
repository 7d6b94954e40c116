import { CLUSTER_ERRORS } from "./cluster_kinds.ts";
import { REQUEST_ERRORS } from "./request_kinds.ts";
import { ROTATION_ERRORS } from "./rotation_kinds.ts";
import { SECRET_ERRORS } from "./secret_kinds.ts";

/** Each code with its status, its sentence, its fields and its remedy. */
export const ERRORS = {
  ...REQUEST_ERRORS,
  ...CLUSTER_ERRORS,
  ...SECRET_ERRORS,
  ...ROTATION_ERRORS,
} as const;
