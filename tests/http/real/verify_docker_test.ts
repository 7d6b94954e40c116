import assert from "node:assert/strict";
import { type Authority, makeAuthority } from "../../../scripts/control_plane/certificates.ts";
import { controlPlaneFromEnv } from "../../../scripts/control_plane/connect.ts";
import { folder, listening, program } from "../../cli/support.ts";
import { bystander, uniqueName } from "../../support/api_objects.ts";
import { makeCanary } from "../../support/canary.ts";
import { assertDocumented } from "../documented.ts";
import { basicHeader } from "../../verify/http_server.ts";
import { dockerRegistry, type Registry, startRegistry } from "../../verify/registry.ts";
import { startTokenServer, type TokenServer } from "../../verify/token_server.ts";

/**
 * A pull credential is verified at a real registry over HTTPS and then written or not. The program runs
 * as a process that trusts the registry's certificate by NODE_EXTRA_CA_CERTS.
 */

const plane = controlPlaneFromEnv();

interface World {
  readonly registry: Registry;
  readonly tokens: TokenServer;
  /** Sends JSON. */
  post(path: string, body: object): Promise<{ status: number; body: Json }>;
}

// deno-lint-ignore no-explicit-any -- answers of many shapes
type Json = any;

function serverCertificate(authority: Authority) {
  return authority.issue({ commonName: "server", for: "server", hosts: ["127.0.0.1"] });
}

/** A registry that accepts this password for `alice`, and the program. */
async function withProgram(
  password: string,
  config: object,
  use: (world: World) => Promise<void>,
): Promise<void> {
  const authority = makeAuthority("registries");
  const users = { [basicHeader("alice", password)]: ["team/app"] };
  await using tokens = startTokenServer({ users, tls: serverCertificate(authority) });
  await using registry = await startRegistry({
    auth: tokens.auth,
    tls: serverCertificate(authority),
  });
  await using place = await folder();
  const kubeconfig = await Deno.readTextFile(plane!.kubeconfigs.administrator);
  await place.write("administrator.kubeconfig", kubeconfig);
  const settings = { "clusters-folder": place.path, transport: "api", ...config };
  const configFile = await place.write("config.yaml", JSON.stringify(settings)); // JSON is YAML
  await using running = program(["serve", "--port", "0", "--config", configFile], {
    env: { NODE_EXTRA_CA_CERTS: await place.write("authority.pem", authority.certificate) },
  });
  const url = await listening(running);
  const texts: string[] = [];
  await use({
    registry,
    tokens,
    async post(path, body) {
      const request = new Request(url + path, { method: "POST", body: JSON.stringify(body) });
      const response = await fetch(request.clone());
      const text = await response.text();
      texts.push(text);
      await assertDocumented(request, response.status, JSON.parse(text));
      return { status: response.status, body: JSON.parse(text) };
    },
  });
  running.kill("SIGTERM");
  const { stderr } = await running.ended;
  for (const line of [...texts, stderr]) {
    assert.ok(!line.includes(password) && !line.includes(btoa(`alice:${password}`)));
  }
}

function registryTest(sentence: string, fn: () => Promise<void>): void {
  const ignore = plane === undefined || dockerRegistry === undefined;
  Deno.test({ name: `a real registry: ${sentence}`, ignore, fn });
}

const ALLOWED = { "verify-allow": ["127.0.0.1"] };

/** A request to write it to its own namespace. */
async function request(registry: string, password: string) {
  const namespace = await bystander(plane!.request).namespace();
  const name = uniqueName("pull");
  const login = { registry, username: "alice", password };
  const body = {
    cluster_name: "administrator",
    name,
    namespaces: namespace,
    verify: true,
    ...login,
  };
  return {
    login,
    body,
    isWritten: async () =>
      await bystander(plane!.request).find(namespace, name) !== undefined ||
      await bystander(plane!.request).find("argocd", name) !== undefined,
  };
}

registryTest("an accepted login is written", () => {
  const { value } = makeCanary();
  return withProgram(value, ALLOWED, async ({ registry: { host }, post }) => {
    const { login, body, isWritten } = await request(host, value);
    const verified = [{
      at: host,
      tried: true,
      asked: `https://${host}/v2/`,
      reachable: true,
      accepted: true,
      may: [],
      message: "The registry accepts the credential",
    }];
    assert.deepEqual(await post("/secrets/verify", login), {
      status: 200,
      body: {
        success: true,
        verified,
        message: "Credential accepted (1 of 1 verified)",
      },
    });
    assert.equal(await isWritten(), false, "a verification writes nothing");
    const added = await post("/secrets/add_docker", body);
    assert.deepEqual([added.status, added.body.verified], [200, verified]);
    assert.equal(await isWritten(), true);
  });
});

registryTest("a refused login is not written", () => {
  const { value } = makeCanary();
  return withProgram("another", ALLOWED, async ({ registry: { host }, post }) => {
    const { login, body, isWritten } = await request(host, value);
    const message = `Credential refused by ${host}: The registry's token server ` +
      "refuses the credential (401 Unauthorized)";
    const tried = await post("/secrets/verify", login);
    assert.deepEqual([tried.status, tried.body.message], [422, message]);
    const { status, body: answer } = await post("/secrets/add_docker", body);
    assert.deepEqual([status, answer.message], [422, `${message}. Nothing was changed`]);
    assert.deepEqual(answer.verified, tried.body.verified);
    assert.equal(await isWritten(), false);
  });
});

registryTest("without allowed hosts no server on this machine is contacted", () => {
  const { value } = makeCanary();
  return withProgram(value, {}, async ({ registry: { host }, tokens, post }) => {
    const { login, body, isWritten } = await request(host, value);
    const tried = await post("/secrets/verify", login);
    assert.equal(tried.status, 422);
    assert.match(tried.body.message, /^Cannot verify the credential at .* loopback address/);
    assert.equal((await post("/secrets/add_docker", body)).status, 422);
    assert.equal(await isWritten(), false);
    assert.deepEqual(tokens.seen, []);
  });
});

registryTest("one login of several that cannot be verified prevents every write", () => {
  const { value } = makeCanary();
  return withProgram(value, ALLOWED, async ({ registry: { host, port }, post }) => {
    const { login, body, isWritten } = await request(host, value);
    const { registry: _registry, username: _username, password: _password, ...rest } = body;
    const registries = [login, { ...login, registry: `localhost:${port}` }];
    const { status, body: answer } = await post("/secrets/add_docker", { ...rest, registries });
    assert.equal(status, 422);
    assert.deepEqual(
      answer.verified.map(({ at, reachable, accepted }: Json) => [at, reachable, accepted]),
      [[host, true, true], [`localhost:${port}`, false, null]],
    );
    assert.equal(await isWritten(), false);
  });
});
