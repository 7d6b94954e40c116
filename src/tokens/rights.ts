/** What a token allows: a reader sees, a writer also writes, an admin also sees who did. */
export const ROLES = ["reader", "writer", "admin"] as const;

export type Role = typeof ROLES[number];

export function isRole(text: string): text is Role {
  return (ROLES as readonly string[]).includes(text);
}

/** Whether a text can stand for clusters: a name, in which `*` stands for any characters. */
export function isClusterPattern(text: string): boolean {
  return /^[A-Za-z0-9._*-]{1,253}$/.test(text);
}

/** Who asks, as far as it is known, and what they may do. */
export interface Identity {
  /** Of the token. */
  readonly name: string;
  readonly role: Role;
  /** Names, or patterns with `*`, of the clusters it is for; all of them when absent. */
  readonly clusters?: readonly string[];
}

/** Where no token is asked for, anyone may do anything: who gets to the port is on the machine. */
export const ANYONE: Identity = { name: "anonymous", role: "admin" };

/** Whether a role includes another one. */
export function includesRole(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

export function mayUseCluster({ clusters }: Identity, cluster: string): boolean {
  return clusters === undefined || clusters.some((pattern) => matchesPattern(pattern, cluster));
}

/** `*` stands for any characters, also none; everything else for itself. */
export function matchesPattern(pattern: string, name: string): boolean {
  // By hand and not by a regular expression, which many stars would make slow.
  const [first, ...rest] = pattern.split("*") as [string, ...string[]];
  if (rest.length === 0) return pattern === name;
  const last = rest.pop()!;
  if (!name.startsWith(first) || name.length < first.length + last.length) return false;
  const end = name.length - last.length;
  let at = first.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, at);
    if (found === -1 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return name.endsWith(last);
}
