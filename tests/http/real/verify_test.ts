import assert from "node:assert/strict";
import { makeAuthority } from "../../../scripts/control_plane/certificates.ts";
import { uniqueName } from "../../support/api_objects.ts";
import { assertAnswer, type RealProgram, realTests } from "../../support/real_program.ts";
import { makeAppKey, startGitHubServer } from "../../verify/github_server.ts";
import { hasGit, startGitServer } from "../../verify/git_server.ts";
import { startHelmServer } from "../../verify/helm_server.ts";
import { basicHeader, serve } from "../../verify/http_server.ts";
import { dockerRegistry, startRegistry } from "../../verify/registry.ts";
import { pushToken, startTokenServer } from "../../verify/token_server.ts";

const { realTestWith } = realTests((test) => Deno.test(test));

/** Credentials verified at real servers on this machine over HTTP, and written or not. */

const ALLOWED = { "verify-allow": ["127.0.0.0/8"] };

/** A server that may accept a credential or not. */
interface Place extends AsyncDisposable {
  /** The repository: type, URL and options. */
  readonly repository: Readonly<Record<string, unknown>> & { readonly url: string };
  /** The result when it accepts the credential. */
  readonly accepted: Readonly<Record<string, unknown>>;
  /** The result when it refuses it. */
  readonly refused: Readonly<Record<string, unknown>>;
}

type Start = (password: string) => Promise<Place>;

const login = (password: string) => ({ username: "alice", password });

