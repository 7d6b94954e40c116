import assert from "node:assert/strict";
import { whyNotRealm } from "./realm.ts";

const STRANGER = "belongs to another domain";
const PLAIN = "does not use https";

const ROWS: [registry: string, realm: string, why: string | undefined][] = [
  ["https://registry-1.docker.io", "https://auth.docker.io/token", undefined],
  ["https://ghcr.io", "https://ghcr.io/token", undefined],
  ["https://registry.gitlab.com", "https://gitlab.com/jwt/auth", undefined],
  ["https://registry.example.com:5000", "https://registry.example.com:5001/token", undefined],
  ["https://registry.connect.redhat.com", "https://sso.redhat.com/auth", undefined],
  ["https://rg.fr-par.scw.cloud", "https://api.scaleway.com/registry-internal", undefined],
  ["https://a.scw.cloud", "https://b.scw.cloud", STRANGER],
  ["https://api.scaleway.com", "https://rg.fr-par.scw.cloud", STRANGER],
  ["https://ghcr.io", "https://evil.example/token", STRANGER],
  ["https://ghcr.io", "https://ghcr.io.evil.example/token", STRANGER],
  ["https://ghcr.io", "https://evilghcr.io/token", STRANGER],
  ["https://registry.shop.co.uk", "https://auth.shop.co.uk", undefined],
  ["https://registry.shop.co.uk", "https://auth.other.co.uk", STRANGER],
  ["https://registry.shop.com.au", "https://other.com.au", STRANGER],
  ["https://co.uk", "https://other.co.uk", STRANGER],
  ["https://one.azurecr.io", "https://two.azurecr.io/oauth2/token", STRANGER],
  ["https://one.azurecr.io", "https://one.azurecr.io/oauth2/token", undefined],
  [
    "https://1.dkr.ecr.eu-west-1.amazonaws.com",
    "https://2.dkr.ecr.eu-west-1.amazonaws.com/",
    STRANGER,
  ],
  ["https://registry.one.svc.cluster.local", "https://auth.two.svc.cluster.local", STRANGER],
  ["https://registry", "https://auth", STRANGER],
  ["https://10.0.0.1", "https://10.0.0.2", STRANGER],
  ["https://10.0.0.1", "https://10.0.0.1:8443", undefined],
  ["https://[fd12::1]", "https://[fd12::1]:8443", undefined],
  ["https://ghcr.io", "http://ghcr.io/token", PLAIN],
  ["http://registry.example.com", "http://auth.example.com", undefined],
  ["http://registry.example.com", "https://auth.example.com", undefined],
  ["http://registry.example.com", "ftp://auth.example.com", PLAIN],
  ["https://ghcr.io", "file:///etc/passwd", PLAIN],
];

for (const [registry, realm, why] of ROWS) {
  Deno.test(`the credential of ${registry} ${why ? `is not sent to ${realm}: it ${why}` : `is sent to ${realm}`}`, () => {
    assert.equal(whyNotRealm(new URL(registry), new URL(realm)), why);
  });
}
