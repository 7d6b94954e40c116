import { z } from "@hono/zod-openapi";
import { soughtFields } from "../../credentials/rotation/fields.ts";
import { recordedValue } from "../../credentials/rotation/sought.ts";
import { type Sought, soughtValue } from "../../credentials/rotation/sought.ts";
import { type Fields, open, shapeOf } from "../../fields/field.ts";
import { has, inWords, oneOf } from "../../fields/rules.ts";
import { refusing, yesOrNo } from "../../fields/texts.ts";
import type { Sealed } from "../../log/sealed.ts";
import type { AskedSelection } from "../operation.ts";
import { askedSelection, type GivenTarget } from "../target.ts";
import type { Body } from "./body.ts";
import { bodySelection } from "./selection.ts";

/** A whole fingerprint: several values may share a prefix. */
const Fingerprint = z.string()
  .regex(/^[0-9a-f]{16}$/, "must be 16 hexadecimal digits")
  .openapi({ example: "5b0c8f2e5b0c8f2e" });

const { password, ...others } = soughtFields();
const values = {
  password: {
    ...password!,
    flag: {
      ...password!.flag!,
      missing:
        "the credential to find: --password-stdin, --password-file, a key file, or --fingerprint",
    },
  },
  ...others,
};

const which = {
  fingerprint: open(
    Fingerprint.optional(),
    "Fingerprint of the credential, in place of its value",
    {
      value: "fingerprint",
    },
  ),
};

export const findFields: Fields = {
  ...values,
  ...which,
  ...bodySelection,
  everywhere: yesOrNo("Include pull secrets without a docker label"),
};

const ONE = [...Object.keys(values), ...Object.keys(which)];

/** The credential to find, and where to search. */
export interface ToFind {
  readonly sought: Sought;
  /** For the audit log: the value, or its fingerprint if only that is known. */
  readonly credential?: Sealed<string> | undefined;
  readonly fingerprint?: string | undefined;
  readonly selection: AskedSelection;
  readonly everywhere: boolean;
}

const FindBody = z.strictObject(shapeOf(findFields)).transform((body, context): ToFind => {
  const given = body as Readonly<Record<string, unknown>> & GivenTarget;
  const wrong = refusing(context);
  const [name, second] = ONE.filter((each) => given[each] !== undefined);
  if (name === undefined) {
    const [path, ...instead] = ONE;
    const params = { instead };
    context.addIssue({ code: "custom", path: [path!], message: "is missing", params });
    return z.NEVER;
  }
  if (second !== undefined) wrong(second, `cannot be combined with '${name}'`);
  const { fingerprint } = given as { readonly fingerprint?: string };
  return {
    sought: fingerprint === undefined ? soughtValue(given)! : { by: "fingerprint", fingerprint },
    ...fingerprint === undefined ? { credential: recordedValue(given) } : { fingerprint },
    selection: askedSelection(given, "field"),
    everywhere: given.everywhere === true,
  };
}).openapi("Find", { ...inWords(oneOf(...ONE.map((name) => has(name)))) });

export const FIND_BODY: Body<typeof FindBody> = {
  schema: FindBody,
  fields: findFields,
  rejected: {
    username:
      "is not supported here: a user name is not secret and may belong to many credentials. Give the " +
      `credential itself or its fingerprint (${ONE.join(", ")})`,
  },
};
