import assert from "node:assert/strict";
import { makeAuthority } from "../../scripts/control_plane/certificates.ts";
import { seal } from "../../src/log/sealed.ts";
import type { RegistryCredential } from "../../src/verify/verdict.ts";
import { makeCanary } from "../support/canary.ts";
import { basicHeader } from "./http_server.ts";
import { dockerRegistry, startRegistry } from "./registry.ts";
import { names, tried } from "./support.ts";
import { pushToken, startTokenServer, type TokenServerOptions } from "./token_server.ts";

function registryTest(sentence: string, fn: () => Promise<void>): void {
  Deno.test({ name: `a real registry: ${sentence}`, ignore: dockerRegistry === undefined, fn });
}

const PLAIN = { insecureHttp: true };

interface TokenWorld {
  readonly host: string;
  readonly port: number;
  readonly realm: string;
  /** The headers that the token server received, in order. */
  shown(): (string | undefined)[];
}

/** A registry with `team/app` and `team/secret`; `alice` may read the first. */
async function withTokens(
  password: string,
  more: Partial<TokenServerOptions>,
  use: (world: TokenWorld) => Promise<void>,
): Promise<void> {
  const pusher = basicHeader("pusher", crypto.randomUUID());
  const users = {
    [basicHeader("alice", password)]: ["team/app"],
    [pusher]: ["team/app", "team/secret"],
  };
  await using tokens = startTokenServer({ users, ...more });
  await using registry = await startRegistry({ auth: tokens.auth });
  for (const repository of ["team/app", "team/secret"]) {
    await registry.push(repository, await pushToken(tokens, pusher, repository));
  }
  const before = tokens.seen.length;
  await use({
    host: registry.host,
    port: registry.port,
    realm: tokens.auth.kind === "token" ? tokens.auth.realm : "",
    shown: () => tokens.seen.slice(before).map(({ authorization }) => authorization),
  });
}

const alice = (host: string, password: string, repository?: string): RegistryCredential => ({
  kind: "registry",
  host,
  username: "alice",
  password: seal(password),
  repository,
  transport: PLAIN,
});

registryTest("a credential that the token server accepts is accepted", async () => {
  const { value } = makeCanary();
  await withTokens(value, {}, async ({ host, shown }) => {
    assert.deepEqual(await tried(alice(host, value)), {
      reachable: true,
      accepted: true,
      may: [],
      status: 200,
      asked: `http://${host}/v2/`,
      why: "The registry accepts the credential",
    });
    assert.deepEqual(shown(), [basicHeader("alice", value)]);
  });
});

registryTest("a credential that the token server rejects is not accepted", async () => {
  const { value } = makeCanary();
  await withTokens("another", {}, async ({ host }) => {
    const { reachable, accepted, why } = await tried(alice(host, value, "team/app"));
    assert.deepEqual([reachable, accepted], [true, false]);
    assert.equal(why, "The registry's token server refuses the credential (401 Unauthorized)");
  });
});

registryTest("an anonymous token does not make a credential accepted", async () => {
  const { value } = makeCanary();
  await withTokens("another", { open: ["team/app"] }, async ({ host }) => {
    assert.equal((await tried(alice(host, value, "team/app"))).accepted, false);
    const nobody = await tried({
      kind: "registry",
      host,
      repository: "team/app",
      transport: PLAIN,
    });
    assert.deepEqual([nobody.accepted, nobody.may], [undefined, ["read team/app"]]);
    assert.equal(nobody.open, true);
    const without = await tried({ kind: "registry", host, transport: PLAIN });
    assert.deepEqual([without.accepted, without.open], [undefined, undefined]);
    assert.equal(without.why, "The registry requires a credential, and none was given");
  });
});

const READS: [repository: string, may: string[], why: string][] = [
  ["team/app", ["read team/app"], ": repository team/app can be read"],
  ["team/secret", [], "but access to repository team/secret is denied"],
  ["team", [], "but access to repository team is denied"],
];

for (const [repository, may, why] of READS) {
  registryTest(`access to ${repository} is reported`, async () => {
    const { value } = makeCanary();
    await withTokens(value, {}, async ({ host }) => {
      const verdict = await tried(alice(host, value, repository));
      assert.deepEqual([verdict.accepted, verdict.may], [true, may]);
      assert.ok(verdict.why.endsWith(why), verdict.why);
      assert.equal(verdict.asked, `http://${host}/v2/${repository}/tags/list`);
    });
  });
}

registryTest("a path that is not a repository is reported as not found", async () => {
  const { value } = makeCanary();
  const users = { [basicHeader("alice", value)]: ["team/charts"] };
  await using tokens = startTokenServer({ users });
  await using registry = await startRegistry({ auth: tokens.auth });
  const verdict = await tried(alice(registry.host, value, "team/charts"));
  assert.deepEqual([verdict.accepted, verdict.may], [true, []]);
  assert.match(verdict.why, /but repository team\/charts was not found or is not accessible$/);
});

registryTest(
  "a token server in the registry's domain gets the credential, another one does not",
  async () => {
    const { value } = makeCanary();
    const rows: [realm: string, accepted: boolean | undefined, shown: number][] = [
      ["auth.example.test", true, 1],
      ["auth.stranger.test", undefined, 0],
    ];
    for (const [realmHost, accepted, times] of rows) {
      await withTokens(value, { host: realmHost }, async ({ port, shown, realm }) => {
        const host = `registry.example.test:${port}`;
        const resolve = names({
          "registry.example.test": ["127.0.0.1"],
          [realmHost]: ["127.0.0.1"],
        });
        const verdict = await tried(alice(host, value), { resolve });
        assert.equal(verdict.accepted, accepted);
        assert.equal(shown().length, times);
        if (times) return;
        assert.equal(
          verdict.why,
          `The credential was not sent to ${
            new URL(realm).host
          }, the registry's token server, because ` +
            "it belongs to another domain",
        );
      });
    }
  },
);

