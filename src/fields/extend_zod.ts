import { extendZodWithOpenApi, z } from "@hono/zod-openapi";

/**
 * Adds the method `openapi` to schemas before any module calls it. The package does so itself, but in a
 * split bundle, chunks of one import may be evaluated in a different order than modules.
 * @see https://github.com/evanw/esbuild/issues/399
 */
extendZodWithOpenApi(z);
