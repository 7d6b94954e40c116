import { deepEqual, doesNotMatch, equal } from "node:assert/strict";
import type { StoredSecret } from "../../kube/store.ts";
import { dockercfg, fakePullSecret, login, pullSecretOf } from "../fake/pull_secret.ts";
import { explainPull, type ImageExplanation } from "./image.ts";
import { imageRepository } from "./image_name.ts";

const CANARY = "not-a-secret";
const IMAGE = "ghcr.io/org/app:1.2";

interface There {
  readonly image?: string;
  /** The names in the service account. @default the existing secrets, in order */
  readonly names?: readonly string[];
  readonly hasAccount?: false;
  readonly others?: readonly StoredSecret[];
}

function explained(named: readonly StoredSecret[], there: There = {}): ImageExplanation {
  const { image = IMAGE, names = named.map(({ name }) => name), others = [] } = there;
  const repository = imageRepository(image);
  if (!repository.ok) throw new Error(repository.why);
  const account = { namespace: "team", name: "default", pullSecrets: names };
  return explainPull(
    { image, repository: repository.value, namespace: "team", serviceAccount: "default" },
    { account: there.hasAccount === false ? undefined : account, named, others },
  );
}

const entries = (...keys: string[]) =>
  Object.fromEntries(keys.map((key) => [key, login("u", CANARY)]));

/** `state name key: why`, one line a candidate, and the codes of findings. */
interface Row {
  readonly what: string;
  readonly named: readonly StoredSecret[];
  readonly there?: There;
  readonly candidates: readonly string[];
  readonly findings?: readonly string[];
}

const rows: Row[] = [
  {
    what: "a host's login",
    named: [fakePullSecret("a", entries("ghcr.io"))],
    candidates: ["used a ghcr.io: Its key matches the image."],
  },
  {
    what: "the longest path is tried first, whatever the order of the secrets",
    named: [fakePullSecret("a", entries("ghcr.io")), fakePullSecret("b", entries("ghcr.io/org"))],
    candidates: [
      "used b ghcr.io/org: Its key matches the image.",
      "next a ghcr.io: Its key matches the image; the kubelet tries it if the registry refuses the previous logins.",
    ],
  },
  {
    what: "equal keys are tried in the order of the service account",
    named: [
      fakePullSecret("a", entries("ghcr.io")),
      fakePullSecret("b", entries("https://ghcr.io")),
    ],
    there: { names: ["b", "a"] },
    candidates: [
      "used b https://ghcr.io: Its key matches the image.",
      "next a ghcr.io: Its key matches the image; the kubelet tries it if the registry refuses the previous logins.",
    ],
  },
  {
    what: "Docker Hub",
    named: [
      fakePullSecret("a", entries("https://index.docker.io/v1/", "https://registry-1.docker.io")),
    ],
    there: { image: "nginx" },
    candidates: [
      "used a https://index.docker.io/v1/: It is Docker Hub's login.",
      "not_used a https://registry-1.docker.io: Its key does not match: the kubelet knows Docker Hub only " +
      "as docker.io and https://index.docker.io/v1/.",
    ],
  },
  {
    what: "the older type",
    named: [dockercfg("a", entries("ghcr.io"))],
    candidates: ["used a ghcr.io: Its key matches the image."],
  },
  {
    what: "the reasons why other secrets are not tried",
    named: [
      fakePullSecret(
        "a",
        entries(
          "quay.io",
          "u@quay.io",
          "ghcr.io/other-",
          "ghcr.io:5000",
          "ghcr.io/other",
          "ghcr.io/v2",
          "oci://ghcr.io",
          "*.example.com",
          "ghcr.io x",
        ),
      ),
    ],
    candidates: [
      "not_used a quay.io: It is for another registry.",
      "not_used a u@quay.io: It is for another registry.",
      "not_used a ghcr.io/other-: Its key does not match the image.",
      "not_used a ghcr.io:5000: It is for another port of the registry.",
      "not_used a ghcr.io/other: It is for another path of the registry.",
      "not_used a ghcr.io/v2: Its key does not match: without a trailing slash, the kubelet treats /v2 as the " +
      "path of an image.",
      "not_used a oci://ghcr.io: Its key does not match: the kubelet does not support oci:// in a key.",
      "not_used a *.example.com: Its key does not match: * matches any text within one part of a host, and " +
      "ports must be equal.",
      "not_used a ghcr.io x: Its key is not a valid URL, so the kubelet ignores it.",
    ],
    findings: ["kubelet_cannot_match", "kubelet_cannot_match"],
  },
  {
    what: "a missing pull secret",
    named: [],
    there: { names: ["gone"] },
    candidates: ["not_used gone -: The service account names it, but it does not exist."],
    findings: ["pull_secret_missing"],
  },
  {
    what: "a secret that is not a pull secret",
    named: [fakePullSecret("a", entries("ghcr.io"), { type: "Opaque" })],
    candidates: ['not_used a -: A secret of type "Opaque" is not a pull secret.'],
  },
  {
    what: "an invalid pull secret, which stops all others",
    named: [fakePullSecret("a", entries("ghcr.io")), pullSecretOf("b", "{")],
    candidates: [
      "not_used a ghcr.io: Its key matches the image, but the kubelet cannot read 'b' and pulls " +
      "nothing.",
      "not_used b -: The kubelet cannot read it and pulls nothing: it is not valid JSON.",
    ],
    findings: ["pull_secret_unreadable"],
  },
  {
    what: "a service account without pull secrets in a namespace that has one",
    named: [],
    there: { others: [fakePullSecret("a", entries("ghcr.io", "quay.io")), pullSecretOf("b", "{")] },
    candidates: [
      "not_used a ghcr.io: Its key matches the image, but the service account does not name the secret.",
    ],
    findings: ["pull_secret_not_named"],
  },
  {
    what: "a missing service account",
    named: [],
    there: { hasAccount: false },
    candidates: [],
    findings: ["service_account_missing"],
  },
  {
    what: "plain HTTP for this registry, and not for others",
    named: [fakePullSecret("a", entries("http://ghcr.io", "http://quay.io"))],
    candidates: [
      "used a http://ghcr.io: Its key matches the image.",
      "not_used a http://quay.io: It is for another registry.",
    ],
    findings: ["plain_http_registry"],
  },
];

