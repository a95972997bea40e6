/**
 * Every action a person can take with a server, and how each face reaches it: `Fleet` method, CLI verb and API route
 * (BEHAVIOUR §9).
 *
 * @module
 */

/** How one action is reached from each face. */
export interface ActionRow {
  /** Words of the button or menu line. */
  readonly label: string;
  /** Method of `Fleet`; `undefined` = the face does it by showing something. */
  readonly method?: string;
  /** CLI verb, with `NAME` for the server. */
  readonly verb: string;
  /** Route of the control API, with `:name` for the server. */
  readonly route: string;
}

/** Every action, by id. */
export const ACTIONS = {
  reconnect: {
    label: 'Reconnect',
    method: 'reconnect',
    verb: 'reconnect NAME',
    route: 'POST /v1/servers/:name/reconnect',
  },
  'retry-now': { label: 'Retry now', method: 'retryNow', verb: 'retry NAME', route: 'POST /v1/servers/:name/retry' },
  stop: { label: 'Stop trying', method: 'stopTrying', verb: 'stop NAME', route: 'POST /v1/servers/:name/stop' },
  reset: { label: 'Reset', method: 'reset', verb: 'reset NAME', route: 'POST /v1/servers/:name/reset' },
  enable: { label: 'Enable', method: 'enable', verb: 'enable NAME', route: 'POST /v1/servers/:name/enable' },
  disable: { label: 'Disable', method: 'disable', verb: 'disable NAME', route: 'POST /v1/servers/:name/disable' },
  approve: { label: 'Approve', method: 'approve', verb: 'approve NAME', route: 'POST /v1/servers/:name/approve' },
  reject: { label: 'Reject', method: 'reject', verb: 'reject NAME', route: 'POST /v1/servers/:name/reject' },
  edit: { label: 'Edit the entry', method: 'edit', verb: 'edit NAME', route: 'POST /v1/servers/:name/edit' },
  authenticate: {
    label: 'Authenticate',
    method: 'startLogin',
    verb: 'login NAME',
    route: 'POST /v1/servers/:name/login',
  },
  're-authenticate': {
    label: 'Re-authenticate',
    method: 'startLogin',
    verb: 'login NAME',
    route: 'POST /v1/servers/:name/login',
  },
  'clear-authentication': {
    label: 'Clear authentication',
    method: 'logout',
    verb: 'logout NAME',
    route: 'POST /v1/servers/:name/logout',
  },
  'grant-access': {
    label: 'Grant access',
    method: 'grantStepUp',
    verb: 'login NAME --step-up',
    route: 'POST /v1/servers/:name/step-up',
  },
  'not-now': {
    label: 'Not now',
    method: 'declineStepUp',
    verb: 'login NAME --decline',
    route: 'POST /v1/servers/:name/step-up/decline',
  },
  'show-helper': {
    label: 'Show helper run',
    method: 'helperRun',
    verb: 'get NAME',
    route: 'GET /v1/servers/:name/helper',
  },
  logs: { label: 'Show stderr and log', method: 'logs', verb: 'logs NAME', route: 'GET /v1/servers/:name/logs' },
  doctor: { label: 'Doctor', method: 'doctor', verb: 'doctor NAME', route: 'GET /v1/doctor' },
  details: { label: 'Details', method: 'snapshot', verb: 'get NAME', route: 'GET /v1/servers/:name' },
} as const satisfies Record<string, ActionRow>;

/** The id of an action. */
export type ActionId = keyof typeof ACTIONS;
