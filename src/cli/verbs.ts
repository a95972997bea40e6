/**
 * Which table has which verb, so that a start loads one table and not all.
 *
 * @module
 */
import type { CommandRow } from './command.ts';

const TABLES = {
  look: async (): Promise<readonly CommandRow[]> => (await import('./table/look.ts')).LOOK,
  mend: async (): Promise<readonly CommandRow[]> => (await import('./table/mend.ts')).MEND,
  signIn: async (): Promise<readonly CommandRow[]> => (await import('./table/sign-in.ts')).SIGN_IN,
  configure: async (): Promise<readonly CommandRow[]> => (await import('./table/configure.ts')).CONFIGURE,
  use: async (): Promise<readonly CommandRow[]> => (await import('./table/use.ts')).USE,
  gateway: async (): Promise<readonly CommandRow[]> => (await import('./table/gateway.ts')).GATEWAY,
  ui: async (): Promise<readonly CommandRow[]> => (await import('./table/ui.ts')).UI,
  menu: async (): Promise<readonly CommandRow[]> => (await import('./table/menu.ts')).MENU,
} as const;

/** Every verb and alias of each table; a test holds it equal to them. */
export const VERBS: Readonly<Record<keyof typeof TABLES, readonly string[]>> = {
  look: words('status list ls get describe show tools prompts resources sources explain doctor'),
  mend: words('reconnect restart reset retry stop enable disable approve reject'),
  signIn: words('login logout credentials'),
  configure: words('add add-json edit remove rm config'),
  use: words('call read wait events webhooks logs run daemon demo completion help version'),
  gateway: words('serve token install uninstall'),
  ui: words('ui'),
  menu: words('menu'),
};

function words(text: string): readonly string[] {
  return text.split(' ');
}

function tableOf(verb: string): keyof typeof TABLES | undefined {
  return (Object.keys(VERBS) as (keyof typeof TABLES)[]).find((table) => VERBS[table].includes(verb));
}

/** The table that has the verb; all rows for a word that is no verb. */
export async function tableFor(verb: string): Promise<readonly CommandRow[]> {
  const table = tableOf(verb);
  return table === undefined ? (await import('./commands.ts')).COMMANDS : TABLES[table]();
}

/** Whether this version has the verb. */
export function isBuilt(verb: string): boolean {
  return tableOf(verb) !== undefined;
}
