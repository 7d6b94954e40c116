import denoConfig from "../../deno.json" with { type: "json" };

export const VERSION: string = denoConfig.version;

/** A placeholder that `scripts/build.ts` replaces with the commit. */
const COMMIT = "COMMIT-OF-THE-BUILD";

/** `VERSION (COMMIT)`; only a build knows its commit. */
export function versionWithCommit(): string {
  return COMMIT.startsWith("COMMIT-") ? `${VERSION} (from source)` : `${VERSION} (${COMMIT})`;
}

/** Version, runtime and platform, for bug reports. */
export function versionDetails(): string {
  const { deno, v8 } = Deno.version;
  const { os, arch } = Deno.build;
  return `argocd-configurer ${versionWithCommit()}\nDeno ${deno}, V8 ${v8}, ${os} ${arch}`;
}
