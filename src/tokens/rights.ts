import { matchesPattern } from "../text/glob.ts";

/** Roles of a token: a reader reads, a writer also writes, an admin also reads the audit log. */
export const ROLES = ["reader", "writer", "admin"] as const;

export type Role = typeof ROLES[number];

export function isRole(text: string): text is Role {
  return (ROLES as readonly string[]).includes(text);
}

/** Whether a text is a cluster name or a pattern with `*`. */
export function isClusterPattern(text: string): boolean {
  return /^[A-Za-z0-9._*-]{1,253}$/.test(text);
}

/** The user of a request and their permissions. */
export interface Identity {
  /** Name of the token. */
  readonly name: string;
  readonly role: Role;
  /** Names or patterns with `*` of the allowed clusters. @default all */
  readonly clusters?: readonly string[];
}

/** The user of a server without tokens: it listens on loopback only, and any local user may do anything. */
export const ANYONE: Identity = { name: "anonymous", role: "admin" };

/** Whether a role includes another one. */
export function includesRole(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

export function mayUseCluster({ clusters }: Identity, cluster: string): boolean {
  return clusters === undefined || clusters.some((pattern) => matchesPattern(pattern, cluster));
}