for (const { what, named, there, candidates, findings = [] } of rows) {
  Deno.test(`an image is explained: ${what}`, () => {
    const explanation = explained(named, there);
    deepEqual(
      explanation.candidates.map(({ state, name, key = "-", why }) =>
        `${state} ${name} ${key}: ${why}`
      ),
      candidates,
    );
    deepEqual(explanation.findings.map(({ code }) => code), findings);
    const used = explanation.candidates.find(({ state }) => state === "used");
    equal(explanation.used?.name, used?.name);
    equal(explanation.used?.key, used?.key);
    equal(explanation.ambiguous, false);
    doesNotMatch(JSON.stringify(explanation), new RegExp(CANARY));
  });
}

Deno.test("two different logins under keys that the kubelet treats as equal are ambiguous", () => {
  const { used, ambiguous, candidates, findings } = explained([
    fakePullSecret("a", { "ghcr.io": login("one"), "https://ghcr.io/v2/": login("two") }),
    fakePullSecret("b", entries("ghcr.io")),
  ]);
  equal(ambiguous, true);
  equal(used!.name, "a");
  deepEqual(candidates.map(({ state }) => state), ["possible", "possible", "next"]);
  deepEqual(findings.map(({ code }) => code), ["login_by_chance"]);
});

Deno.test("the same login under two such keys is not ambiguous", () => {
  const { ambiguous, candidates } = explained([
    fakePullSecret("a", entries("ghcr.io", "https://ghcr.io/v2/")),
  ]);
  equal(ambiguous, false);
  deepEqual(candidates.map(({ state }) => state), ["used", "next"]);
});

Deno.test("a secret that is named twice is listed once", () => {
  const named = [fakePullSecret("a", entries("ghcr.io"))];
  equal(explained(named, { names: ["a", "a"] }).candidates.length, 1);
});

Deno.test("a user name that is a token is masked, and a password in a key is left out", () => {
  const { used } = explained([
    fakePullSecret("a", {
      [`https://u:${CANARY}@ghcr.io`]: login(`ghp_${"x".repeat(36)}`, "x-oauth-basic"),
    }),
  ]);
  doesNotMatch(JSON.stringify(used), /not-a-secret|xxxx/);
});
