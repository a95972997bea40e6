/**
 * The published JSON schema of what `doctor --json` prints.
 *
 * @module
 */
import { CHECKS } from '../core/doctor-checks.ts';

type Schema = Readonly<Record<string, unknown>>;

/** The schema (JSON Schema 2020-12) of a `doctor/v1` record. */
export function doctorSchema(): Schema {
  const text = { type: 'string' } as const;
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Holdfast doctor',
    description: 'What is wrong or risky, each finding with its remedy. No secret is in it.',
    type: 'object',
    properties: {
      schema: { const: 'doctor/v1' },
      findings: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            level: { enum: ['ok', 'note', 'warning', 'problem'] },
            check: { description: 'what was looked at', enum: Object.keys(CHECKS) },
            server: { description: 'absent where it is about no one server', ...text },
            text: { description: 'what was seen', ...text },
            hint: { description: 'the remedy; present unless the level is ok', ...text },
          },
          required: ['level', 'text'],
          additionalProperties: false,
        },
      },
    },
    required: ['schema', 'findings'],
    additionalProperties: false,
  };
}
