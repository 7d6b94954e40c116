/**
 * How a harness declares its tests: by a function of the file that holds them, since `deno test`
 * reports a test under the file whose code called `Deno.test`. A file gives
 * `(test) => Deno.test(test)`.
 */
export type Declare = (test: Deno.TestDefinition) => void;
