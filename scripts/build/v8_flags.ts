/**
 * How V8 is run: what has just been made has at most 16 MB before it is looked through, where V8 by
 * itself goes up to 64 MB, in steps that come after minutes of work and look like a leak. What lasts
 * here is some 15 MB.
 *
 * @see https://github.com/v8/v8/blob/main/src/flags/flag-definitions.h `max_semi_space_size`, in MB
 */
export const V8_FLAGS: readonly string[] = ["--v8-flags=--max-semi-space-size=8"];
