import assert from "node:assert/strict";
import { makeAuthority } from "../../scripts/control_plane/certificates.ts";
import { seal } from "../../src/log/sealed.ts";
import { makeCanary } from "../support/canary.ts";
import { startHelmServer } from "./helm_server.ts";
import { basicHeader, serve } from "./http_server.ts";
import { helmLogin, names, tried } from "./support.ts";

/** A redirect does not lead a credential to another host. */

const authority = makeAuthority("test authority");
const tls = authority.issue({ commonName: "x", for: "server", hosts: ["charts.test"] });

Deno.test("redirects to the same host are followed with the credential, at most three", async () => {
  const { value } = makeCanary();
  await using server = serve((request) => {
    const url = new URL(request.url);
    const left = Number(url.searchParams.get("left") ?? 3);
    if (left > 0) return Response.redirect(new URL(`/again?left=${left - 1}`, url), 302);
    return new Response("apiVersion: v1\nentries: {}\n");
  });
  const verdict = await tried(helmLogin(server.url, value));
  assert.deepEqual(verdict.may, ["list charts (0 entries)"]);
  assert.deepEqual(
    server.seen.slice(4).map(({ authorization }) => authorization),
    Array(4).fill(basicHeader("alice", value)),
  );
  await using endless = serve((request) => Response.redirect(request.url, 307));
  const lost = await tried(helmLogin(endless.url, value));
  assert.deepEqual([lost.reachable, lost.accepted], [true, undefined]);
  assert.match(lost.why, /: too many redirects$/);
  // First anonymous, then with the credential: a request and its three redirects.
  assert.equal(endless.seen.length, 8);
});

Deno.test("a redirect to https on the same host is followed, one back to http is not", async () => {
  const { value } = makeCanary();
  let target = "";
  await using secure = startHelmServer({ visitors: ["*"], tls });
  await using plain = serve(() => Response.redirect(target, 301));
  target = `https://charts.test:${secure.port}/charts/index.yaml`;
  const options = { resolve: names({ "charts.test": ["127.0.0.1"] }) };
  const trusting = { tlsCa: authority.certificate };
  const up = await tried(helmLogin(`http://charts.test:${plain.port}`, value, trusting), options);
  // Another port is another server, unless it is the default port of the scheme.
  assert.match(up.why, /it redirects to https:\/\/charts\.test:\d+ \(the credential was not/);
  assert.deepEqual(secure.seen, []);

  await using from = serve(() => Response.redirect(target, 301), { tls });
  target = `http://charts.test:${from.port}/charts/index.yaml`;
  const down = await tried(
    helmLogin(`https://charts.test:${from.port}`, value, trusting),
    options,
  );
  assert.match(down.why, /it redirects to http:\/\/charts\.test:\d+ \(the credential was not/);
});

Deno.test("a redirect to another host is not followed, and the host is reported", async () => {
  const { value } = makeCanary();
  await using other = serve(() => new Response("apiVersion: v1\nentries: {}\n"));
  await using server = serve((request) =>
    request.headers.has("authorization")
      ? Response.redirect(`http://other.test:${other.port}/x?secret=1`, 302)
      : new Response(null, { status: 401 })
  );
  const url = `http://charts.test:${server.port}`;
  const known = names({ "charts.test": ["127.0.0.1"], "other.test": ["127.0.0.1"] });
  const verdict = await tried(helmLogin(url, value), { resolve: known });
  assert.deepEqual([verdict.reachable, verdict.accepted], [true, undefined]);
  assert.equal(
    verdict.why,
    `Request to charts.test:${server.port} failed: it redirects to http://other.test:${other.port} ` +
      "(the credential was not sent there)",
  );
  assert.deepEqual(other.seen, []);
});

Deno.test("another port of the host, or a name similar to the host's, is another host", async () => {
  const { value } = makeCanary();
  let target = "";
  await using other = serve(() => new Response("apiVersion: v1\nentries: {}\n"));
  await using server = serve((request) =>
    request.headers.has("authorization")
      ? Response.redirect(target, 302)
      : new Response(null, { status: 401 })
  );
  const alike = ["charts.test.other.test", "charts.tes", "xcharts.test", "test", "x.charts.test"];
  const known = Object.fromEntries(
    ["charts.test", ...alike].map((host) => [host, ["127.0.0.1"]]),
  );
  const targets = [
    `http://charts.test:${other.port}`,
    ...alike.map((host) => `http://${host}:${server.port}`),
  ];
  for (target of targets) {
    const credential = helmLogin(`http://charts.test:${server.port}`, value);
    const { why } = await tried(credential, { resolve: names(known) });
    assert.ok(
      why.endsWith(`: it redirects to ${target} (the credential was not sent there)`),
      why,
    );
  }
  assert.deepEqual(other.seen, []);
  assert.deepEqual([...new Set(server.seen.map(({ host }) => host))], [
    `charts.test:${server.port}`,
  ]);
});

Deno.test("a token server outside the registry's domain gets no request", async () => {
  const { value } = makeCanary();
  await using stranger = serve(() => Response.json({ token: "x" }));
  const realm = `http://auth.other.test:${stranger.port}/token`;
  await using registry = serve(() =>
    new Response(null, { status: 401, headers: { "www-authenticate": `Bearer realm="${realm}"` } })
  );
  const known = names({ "registry.test": ["127.0.0.1"], "auth.other.test": ["127.0.0.1"] });
  const { accepted, why } = await tried({
    kind: "registry",
    host: `registry.test:${registry.port}`,
    username: "alice",
    password: seal(value),
    transport: { insecureHttp: true },
  }, { resolve: known });
  assert.equal(accepted, undefined);
  assert.match(
    why,
    /^The credential was not sent to auth\.other\.test:\d+, .* belongs to another domain$/,
  );
  assert.deepEqual(stranger.seen, []);
  assert.ok(registry.seen.every(({ authorization }) => authorization === undefined));
});

Deno.test("a redirect to a login page counts as private, so that the credential is accepted", async () => {
  const { value } = makeCanary();
  await using server = serve((request) =>
    request.headers.has("authorization")
      ? new Response("apiVersion: v1\nentries: {}\n")
      : Response.redirect("http://login.test/", 302)
  );
  assert.equal((await tried(helmLogin(server.url, value))).accepted, true);
});

Deno.test("a redirect to a host that contains the password is reported without that host", async () => {
  const { value } = makeCanary();
  await using server = serve((request) => {
    const shown = request.headers.get("authorization");
    if (!shown) return new Response(null, { status: 401 });
    const [, password] = new TextDecoder().decode(Uint8Array.fromBase64(shown.slice(6))).split(":");
    return Response.redirect(`http://${password}.other.test/`, 302);
  });
  const { why } = await tried(helmLogin(server.url, value));
  assert.match(
    why,
    /: it redirects to http:\/\/another host \(the credential was not sent there\)$/,
  );
});
