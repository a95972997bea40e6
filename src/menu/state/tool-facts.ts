/**
 * A tool as its server describes it: text from outside, read field by field.
 *
 * @module
 */

/** What a person wants to know of a tool. */
export interface ToolFacts {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly arguments: readonly ToolArgument[];
  /** Hints of the server about what the tool does; a server may lie. */
  readonly hints: readonly string[];
}

export interface ToolArgument {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly description: string;
}

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function typeOf(schema: Fields): string {
  const { type } = schema;
  const values = schema['enum'];
  if (Array.isArray(values))
    return values
      .slice(0, 8)
      .map((value) => JSON.stringify(value))
      .join(' or ');
  if (Array.isArray(type)) return type.map(textOf).join(' or ');
  return textOf(type) || 'any';
}

const HINTS: Readonly<Record<string, string>> = {
  readOnlyHint: 'only reads',
  destructiveHint: 'may destroy',
  idempotentHint: 'the same when repeated',
  openWorldHint: 'reaches outside',
};

/** Reads a tool; what is not there is empty. */
export function toolOf(tool: unknown): ToolFacts {
  const fields = fieldsOf(tool);
  const schema = fieldsOf(fields['inputSchema']);
  const required = Array.isArray(schema['required']) ? schema['required'].map(textOf) : [];
  const annotations = fieldsOf(fields['annotations']);
  return {
    name: textOf(fields['name']),
    title: textOf(fields['title']) || textOf(annotations['title']),
    description: textOf(fields['description']),
    arguments: Object.entries(fieldsOf(schema['properties'])).map(([name, value]) => ({
      name,
      type: typeOf(fieldsOf(value)),
      isRequired: required.includes(name),
      description: textOf(fieldsOf(value)['description']),
    })),
    hints: Object.entries(HINTS).flatMap(([name, words]) => (annotations[name] === true ? [words] : [])),
  };
}
