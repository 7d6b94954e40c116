/** Groups of flags with their titles, in the order of help. Flags without a group are in `other`. */
export const FLAG_GROUPS = {
  other: "Flags",
  old: "Old credential flags",
  credential: "Credential flags",
  repository: "Repository flags",
  where: "Target flags",
  which: "Filter flags",
  how: "Behaviour flags",
  listen: "Server flags",
  process: "Process flags",
  connection: "Connection flags",
  configuration: "Configuration flags",
  output: "Output flags",
} as const;

export type FlagGroup = keyof typeof FLAG_GROUPS;

/** Puts Stricli flags into a group, unless they have one. */
export function grouped<Flags extends Readonly<Record<string, object>>>(
  group: FlagGroup,
  flags: Flags,
): Flags {
  return Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => [name, { group, ...flag }]),
  ) as Flags;
}

/** The group of a flag. */
export function groupOf(flag: object): FlagGroup {
  const group = "group" in flag ? String(flag.group) : "";
  return Object.hasOwn(FLAG_GROUPS, group) ? group as FlagGroup : "other";
}

/** Groups of commands in the overview, by first word. Other commands are under the last title. */
export const COMMAND_GROUPS: readonly (readonly [title: string, words: readonly string[]])[] = [
  ["Credentials", [
    "secrets",
    "fleet",
    "expiring",
    "explain",
    "docker",
    "repo",
    "verify",
    "delete",
  ]],
  ["Leaks and rotation", ["find", "check", "rotate", "rotations"]],
  ["Clusters", ["clusters"]],
  ["Server", ["serve", "start", "stop", "restart", "status", "logs"]],
  ["Access and records", ["token", "audit"]],
  ["More", ["config", "demo", "completion", "help", "version"]],
];
