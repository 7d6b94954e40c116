/**
 * Run as a program: verifies a login at the chart repository of a URL, in its own environment, and
 * prints the verdict. Arguments: the URL, and a file with the credential's own authorities, if any.
 */
import { helmLogin, tried } from "./support.ts";

const [url, tlsCa] = Deno.args;
const transport = tlsCa === undefined ? {} : { tlsCa: await Deno.readTextFile(tlsCa) };
console.log(JSON.stringify(await tried(helmLogin(url!, crypto.randomUUID(), transport))));
