/** The shells that complete the command line. Apart, because every start reads this. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

export type Shell = typeof SHELLS[number];
