/** Runs a control plane by hand until Ctrl-C: `deno run -A scripts/control_plane/main.ts`. */
import { startControlPlane } from "./control_plane.ts";

const start = performance.now();
const plane = await startControlPlane();
console.log(`${plane.url} is ready after ${((performance.now() - start) / 1000).toFixed(1)} s`);
for (const path of Object.values(plane.kubeconfigs)) console.log(path);
console.log(`\nTry: ${plane.kubectl} --kubeconfig ${plane.kubeconfigs.administrator} get ns`);
console.log("Ctrl-C stops it and removes its folder.");
setInterval(() => {}, 60_000); // until a signal, which startControlPlane handles
