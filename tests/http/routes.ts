import { routesOf } from "../../src/operations/routes.ts";
import { OPERATIONS } from "../../src/operations/table.ts";

/** Every path of every operation, with what is known of its operation. */
export const ROUTES = routesOf(OPERATIONS)
  .map(({ operation, face, path, parameters }) => ({ ...operation, face, path, parameters }));
