/**
 * The published JSON schema of configuration files, made from the table of fields.
 *
 * @module
 */
import { ENTRY_FIELDS, NAME_PATTERN } from './entry-fields.ts';
import type { FieldSpec } from './field-spec.ts';
import { WEBHOOK_FIELDS } from './webhooks.ts';

type Schema = Readonly<Record<string, unknown>>;

function groupSchema(spec: Extract<FieldSpec, { kind: 'group' }>): Schema {
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(spec.fields).map(([key, field]) => [key, fieldSchema(field)])),
    ...(spec.required === undefined ? {} : { required: spec.required }),
    ...(spec.isClosed === true ? { additionalProperties: false } : {}),
  };
}

function shapeOf(spec: FieldSpec): Schema {
  switch (spec.kind) {
    case 'text':
      return { type: 'string' };
    case 'flag':
      return { type: 'boolean' };
    case 'words':
      return { type: 'array', items: { type: 'string' } };
    case 'map':
      return { type: 'object', additionalProperties: { type: 'string' } };
    case 'choice':
      return { enum: spec.values };
    case 'whole':
      return { type: 'integer', minimum: spec.min, ...(spec.max === undefined ? {} : { maximum: spec.max }) };
    case 'group':
      return groupSchema(spec);
  }
}

function fieldSchema(spec: FieldSpec): Schema {
  return { description: spec.doc, ...shapeOf(spec) };
}

/** The schema (JSON Schema 2020-12) of `servers.json`, of files named by `--config`, and of the part of other clients' files that is read. */
export function configSchema(): Schema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Holdfast servers',
    description: 'MCP servers by name. Comments and trailing commas are accepted.',
    type: 'object',
    properties: {
      mcpServers: {
        type: 'object',
        propertyNames: { pattern: NAME_PATTERN.source },
        additionalProperties: { $ref: '#/$defs/entry' },
      },
      webhooks: {
        description:
          'addresses that the owner of the connections tells what happens; in our own file, and in files named by --config',
        type: 'array',
        items: { type: 'object', properties: WEBHOOK_FIELDS, required: ['url'], additionalProperties: false },
      },
    },
    $defs: {
      entry: {
        type: 'object',
        properties: Object.fromEntries(Object.entries(ENTRY_FIELDS).map(([key, spec]) => [key, fieldSchema(spec)])),
      },
    },
  };
}
