import { deepEqual, equal } from "node:assert/strict";
import { imageRepository } from "./image_name.ts";

/** Samples from the tests of the sources, and from practice. */
const rows: [image: string, repository: string | undefined][] = [
  ["nginx", "docker.io/library/nginx"],
  ["nginx:1.27", "docker.io/library/nginx"],
  ["org/app", "docker.io/org/app"],
  ["docker.io/nginx", "docker.io/library/nginx"],
  ["index.docker.io/org/app:1", "docker.io/org/app"],
  ["registry-1.docker.io/org/app", "registry-1.docker.io/org/app"],
  ["ghcr.io/org/app@sha256:" + "0a".repeat(32), "ghcr.io/org/app"],
  ["ghcr.io/org/app:1.2@sha256:" + "0a".repeat(32), "ghcr.io/org/app"],
  ["registry:5000/app", "registry:5000/app"],
  ["registry/app", "docker.io/registry/app"],
  ["localhost/app", "localhost/app"],
  ["GHCR.IO/org/app", "GHCR.IO/org/app"],
  ["[fd00::1]:5000/app", "[fd00::1]:5000/app"],
  ["", undefined],
  ["App", undefined],
  ["ghcr.io/org/App", undefined],
  ["ghcr.io/org/app:", undefined],
  ["ghcr.io/org/app@sha256:0a", undefined],
  ["ghcr.io/org/app@md5:" + "0a".repeat(16), undefined],
  ["https://ghcr.io/org/app", undefined],
  ["ghcr.io//app", undefined],
  [" nginx", undefined],
  ["0a".repeat(32), undefined],
  [`ghcr.io/${"a".repeat(255)}`, `ghcr.io/${"a".repeat(255)}`],
  [`ghcr.io/${"a".repeat(256)}`, undefined],
];

for (const [image, repository] of rows) {
  const shown = image.length > 60 ? `${image.slice(0, 57)}…` : image;
  Deno.test(`the image '${shown}' is ${repository === undefined ? "invalid" : "looked up"}`, () => {
    const checked = imageRepository(image);
    equal(checked.ok ? checked.value : undefined, repository);
  });
}

Deno.test("an invalid image name is not quoted", () => {
  deepEqual(imageRepository("https://u:not-a-secret@ghcr.io/app"), {
    ok: false,
    why: "must be an image as a pod names it, such as ghcr.io/org/app:1.2 or nginx",
  });
});
