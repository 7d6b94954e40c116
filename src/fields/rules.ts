/**
 * JSON Schema rules about combinations of fields, for OpenAPI. They repeat zod's refinements and
 * transforms, which OpenAPI does not include. Linters and generators need each required field listed under
 * `properties`, and do not support boolean schemas.
 */

/** A part of a schema. */
export type Rule = Readonly<Record<string, unknown>>;

/** Schemas of values by field name. */
type Fields = Readonly<Record<string, Rule>>;

const each = (names: readonly string[], rule: Rule): Fields =>
  Object.fromEntries(names.map((name) => [name, rule]));

/**
 * Each of these fields is absent or has such a value.
 * @param none fields that must be absent
 */
export const mayHave = (fields: Fields, none: readonly string[] = []): Rule => ({
  properties: { ...fields, ...each(none, { not: {} }) },
});

/** All of these fields are present, with such values. */
export const hasWith = (fields: Fields): Rule => ({
  required: Object.keys(fields),
  properties: fields,
});

/** All of these fields are present. */
export const has = (...names: readonly string[]): Rule => hasWith(each(names, {}));

/** All of these fields are absent. */
export const hasNone = (...names: readonly string[]): Rule => mayHave({}, names);

/** Exactly one of these rules holds. */
export const oneOf = (...rules: readonly Rule[]): Rule => ({ oneOf: rules });

/** At least one of these rules holds. */
export const anyOf = (...rules: readonly Rule[]): Rule => ({ anyOf: rules });

/** All of these rules hold. */
export const allOf = (...rules: readonly Rule[]): Rule => ({ allOf: rules.flatMap(parts) });

/** The parts of an `allOf`; another rule is its own only part. */
function parts(rule: Rule): readonly Rule[] {
  const isAllOf = Object.keys(rule).every((word) => word === "allOf");
  return isAllOf ? rule.allOf as readonly Rule[] : [rule];
}

/** All of `names` are present and all of `none` absent. */
export const hasOnly = (names: readonly string[], none: readonly string[]): Rule => ({
  ...names.length === 0 ? {} : { required: names },
  ...mayHave(each(names, {}), none),
});

/** If the condition holds, so must the other rule. */
export const when = (condition: Rule, then: Rule): Rule => ({ if: condition, then });

/** Either all of these fields are present or none. */
export const allOrNone = (names: readonly string[]): Rule => ({
  dependentRequired: Object.fromEntries(
    names.map((name) => [name, names.filter((other) => other !== name)]),
  ),
});

/** Exactly this value. */
export const be = (value: unknown): Rule => ({ const: value });

/** A rule as metadata for zod's `openapi`, whose types cover only a part of JSON Schema. */
export const inWords = (rule: Rule): object => rule;
