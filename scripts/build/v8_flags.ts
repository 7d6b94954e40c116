/**
 * Flags of V8: the young generation has at most 16 MB, where V8 by default grows to 64 MB, in steps after
 * minutes of work that look like a leak. The live data is about 15 MB.
 *
 * @see https://github.com/v8/v8/blob/main/src/flags/flag-definitions.h `max_semi_space_size`, in MB
 */
export const V8_FLAGS: readonly string[] = ["--v8-flags=--max-semi-space-size=8"];
