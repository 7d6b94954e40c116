/**
 * JSON Schema's words for what the fields of a request have to do with each other: the side that
 * clients see of what stands beside it as a refinement or transform of zod's. Linters and generators
 * want a field named under `properties` wherever it is required, and know no boolean schemas.
 */

/** A part of a schema. */
export type Rule = Readonly<Record<string, unknown>>;

/** A field by the schema of its value. */
type Fields = Readonly<Record<string, Rule>>;

const each = (names: readonly string[], rule: Rule): Fields =>
  Object.fromEntries(names.map((name) => [name, rule]));

/**
 * Of these fields, those that are given have such values.
 * @param none fields that are not given beside them
 */
export const mayHave = (fields: Fields, none: readonly string[] = []): Rule => ({
  properties: { ...fields, ...each(none, { not: {} }) },
});

/** All of these fields are given, with such values. */
export const hasWith = (fields: Fields): Rule => ({
  required: Object.keys(fields),
  properties: fields,
});

/** All of these fields are given. */
export const has = (...names: readonly string[]): Rule => hasWith(each(names, {}));

/** None of these fields is given. */
export const hasNone = (...names: readonly string[]): Rule => mayHave({}, names);

/** Exactly one of these. */
export const oneOf = (...rules: readonly Rule[]): Rule => ({ oneOf: rules });

/** One of these or several. */
export const anyOf = (...rules: readonly Rule[]): Rule => ({ anyOf: rules });

/** All of these. */
export const allOf = (...rules: readonly Rule[]): Rule => ({ allOf: rules.flatMap(parts) });

/** What a rule is all of; any other one is itself its only part. */
function parts(rule: Rule): readonly Rule[] {
  const isAllOf = Object.keys(rule).every((word) => word === "allOf");
  return isAllOf ? rule.allOf as readonly Rule[] : [rule];
}

/** All of these fields are given, and none of those. */
export const hasOnly = (names: readonly string[], none: readonly string[]): Rule => ({
  ...names.length === 0 ? {} : { required: names },
  ...mayHave(each(names, {}), none),
});

/** Where the one holds, the other one has to. */
export const when = (condition: Rule, then: Rule): Rule => ({ if: condition, then });

/** Either all of these fields are given or none. */
export const allOrNone = (names: readonly string[]): Rule => ({
  dependentRequired: Object.fromEntries(
    names.map((name) => [name, names.filter((other) => other !== name)]),
  ),
});

/** A value that is this one. */
export const be = (value: unknown): Rule => ({ const: value });

/** A rule among what zod's `openapi` takes, whose types know JSON Schema only in part. */
export const inWords = (rule: Rule): object => rule;
