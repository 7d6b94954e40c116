/** The tiers of tests, and the tier of each file, by its path and its imports. */

/** In the order in which they run: the quickest first. */
export const TIERS = ["fast", "real", "crash", "built"] as const;
export type Tier = typeof TIERS[number];

/** The time budget of a tier in seconds on two idle cores, and its contents. */
export const TIER: Readonly<Record<Tier, { budget: number; what: string }>> = {
  fast: { budget: 60, what: "in one process: no control plane, no build, no real waiting" },
  real: {
    budget: 720,
    what: "the program as a process, real kubectl and API server, Argo CD's code",
  },
  crash: { budget: 300, what: "killed, stopped, cut off; a short soak" },
  built: { budget: 180, what: "the executable that is built, and what goes with it" },
};

/** Things outside this repository that a test may need. */
export const NEEDS = [
  "kubectl",
  "control plane",
  "several clusters",
  "argocd reader",
  "kubelet reader",
  "executable",
  "bundle",
  "ssh-keygen",
  "curl",
] as const;
export type Need = typeof NEEDS[number];

interface Rule {
  readonly tier: Tier;
  readonly needs?: readonly Need[];
  /** Whether it changes modules that it loads, and so needs its own isolate. */
  readonly isAlone?: true;
}

/** Test files and folders whose tier does not follow from their imports. */
const PLACES: Readonly<Record<string, Rule>> = {
  "tests/built/": { tier: "built", needs: ["executable", "kubectl", "control plane"] },
  "tests/deploy/licences_test.ts": { tier: "built" }, // builds three times
  "scripts/build/sbom_test.ts": { tier: "built" }, // bundles, as the next
  "scripts/build/v8_flags_test.ts": { tier: "built" },
  // Deno starts with the files of the longest folder: the longest test would else be the last, and alone.
  "tests/crash/soak/": { tier: "crash", needs: ["kubectl"] },
  "tests/crash/": { tier: "crash" },
  "tests/deploy/version_test.ts": { tier: "fast" },
  "tests/deploy/": { tier: "real" }, // systemd-analyze, actionlint, Git
  "tests/verify/registry_test.ts": { tier: "real" }, // Debian's docker-registry
  "tests/clients/": { tier: "real" }, // a generator of clients, and the compiler
  "tests/cli/completion_test.ts": { tier: "real" }, // bash, zsh, fish
  "src/emulator/accounts_test.ts": { tier: "real", needs: ["kubectl"] },
  "src/emulator/kubectl_test.ts": { tier: "real", needs: ["kubectl"] },
};

/** Modules that determine the tier of tests that load them. */
const MODULES: Readonly<Record<string, Rule>> = {
  "scripts/control_plane/connect.ts": { tier: "real", needs: ["kubectl", "control plane"] },
  "scripts/control_plane/control_plane.ts": { tier: "real", needs: ["kubectl", "control plane"] },
  "scripts/control_plane/several.ts": {
    tier: "real",
    needs: ["kubectl", "control plane", "several clusters"],
  },
  "scripts/argocd_reader/process.ts": { tier: "real", needs: ["argocd reader"] },
  "scripts/control_plane/ask_kubelet.ts": { tier: "real", needs: ["kubelet reader"] },
  "tests/cli/support.ts": { tier: "real", needs: ["kubectl", "bundle"] },
  "tests/docs/home.ts": { tier: "real", needs: ["ssh-keygen", "curl"] },
  "src/credentials/expiry/in_value_test.ts": { tier: "fast", needs: ["ssh-keygen"] },
  "src/credentials/material/ssh_key_test.ts": { tier: "fast", needs: ["ssh-keygen"] },
  "tests/support/made_up_kind.ts": { tier: "fast", isAlone: true },
};

/** A test file. */
export interface TestFile {
  /** From the root of the project, with "/". */
  readonly path: string;
  readonly tier: Tier;
  readonly needs: readonly Need[];
  readonly isAlone?: true;
}

/** @param loaded every module of the project whose code the file loads, itself included */
export function classify(path: string, loaded: ReadonlySet<string>): TestFile {
  const place = Object.entries(PLACES).find(([place]) => path.startsWith(place))?.[1];
  const modules = Object.entries(MODULES).filter(([module]) => loaded.has(module))
    .map(([, rule]) => rule);
  const rules = place === undefined ? modules : [place, ...modules];
  return {
    path,
    tier: rules[0]?.tier ?? "fast",
    needs: NEEDS.filter((need) => rules.some(({ needs }) => needs?.includes(need))),
    ...(rules.some(({ isAlone }) => isAlone) ? { isAlone: true } : {}),
  };
}
