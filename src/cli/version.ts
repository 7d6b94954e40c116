import denoConfig from "../../deno.json" with { type: "json" };

export const VERSION: string = denoConfig.version;

/** What `scripts/build.ts` puts the commit in for. */
const COMMIT = "COMMIT-OF-THE-BUILD";

/** `0.1.0 (1a2b3c4)`; the commit is known to a build only. */
export function versionWithCommit(): string {
  return COMMIT.startsWith("COMMIT-") ? `${VERSION} (from source)` : `${VERSION} (${COMMIT})`;
}

/** What runs it, for reports of a problem. */
export function versionDetails(): string {
  const { deno, v8 } = Deno.version;
  const { os, arch } = Deno.build;
  return `argocd-configurer ${versionWithCommit()}\nDeno ${deno}, V8 ${v8}, ${os} ${arch}`;
}
