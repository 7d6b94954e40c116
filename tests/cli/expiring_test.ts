import assert from "node:assert/strict";
import { seed } from "./credentials_seed.ts";
import { type Stage, testsBothWays, THEN } from "./credentials_support.ts";

const bothWays = testsBothWays((test) => Deno.test(test));

/** `expiring`, and how an expiry is set and shown. */

const DAY = 86_400_000;
const inDays = (days: number) =>
  new Date(Math.floor(Date.now() / 1000) * 1000 + days * DAY + 3_600_000).toISOString();

const annotated = ({ emulators: { one }, canary }: Stage, expires: string) =>
  one.cluster.put({
    metadata: {
      namespace: "team-b",
      name: "soon",
      labels: { "mcops.tech/secret-type": "docker-creds" },
      annotations: { "argocd-configurer.io/expires": expires },
    },
    type: "kubernetes.io/dockerconfigjson",
    stringData: {
      ".dockerconfigjson": JSON.stringify({
        auths: { "ghcr.io": { username: "ci", password: canary.value } },
      }),
    },
  });

bothWays(
  "expiring lists credentials that expire soon, soonest first, and exits with 4",
  async (stage) => {
    seed(stage);
    annotated(stage, inDays(12));
    const ended = await stage.run(["expiring", "--cluster", "one,two"]);
    assert.equal(ended.code, 4, ended.stderr);
    assert.equal(
      ended.stdout,
      [
        "EXPIRES   CREDENTIAL    CLUSTERS   SOURCE",
        "in 12d    docker/soon   one        declared",
        "",
      ].join("\n"),
    );
    const wide = await stage.run([
      "expiring",
      "--cluster",
      "one",
      "--within",
      "400d",
      "-o",
      "wide",
    ]);
    assert.equal(wide.code, 4, wide.stderr);
    assert.match(wide.stdout, /^in 12d +docker\/soon +one +declared +20\S+Z +team-b\/soon$/m);
    const names = await stage.run(["expiring", "--cluster", "one", "-o", "name"]);
    assert.deepEqual([names.code, names.stdout], [4, "docker/soon\n"]);
  },
);

bothWays("expiring exits with 0 and a note if nothing expires in the period", async (stage) => {
  annotated(stage, inDays(12));
  const ended = await stage.run(["expiring", "--cluster", "one,two", "--within", "10d"]);
  assert.equal(ended.code, 0, ended.stderr);
  assert.equal(ended.stdout, "");
  assert.match(ended.stderr, /^note: no credential is known to expire within 10d$/m);
});

bothWays(
  "with an unreachable cluster, expiring exits with 3 if it found nothing, and with 4 if it found something",
  async (stage) => {
    const none = await stage.run(["expiring"]);
    assert.equal(none.code, 3, none.stderr);
    assert.match(
      none.stderr,
      /^note: no credential is known to expire within 30d on the clusters that could be read$/m,
    );
    annotated(stage, THEN.toISOString());
    const some = await stage.run(["expiring"]);
    assert.equal(some.code, 4, some.stderr);
    assert.match(some.stdout, /^expired 400d ago +docker\/soon +one +declared$/m);
    assert.match(some.stderr, /^gone: failed: /m);
  },
);

bothWays("expiring --within accepts only a duration", async (stage) => {
  const ended = await stage.run(["expiring", "--within", "soon"]);
  assert.equal(ended.code, 2, ended.stdout);
  assert.match(ended.stderr, /--within must be a duration: 30d, 12h, 90m or 60s/);
});

bothWays(
  "an expiry is set by a flag, stored with the secret, and shown in lists",
  async (stage) => {
    seed(stage);
    const at = inDays(40);
    const added = await stage.run([
      ...["docker", "add", "--cluster", "one", "--name", "new", "--username", "ci"],
      ...["--password-stdin", "--namespaces", "team-b", "--expires", at],
    ], { stdin: stage.canary.value });
    assert.equal(added.code, 0, added.stderr);
    const listed = await stage.run(["secrets", "one"]);
    assert.match(listed.stdout, /^NAMESPACE +NAME +KIND +TYPE +URL +EXPIRES +AGE$/m);
    assert.match(listed.stdout, /^team-b +new +docker +<none> +<none> +in 40d +\S+$/m);
    assert.match(listed.stdout, /^team-a +pull +docker +<none> +<none> +<none> +400d$/m);
    const within = ["fleet", "--cluster", "one", "--expires-within"];
    const none = await stage.run([...within, "39d", "-o", "name"]);
    assert.deepEqual([none.code, none.stdout], [0, ""], none.stderr);
    // A filter by expiry shows credentials that are the same everywhere too.
    const fleet = await stage.run([...within, "41d", "-o", "wide"]);
    assert.match(
      fleet.stdout,
      /^docker +new +same +[=] A +\S.* in 40d +not verified +argocd, team-b$/m,
    );
  },
);
