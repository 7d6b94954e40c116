import { matchesPattern } from "../text/glob.ts";

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
