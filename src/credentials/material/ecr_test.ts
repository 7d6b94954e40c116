import assert from "node:assert/strict";
import { ecrHint, ecrRegistry } from "./ecr.ts";

const HOSTS: [host: string, region: string | undefined][] = [
  ["123456789012.dkr.ecr.eu-west-1.amazonaws.com", "eu-west-1"],
  ["123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", "cn-north-1"],
  ["123456789012.dkr.ecr.us-gov-west-1.amazonaws.com", "us-gov-west-1"],
  ["123456789012.dkr.ecr-fips.us-east-1.amazonaws.com", "us-east-1"],
  ["123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"],
  ["123456789012.dkr-ecr.eu-west-1.on.aws", "eu-west-1"],
  ["123456789012.dkr-ecr-fips.us-east-2.on.aws", "us-east-2"],
  ["123456789012.dkr.ecr.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"],
  ["123456789012.dkr.ecr.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1"],
  ["123456789012.dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk", "eu-isoe-west-1"],
  ["123456789012.dkr.ecr.us-isof-south-1.csp.hci.ic.gov", "us-isof-south-1"],
  ["123456789012.DKR.ECR.EU-WEST-1.amazonaws.com", "eu-west-1"],
  ["dkr.ecr.eu-west-1.amazonaws.com", undefined],
  ["12345678901.dkr.ecr.eu-west-1.amazonaws.com", undefined],
  ["123456789012.dkr.ecr.eu-west-1.amazonaws.com.example.com", undefined],
  ["x123456789012.dkr.ecr.eu-west-1.amazonaws.com", undefined],
  ["123456789012.dkr.ecr..amazonaws.com", undefined],
  ["123456789012.dkr.ecr.eu-west-1xamazonaws.com", undefined],
  ["public.ecr.aws", undefined],
  ["ghcr.io", undefined],
  ["", undefined],
];

for (const [host, region] of HOSTS) {
  Deno.test(`'${host}' is ${region ? `Amazon ECR in ${region}` : "not a private registry of ECR"}`, () => {
    const registry = region && { account: "123456789012", region };
    assert.deepEqual(ecrRegistry(host), registry);
    assert.equal(ecrHint(host, "AWS") === undefined, region === undefined);
  });
}

Deno.test("a credential for ECR gives a hint, and a user name other than AWS gives another one", () => {
  const host = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
  const hint = ecrHint(host, "AWS")!;
  assert.match(hint, /^Amazon ECR passwords expire after 12 hours;/);
  assert.match(hint, /get-login-password --region eu-west-1/);
  assert.equal(ecrHint(host, "aws"), `The user name for Amazon ECR must be AWS. ${hint}`);
});
