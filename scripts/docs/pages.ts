/**
 * Every generated document, by path.
 *
 * @module
 */
import { textOf } from '../../test/support/source-scan.ts';
import { actionsPage } from './actions.ts';
import { commandsPage } from './commands.ts';
import { doctorPage } from './doctor.ts';
import { entryPage } from './entry.ts';
import { environmentPage } from './environment.ts';
import { errorsPage } from './errors.ts';
import { eventsPage } from './events.ts';
import { exitCodesPage } from './exit-codes.ts';
import { faultsPage } from './faults.ts';
import { filesPage } from './files.ts';
import { withFloors } from './floors.ts';
import { libraryPage } from './library.ts';
import { llmsText } from './llms.ts';
import { manPage } from './man.ts';
import { menuPicture, menuText, serverPicture, withKeys } from './menu.ts';
import { metricsPage } from './metrics.ts';
import { numbersPage } from './numbers.ts';
import { reasonsPage } from './reasons.ts';
import { statesPage } from './states.ts';
import { VERSION } from '../../src/version.ts';

/** Makes each document anew; a document that is generated in part is read first. */
export const PAGES: Readonly<Record<string, () => string>> = {
  'docs/reference/reasons.md': reasonsPage,
  'docs/reference/faults.md': faultsPage,
  'docs/reference/numbers.md': numbersPage,
  'docs/reference/metrics.md': metricsPage,
  'docs/reference/actions.md': actionsPage,
  'docs/reference/events.md': eventsPage,
  'docs/reference/exit-codes.md': exitCodesPage,
  'docs/reference/commands.md': commandsPage,
  'docs/reference/entry.md': entryPage,
  'docs/reference/environment.md': environmentPage,
  'docs/reference/errors.md': errorsPage,
  'docs/reference/doctor.md': doctorPage,
  'docs/reference/files.md': filesPage,
  'docs/reference/library.md': libraryPage,
  'docs/how-to/menu.md': () => withKeys(textOf('docs/how-to/menu.md')),
  'docs/pictures/menu.txt': menuText,
  'docs/pictures/menu.svg': menuPicture,
  'docs/pictures/menu-server.svg': serverPicture,
  'man/holdfast.1': () => manPage(VERSION),
  'docs/states.md': statesPage,
  'docs/architecture.md': () => withFloors(textOf('docs/architecture.md')),
  'llms.txt': llmsText,
};