const git: Start = async (password) => {
  const server = await startGitServer({ visitors: [basicHeader("alice", password)] });
  const asked = `${server.repository}/info/refs`;
  return {
    repository: { type: "git", url: server.repository },
    accepted: {
      asked,
      may: ["read team/app.git"],
      message: "The repository accepts the credential: it can be read",
    },
    refused: {
      asked,
      may: [],
      message: "The repository refuses the credential (401 Unauthorized)",
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
};

const charts: Start = async (password) => {
  const server = await startHelmServer({ visitors: [basicHeader("alice", password)] });
  const url = `${server.url}/charts`;
  const asked = `${url}/index.yaml`;
  return {
    repository: { type: "helm", url },
    accepted: {
      asked,
      may: ["list charts (2 entries)"],
      message: "The repository accepts the credential: its charts can be listed",
    },
    refused: {
      asked,
      may: [],
      message: "The repository refuses the credential (401 Unauthorized)",
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
};

const artifacts: Start = async (password) => {
  const pusher = basicHeader("pusher", crypto.randomUUID());
  const users = { [basicHeader("alice", password)]: ["team/app"], [pusher]: ["team/app"] };
  const tokens = startTokenServer({ users });
  const registry = await startRegistry({ auth: tokens.auth });
  await registry.push("team/app", await pushToken(tokens, pusher, "team/app"));
  const asked = `http://${registry.host}/v2/team/app/tags/list`;
  return {
    repository: { type: "oci", url: `oci://${registry.host}/team/app`, insecure_oci_http: true },
    accepted: {
      asked,
      may: ["read team/app"],
      message: "The registry accepts the credential: repository team/app can be read",
    },
    refused: {
      asked,
      may: [],
      message: "The registry's token server refuses the credential (401 Unauthorized)",
    },
    async [Symbol.asyncDispose]() {
      await registry[Symbol.asyncDispose]();
      await tokens[Symbol.asyncDispose]();
    },
  };
};

const PLACES: [what: string, isThere: boolean, start: Start][] = [
  ["a Git server", hasGit, git],
  ["a chart repository", true, charts],
  ["an OCI registry with a token server", dockerRegistry !== undefined, artifacts],
];

const add = (program: RealProgram, name: string, body: object) =>
  program.post("/secrets/add_repo", {
    cluster_name: "administrator",
    name,
    verify: true,
    ...body,
  });

const tried = (at: string, accepted: boolean, more: object) => ({
  at,
  tried: true,
  reachable: true,
  accepted,
  ...more,
});

for (const [what, isThere, start] of PLACES) {
  if (!isThere) {
    Deno.test({ name: `${what} verifies a credential`, ignore: true, fn: () => {} });
    continue;
  }

  realTestWith(ALLOWED, `${what} accepts a right credential, which is written`, async (program) => {
    const { value } = program.canary;
    await using place = await start(value);
    const { repository, accepted } = place;
    const verified = [tried(repository.url, true, accepted)];
    assertAnswer(
      await program.post("/secrets/verify", { ...repository, ...login(value) }),
      200,
      {
        success: true,
        verified,
        message: "Credential accepted (1 of 1 verified)",
      },
    );
    const name = uniqueName("repo");
    const { status, body } = await add(program, name, { ...repository, ...login(value) });
    assert.deepEqual([status, body.verified], [200, verified]);
    assert.equal((await program.stored("argocd", name))?.data.password, value);
  });

  realTestWith(
    ALLOWED,
    `${what} refuses a wrong credential, which is not written`,
    async (program) => {
      await using place = await start(crypto.randomUUID());
      const { repository, refused } = place;
      const { value } = program.canary;
      const verified = [tried(repository.url, false, refused)];
      const message = `Credential refused by ${repository.url}: ${refused.message}`;
      assertAnswer(
        await program.post("/secrets/verify", { ...repository, ...login(value) }),
        422,
        { error: true, message, status_code: 422, code: "credential_refused", verified },
      );
      const name = uniqueName("repo");
      assertAnswer(await add(program, name, { ...repository, ...login(value) }), 422, {
        error: true,
        message: `${message}. Nothing was changed`,
        status_code: 422,
        code: "credential_refused",
        verified,
      });
      assert.equal(await program.find("argocd", name), undefined);
    },
  );

  realTestWith(
    {},
    `without verify-allow the server does not contact ${what} on its own machine`,
    async (program) => {
      const { value } = program.canary;
      await using place = await start(value);
      const { repository } = place;
      const { status, body } = await program.post("/secrets/verify", {
        ...repository,
        ...login(value),
      });
      assert.equal(status, 422);
      const [{ reachable, accepted, message }] = body.verified;
      assert.deepEqual([reachable, accepted], [false, null]);
      assert.match(message, /: sending credentials to a loopback address is not allowed\b/);
      const name = uniqueName("repo");
      assert.equal((await add(program, name, { ...repository, ...login(value) })).status, 422);
      assert.equal(await program.find("argocd", name), undefined);
      const unverified = await add(program, name, {
        ...repository,
        ...login(value),
        verify: false,
      });
      assert.equal(unverified.status, 200, "it is written without verification");
    },
  );
}

realTestWith(
  ALLOWED,
  "a GitHub App is verified at its GitHub Enterprise Server",
  async (program) => {
    const { publicKey, privateKey } = makeAppKey();
    const tls = makeAuthority("nobody's").issue({
      commonName: "github",
      for: "server",
      hosts: ["127.0.0.1"],
    });
    await using server = startGitHubServer({ app: "12", installation: "345", publicKey, tls });
    const app = (installation_id: number) => ({
      type: "git",
      url: `${server.url}/org/app`,
      github_app: {
        id: 12,
        installation_id,
        private_key: privateKey,
        enterprise_url: `${server.url}/api/v3`,
      },
    });
    const ask = (body: object) => program.post("/secrets/verify", body);
    const untrusted = await ask(app(345));
    assert.deepEqual([untrusted.status, untrusted.body.verified[0].reachable], [422, false]);
    const known = await ask({ ...app(345), insecure: true });
    assert.equal(known.status, 200, JSON.stringify(known.body));
    assert.equal(known.body.verified[0].accepted, true);
    // The expiry of the installation token is not that of the key, which does not expire.
    assert.equal(known.body.verified[0].expires, undefined);
    const stranger = await ask({ ...app(346), insecure: true });
    assert.deepEqual([stranger.status, stranger.body.verified[0].accepted], [422, false]);
    const said = program.log.join("") + JSON.stringify([untrusted, known, stranger]);
    for (const line of privateKey.split("\n").filter((line) => line.length > 20)) {
      assert.ok(!said.includes(line));
    }
  },
);

realTestWith(
  ALLOWED,
  "a chart repository without an index prevents the write",
  async (program) => {
    const { value } = program.canary;
    await using server = startHelmServer({ visitors: ["*"], index: "<html>log in</html>" });
    await using nothing = serve(() => new Response(null, { status: 404 }));
    for (const url of [`${server.url}/charts`, nothing.url]) {
      const name = uniqueName("repo");
      const { status, body } = await add(program, name, { type: "helm", url, ...login(value) });
      assert.equal(status, 422, url);
      assert.match(body.message, /^Cannot verify the credential at .*\. Nothing was changed$/);
      assert.deepEqual([body.verified[0].reachable, body.verified[0].accepted], [true, null]);
      assert.equal(await program.find("argocd", name), undefined);
    }
  },
);

realTestWith(
  ALLOWED,
  "one refusing repository of several prevents every write",
  async (program) => {
    const { value } = program.canary;
    await using open = await charts(value);
    await using shut = await charts("another");
    const urls = [open.repository.url, shut.repository.url];
    const name = uniqueName("repos");
    const { status, body } = await add(program, name, { type: "helm", urls, ...login(value) });
    assert.equal(status, 422);
    assert.deepEqual(
      body.verified.map(({ at, accepted }: { at: string; accepted: boolean }) => [at, accepted]),
      [[urls[0], true], [urls[1], false]],
    );
    const { body: list } = await program.get("/secrets?cluster=administrator");
    const names: string[] = list.repository_secrets.map((each: { name: string }) => each.name);
    assert.deepEqual(names.filter((each) => each.startsWith(name)), []);
  },
);
