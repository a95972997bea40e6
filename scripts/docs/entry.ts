/**
 * docs/reference/entry.md: every field of an entry, from the table that checks the files.
 *
 * @module
 */
import { ENTRY_FIELDS, GATEWAY_RULES } from '../../src/config/entry-fields.ts';
import type { FieldSpec } from '../../src/config/field-spec.ts';
import { WEBHOOK_FIELDS } from '../../src/config/webhooks.ts';
import { code, page, table } from './markdown.ts';

function kindOf(spec: FieldSpec): string {
  switch (spec.kind) {
    case 'text':
      return 'text';
    case 'words':
      return 'list of texts';
    case 'map':
      return 'object of texts';
    case 'flag':
      return '`true` or `false`';
    case 'whole':
      return `whole number, at least ${spec.min}`;
    case 'choice':
      return spec.values.map(code).join(', ');
    case 'group':
      return 'object';
  }
}

function rowsOf(fields: Readonly<Record<string, FieldSpec>>, path = ''): readonly (readonly string[])[] {
  return Object.entries(fields).flatMap(([name, spec]) => {
    const own = [[code(`${path}${name}`), kindOf(spec), spec.doc]];
    if (spec.kind !== 'group') return own;
    // The numbers have a page of their own.
    return [...own, ...rowsOf(name === 'holdfast' ? GATEWAY_RULES : spec.fields, `${path}${name}.`)];
  });
}

/** The page. */
export function entryPage(): string {
  return page('The entry of a server', '`src/config/entry-fields.ts`', [
    'What stands under `mcpServers.NAME` in `~/.claude.json`, `.mcp.json`, our own file or a file named by `--config`. Fields of other programs are left alone. `${VAR}` and `${VAR:-default}` are expanded in every text; a variable without value and default makes the server `failed` · `variable-missing`, and nothing is sent.',
    table(['field', 'value', 'meaning'], rowsOf(ENTRY_FIELDS)),
    '## webhooks',
    'Beside `mcpServers`, in our own file and in files named by `--config`: [how they are used](../how-to/webhooks.md).',
    table(
      ['field', 'meaning'],
      Object.entries(WEBHOOK_FIELDS).map(([name, field]) => [code(`webhooks[].${name}`), String(field['description'])]),
    ),
    '## Numbers and schema',
    '`holdfast` has [the numbers](numbers.md) as keys, too, and [what the rules do](../explanation/gateway.md#what-is-shown) stands with the gateway. The JSON schema of a file is `holdfast/schema/config.json`.',
  ]);
}
