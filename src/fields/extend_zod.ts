import { extendZodWithOpenApi, z } from "@hono/zod-openapi";

/**
 * Gives schemas their method `openapi`, before any module calls it. The package does so itself, but
 * where a bundle is cut into pieces, pieces of one import may be evaluated in another order than modules.
 * @see https://github.com/evanw/esbuild/issues/399
 */
extendZodWithOpenApi(z);
