import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import {
  askKubelet,
  type PullAnswer,
  type PullCase,
} from "../../scripts/control_plane/ask_kubelet.ts";
import { kubeletReaderIsAtHand } from "../../scripts/control_plane/kubelet_reader.ts";
import { explainPull } from "../../src/credentials/explain/image.ts";
import { imageRepository } from "../../src/credentials/explain/image_name.ts";
import { kubeletConfig } from "../../src/credentials/explain/kubelet_config.ts";
import { loginsInOrder } from "../../src/credentials/explain/kubelet_keyring.ts";
import { pullSecretFindings } from "../../src/credentials/explain/pull_secret_findings.ts";
import { fakePullSecret } from "../../src/credentials/fake/pull_secret.ts";
import type { StoredSecret } from "../../src/kube/store.ts";
import { seal } from "../../src/log/sealed.ts";
import { pullCase } from "./pull_cases.ts";

/** This program predicts what kubelet's own code does, in each of thousands of cases. */

const ignore = !await kubeletReaderIsAtHand();

/** The seed of all generated cases: it reproduces a failure. */
const SEED = 20261130;
const CASES = 6000;

/** Logins that are tried in any order are in one sorted list. */
type Expected = Omit<PullAnswer, "tries"> & { readonly tries: readonly (readonly string[])[] };

function expected({ image, secrets }: PullCase): Expected {
  const repository = imageRepository(image);
  if (!repository.ok) return { repository: "", failed: "image", tries: [] };
  const configs = secrets.map(({ name, type, data }) => ({
    name,
    config: kubeletConfig({ type, data: seal(data) }),
  }));
  if (configs.some(({ config }) => config.kind === "unreadable")) {
    return { repository: repository.value, failed: "secrets", tries: [] };
  }
  const holders = configs.flatMap(({ name, config }) =>
    config.kind === "logins" ? [{ source: name, logins: config.logins }] : []
  );
  const tries = loginsInOrder(holders, repository.value).map(({ source, logins }) =>
    logins.map(({ username, password }) => lineOf(source, username, password.reveal())).sort()
  );
  return { repository: repository.value, tries };
}

const lineOf = (...parts: string[]) => JSON.stringify(parts);

/** Kubelet's result in the form of {@link expected}, with the same groups. */
function grouped({ tries, ...rest }: PullAnswer, like: Expected): Expected {
  const lines = tries.map(({ secret, username, password }) => lineOf(secret, username, password));
  const groups = like.tries.map(({ length }) => lines.splice(0, length).sort());
  return { ...rest, tries: lines.length === 0 ? groups : [...groups, lines] };
}

/** The explanation of a case starts with what kubelet tries first, and shows no password. */
function assertTold({ image, secrets }: PullCase, { repository, failed, tries }: PullAnswer): void {
  if (failed === "image") return;
  const named = secrets.map(({ name, type, data }): StoredSecret => ({
    ...fakePullSecret(name, {}),
    type,
    data: seal(data),
  }));
  const names = named.map(({ name }) => name);
  const account = { namespace: "team", name: "default", pullSecrets: names };
  const told = explainPull(
    { image, repository, namespace: "team", serviceAccount: "default" },
    { account, named, others: [] },
  );
  assert.equal(told.used?.name, tries[0]?.secret);
  assert.equal(told.failed !== null, failed === "secrets");
  const count = told.candidates.filter(({ state }) => state !== "not_used").length;
  assert.equal(count, tries.length);
  const found = pullSecretFindings(named, [account], { argocdNamespace: "team" });
  const shown = JSON.stringify([told, found]);
  for (const password of shown.matchAll(UUID)) assert.fail(`shows ${password[0]}`);
}

/** The form of every generated password. */
const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

Deno.test({
  name: `kubelet's own code tries the expected logins, in the expected order, for ${CASES} images`,
  ignore,
  async fn() {
    const cases = fc.sample(pullCase, { numRuns: CASES, seed: SEED });
    const answers = await askKubelet(cases);
    const failed = cases.flatMap((each, i) => {
      const ours = expected(each);
      const theirs = grouped(answers[i]!, ours);
      return isDeepStrictEqual(ours, theirs) ? [] : [{ ...each, ours, theirs }];
    });
    const [first] = failed.map((each) => JSON.stringify(each, undefined, 1))
      .sort((a, b) => a.length - b.length);
    assert.equal(first ?? "", "", `${failed.length} of ${CASES}, seed ${SEED}`);
    cases.forEach((each, i) => assertTold(each, answers[i]!));
    // The sample must not be trivial.
    const count = (is: (answer: PullAnswer) => boolean) => answers.filter(is).length;
    assert.ok(count(({ tries }) => tries.length === 1) > 300, "too few images have a login");
    assert.ok(count(({ tries }) => tries.length > 1) > 100, "too few images have several logins");
    assert.ok(count(({ tries, failed }) => tries.length === 0 && !failed) > 1000);
    assert.ok(count(({ failed }) => failed === "secrets") > 300);
    assert.ok(count(({ failed }) => failed === "image") > 300);
  },
});
