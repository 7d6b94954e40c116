/**
 * Declares a test for a harness. Each test file passes `(test) => Deno.test(test)`, since `deno test`
 * reports a test under the file that calls `Deno.test`.
 */
export type Declare = (test: Deno.TestDefinition) => void;