registryTest("the token server is subject to the address rules too", async () => {
  const { value } = makeCanary();
  await withTokens(value, { host: "auth.example.test" }, async ({ port, shown }) => {
    const resolve = names({
      "registry.example.test": ["127.0.0.1"],
      "auth.example.test": ["127.0.0.1", "169.254.169.254"],
    });
    const verdict = await tried(alice(`registry.example.test:${port}`, value), { resolve });
    assert.deepEqual([verdict.reachable, verdict.accepted], [true, undefined]);
    assert.match(
      verdict.why,
      /^Request to auth\.example\.test:\d+ failed: sending credentials to a metadata service/,
    );
    assert.deepEqual(shown(), []);
  });
});

registryTest("with Basic auth the right password is accepted, and another one is not", async () => {
  await using registry = await startRegistry({ auth: { kind: "basic" } });
  const { host, password } = registry;
  await registry.push("team/app", basicHeader("docker", password));
  const credential: RegistryCredential = {
    kind: "registry",
    host,
    username: "docker",
    password: seal(password),
    repository: "team/app",
    transport: PLAIN,
  };
  const right = await tried(credential);
  assert.deepEqual([right.accepted, right.may], [true, ["read team/app"]]);
  const other = await tried({ ...credential, repository: "team/other" });
  assert.deepEqual([other.accepted, other.may], [true, []]);
  const wrong = await tried({ ...credential, password: seal(makeCanary().value) });
  assert.equal(wrong.accepted, false);
  assert.equal(wrong.why, "The registry refuses the credential (401 Unauthorized)");
  const none = await tried({ kind: "registry", host, transport: PLAIN });
  assert.equal(none.accepted, undefined);
});

registryTest(
  "a registry that requires no credential proves nothing about a credential",
  async () => {
    const { value } = makeCanary();
    await using registry = await startRegistry({ auth: { kind: "none" } });
    await registry.push("team/app");
    const whole = await tried(alice(registry.host, value));
    assert.deepEqual([whole.reachable, whole.accepted, whole.open], [true, undefined, true]);
    assert.equal(whole.why, "The registry requires no credential");
    const one = await tried(alice(registry.host, value, "team/app"));
    assert.deepEqual([one.accepted, one.may], [undefined, ["read team/app"]]);
    const other = await tried(alice(registry.host, value, "team/other"));
    assert.deepEqual([other.accepted, other.may], [undefined, []]);
  },
);

registryTest(
  "a registry that requires a client certificate gets the given one, and rejects others",
  async () => {
    const authority = makeAuthority("test authority");
    const tls = authority.issue({
      commonName: "r",
      for: "server",
      hosts: ["registry.example.test"],
    });
    await using registry = await startRegistry({
      auth: { kind: "none" },
      tls,
      clientAuthority: authority.certificate,
    });
    const resolve = names({ "registry.example.test": ["127.0.0.1"] });
    const own = authority.issue({ commonName: "client", for: "client" });
    const strange = makeAuthority("stranger").issue({ commonName: "client", for: "client" });
    const disagrees =
      /: it rejected the client certificate, or requires one \(tls: bad certificate\)$/;
    const noPair = /: the client certificate and key are not a matching PEM pair$/;
    const rows: [what: string, certified: typeof own | undefined, why: RegExp][] = [
      ["its own", own, /^The registry requires no credential$/],
      ["a stranger's", strange, disagrees],
      ["none", undefined, disagrees],
      ["another's key", { ...own, key: strange.key }, noPair],
      ["no certificate", { certificate: makeCanary().value, key: makeCanary().value }, noPair],
    ];
    for (const [what, certified, why] of rows) {
      const verdict = await tried({
        kind: "registry",
        host: `registry.example.test:${registry.port}`,
        transport: {
          tlsCa: authority.certificate,
          ...(certified && {
            tlsClientCert: seal(certified.certificate),
            tlsClientKey: seal(certified.key),
          }),
        },
      }, { resolve });
      assert.match(verdict.why, why, what);
      assert.equal(verdict.reachable, certified === own);
      assert.ok(!certified || !verdict.why.includes(certified.key.slice(0, 20)));
    }
  },
);

registryTest(
  "the client certificate is shown to the registry only, not to a proxy in between",
  async () => {
    const authority = makeAuthority("test authority");
    const tls = authority.issue({ commonName: "p", for: "server", hosts: ["proxy.test"] });
    // A server in place of the proxy that requests a client certificate.
    await using proxy = await startRegistry({
      auth: { kind: "none" },
      tls,
      clientAuthority: authority.certificate,
    });
    const own = authority.issue({ commonName: "client", for: "client" });
    const { reachable, why } = await tried({
      kind: "registry",
      host: "registry.test",
      transport: {
        tlsCa: authority.certificate,
        tlsClientCert: seal(own.certificate),
        tlsClientKey: seal(own.key),
        proxy: `https://proxy.test:${proxy.port}`,
      },
    }, { resolve: names({ "proxy.test": ["127.0.0.1"] }) });
    assert.equal(reachable, false);
    assert.match(
      why,
      /: it rejected the client certificate, or requires one \(tls: bad certificate\)$/,
    );
  },
);
