import { z } from "@hono/zod-openapi";
import { soughtFields } from "../../credentials/rotation/fields.ts";
import { recordedValue } from "../../credentials/rotation/recorded_value.ts";
import { type Sought, soughtValue } from "../../credentials/rotation/sought.ts";
import { type Fields, open, shapeOf } from "../../fields/field.ts";
import { has, inWords, oneOf } from "../../fields/rules.ts";
import { refusing, yesOrNo } from "../../fields/texts.ts";
import type { Sealed } from "../../log/sealed.ts";
import type { AskedSelection } from "../operation.ts";
import { askedSelection, type GivenTarget } from "../target.ts";
import type { Body } from "./body.ts";
import { bodySelection } from "./selection.ts";

/** Of one value, whole: of its beginning there might be others. */
const Fingerprint = z.string()
  .regex(/^[0-9a-f]{16}$/, "must be a fingerprint: 16 hexadecimal digits, as the fleet shows them")
  .openapi({ example: "5b0c8f2e5b0c8f2e" });

const { password, ...others } = soughtFields();
const values = {
  password: {
    ...password!,
    flag: {
      ...password!.flag!,
      missing:
        "what to look for: --password-stdin, --password-file, the file of a key, or --fingerprint",
    },
  },
  ...others,
};

const which = {
  fingerprint: open(Fingerprint.optional(), "In place of a value: its fingerprint", {
    value: "fingerprint",
  }),
};

export const findFields: Fields = {
  ...values,
  ...which,
  ...bodySelection,
  everywhere: yesOrNo("Look also into pull secrets without a docker label"),
};

const ONE = [...Object.keys(values), ...Object.keys(which)];

/** What is looked for, and where. */
export interface ToFind {
  readonly sought: Sought;
  /** For the audit log: the value, or the fingerprint that is all that is known of it. */
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
  if (second !== undefined) wrong(second, `contradicts '${name}'; give one of them`);
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
  refused: {
    username:
      "cannot be looked for: a user name is no secret and stands beside many credentials; give the " +
      `credential itself, or its fingerprint (${ONE.join(", ")})`,
  },
};
