import assert from "node:assert/strict";
import { assertTakesLess } from "../../tests/support/takes_less.ts";
import { beginningOfToken, maskTokens } from "./token_shapes.ts";

/** Made up, each of a token's shape. */
const secret = (length: number) =>
  Array.from({ length }, (_, i) => "Fake1Not2Real3"[i % 14]).join("");

const TOKENS: [token: string, shown: string][] = [
  ...[
    ..."pousr",
  ].map((kind): [string, string] => [`gh${kind}_${secret(36)}`, `gh${kind}_***`]),
  [`github_pat_${secret(22)}_${secret(59)}`, "github_pat_***"],
  ...["glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "dckr_pat_", "dckr_oat_", "xoxb-", "dop_v1_"]
    .map((begin): [string, string] => [begin + secret(26), `${begin}***`]),
  [`acfg_${secret(43)}`, "acfg_***"],
  [`npm_${secret(36)}`, "npm_***"],
  [`hf_${secret(34)}`, "hf_***"],
  [`ATBB${secret(32)}`, "ATBB***"],
  [`AKIA${"A1B2".repeat(4)}`, "AKIA***"],
  [`AIza${secret(35)}`, "AIza***"],
  [`eyJ${secret(20)}.eyJ${secret(20)}.${secret(20)}`, "***"],
];

for (const [token, shown] of TOKENS) {
  Deno.test(`a token ${shown} is masked anywhere in a text`, () => {
    for (
      const [before, after] of [["", ""], ["https://host/", "/x.git"], ["a/", ""], ["t=", "&b"]]
    ) {
      assert.equal(maskTokens(before + token + after), before + shown + after);
    }
    assert.equal(maskTokens(`/${token}/${token}/`), `/${shown}/${shown}/`);
    assert.equal(beginningOfToken(token), shown.replace("***", shown === "***" ? "eyJ" : ""));
  });
}

for (
  const text of [
    "https://github.com/org/npm_packages-internal.git",
    "https://host/glpat-docs/x",
    "https://host/gh_pages/repository-with-a-long-name",
    "https://host/my-glpat-tools",
    "https://host/hf_models/a",
    "https://host/AKIA/b",
    "https://ghcr.io/org/charts",
    "alice",
  ]
) {
  Deno.test(`${text} contains no token`, () => {
    assert.equal(maskTokens(text), text);
    assert.equal(beginningOfToken(text), undefined);
  });
}

Deno.test("a malicious text is masked quickly", () =>
  assertTakesLess(2000, () => {
    for (
      const piece of [
        "glpat-",
        "eyJ",
        "-eyJ",
        "eyJaaaaaaaaaa.",
        "-pypi-",
        "ghp_a",
        "a_-",
        "npm_aaaaaaaa",
      ]
    ) {
      maskTokens(piece.repeat(100_000));
    }
  }));
