/**
 * Every row of the fault matrix. A row makes a server and an entry, and says what must come of it; rows marked `peer`
 * carry the names that other clients were measured under.
 *
 * @module
 */
import { AUTH_ROWS } from './rows-auth.mjs';
import { HTTP_ROWS } from './rows-http.mjs';
import { LOCAL_ROWS } from './rows-local.mjs';
import { SESSION_ROWS } from './rows-session.mjs';
import { TRANSPORT_ROWS } from './rows-transport.mjs';

export const ROWS = [...HTTP_ROWS, ...AUTH_ROWS, ...TRANSPORT_ROWS, ...LOCAL_ROWS, ...SESSION_ROWS];

/** Fewer rows than this are a mistake of the matrix itself. */
export const FEWEST_ROWS = 35;

/** Small numbers: the same behaviour in seconds. */
export const QUICK_ENV = {
  MCP_TIMEOUT: '4000',
  HOLDFAST_ERA_PROBE_MS: '1500',
  HOLDFAST_STARTUP_DELAY_MS: '150',
  HOLDFAST_RESPAWN_DELAY_MS: '100',
  HOLDFAST_HELPER_TIMEOUT_MS: '700',
};
