/**
 * The command table: every verb, one row each.
 *
 * @module
 */
import type { CommandRow } from './command.ts';
import { CONFIGURE } from './table/configure.ts';
import { GATEWAY } from './table/gateway.ts';
import { LOOK } from './table/look.ts';
import { MENU } from './table/menu.ts';
import { MEND } from './table/mend.ts';
import { SIGN_IN } from './table/sign-in.ts';
import { UI } from './table/ui.ts';
import { USE } from './table/use.ts';

/** Every verb, in the order of the help. */
export const COMMANDS: readonly CommandRow[] = [
  ...LOOK,
  ...MEND,
  ...SIGN_IN,
  ...CONFIGURE,
  ...USE,
  ...GATEWAY,
  ...MENU,
  ...UI,
];
