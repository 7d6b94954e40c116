import { deepEqual, equal, ok } from "node:assert/strict";
import { join } from "node:path";
import denoConfig from "../../deno.json" with { type: "json" };
import { ROOT } from "./files.ts";

/** The version of a release stands in deno.json, in CHANGELOG.md, in documents and in deployment files. */

const { version } = denoConfig;
const minor = version.split(".").slice(0, 2).join(".");

/** How a document or a deployment file names the version of argocd-configurer. */
const FORMS = [
  /argocd-configurer:v?(\d+\.\d+\.\d+)/g, // an image
  /argocd-configurer-v?(\d+\.\d+\.\d+)/g, // an archive
  /\b(?:version|VERSION)=(\d+\.\d+\.\d+)/g,
  /\bnewTag: v?(\d+\.\d+\.\d+)/g,
  /\btags are v(\d+\.\d+\.\d+)/g,
];

/** How they name the tag of an image that moves with releases of a minor version. */
const MOVING = [/`(\d+\.\d+)` and `latest`/g, /\btags are v[\d.]+ and (\d+\.\d+)\b/g];

/** Each file that may name the version, with its text. */
function* files(folder = ""): Generator<readonly [path: string, text: string]> {
  const within = /^(?:docs|deploy|configs|\.github)(?:\/|$)/;
  for (const { name, isDirectory } of Deno.readDirSync(join(ROOT, folder))) {
    const path = folder === "" ? name : `${folder}/${name}`;
    if (isDirectory && within.test(path)) yield* files(path);
    const isMeant = within.test(path) || /^[A-Z]+\.md$/.test(path) && path !== "CHANGELOG.md";
    if (!isDirectory && isMeant) yield [path, Deno.readTextFileSync(join(ROOT, path))];
  }
}

const found = (forms: readonly RegExp[], text: string) =>
  forms.flatMap((form) => [...text.matchAll(form)].map(([, named]) => named!));

/** Headings of releases in the changelog, newest first. */
const released = [
  ...Deno.readTextFileSync(join(ROOT, "CHANGELOG.md"))
    .matchAll(/^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d{2}-\d{2})$/gm),
];

Deno.test("documents and deployment files name the version of deno.json only", () => {
  const counts = new Map<string, number>();
  for (const [path, text] of files()) {
    const named = found(FORMS, text);
    for (const each of named) equal(each, version, path);
    for (const each of found(MOVING, text)) equal(each, minor, path);
    if (named.length > 0) counts.set(path, named.length);
  }
  // An outdated form would find nothing.
  deepEqual([...counts.keys()].sort(), [
    "deploy/container/Containerfile",
    "deploy/kubernetes/kustomization.yaml",
    "docs/install.md",
  ]);
});

Deno.test("documents and deployment files do not name an earlier version in any form", () => {
  for (const [, earlier] of released.slice(1)) {
    const form = new RegExp(`(?<![\\d.])${earlier!.replaceAll(".", "\\.")}(?!\\.?\\d)`);
    for (const [path, text] of files()) ok(!form.test(text), `${path} names ${earlier}`);
  }
});

Deno.test("the changelog has the version of deno.json first, then earlier ones, each with its date", () => {
  equal(released[0]?.[1], version);
  const dates = released.map(([, , date]) => date!);
  deepEqual(dates, [...dates].sort().reverse());
  const headings = Deno.readTextFileSync(join(ROOT, "CHANGELOG.md")).match(/^## .*$/gm)!;
  equal(headings.length, released.length + 1);
  equal(headings[0], "## [Unreleased]");
});

Deno.test("the changelog's sections are those of keepachangelog.com", () => {
  const sections = Deno.readTextFileSync(join(ROOT, "CHANGELOG.md")).match(/^### .*$/gm)!;
  const known = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];
  for (const section of sections) ok(known.includes(section.slice(4)), section);
});
