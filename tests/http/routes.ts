import { routesOf } from "../../src/operations/routes.ts";
import { OPERATIONS } from "../../src/operations/table.ts";

/** All ways to ask for all operations, each with what is known of its operation. */
export const ROUTES = routesOf(OPERATIONS)
  .map(({ operation, face, path, parameters }) => ({ ...operation, face, path, parameters }));
