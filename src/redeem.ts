/**
 * The helper process that renews one login (`holdfast __redeem ID GENERATION WHY`), and how a command starts it. Its
 * arguments and environment name folders and the login; tokens pass through the store alone, a client secret that was
 * configured anew through its standard input.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { assembleStore, makeBase } from './assemble.ts';
import type { Base } from './assemble.ts';
import type { RenewAsk } from './auth/vault/renewal.ts';
import { Redeemer } from './auth/vault/redeem.ts';
import { reportLine } from './auth/vault/redeem-detached.ts';
import type { HelperEnd, RunHelper } from './auth/vault/redeem-detached.ts';
import { Vault } from './auth/vault/vault.ts';
import { Secret } from './base/secret.ts';
import type { ClientIdentity } from './core/credential.ts';
import { NUMBERS, numbersFromEnv, resolveNumbers } from './core/numbers.ts';
import type { NumberId } from './core/numbers.ts';
import type { Host } from './host.ts';
import { createHttp } from './net/dispatcher.ts';
import { programFile } from './program-file.ts';

/** The first argument that makes this program the helper. */
export const REDEEM = '__redeem';

/** Its last argument where a proof of the client comes on its standard input. */
const PROOF = '-';

/** What the numbers of a login's server decide in the helper. */
const PASSED_ON = ['tokenTimeoutMs', 'tokenBytes', 'leaseWaitMs'] as const satisfies readonly NumberId[];
/** Beside the lease and the request: the start of Node, and three writes. */
const SPARE_MS = 6_000;
/** A helper whose disk is full holds the lease and the new tokens for so long. */
const LONGEST_SAVE_MS = 600_000;

/** Starts helpers for this process. */
export function helperRunner({ host, folders, clock }: Base): RunHelper {
  const program = programFile(host);
  return (id, { numbers, generation, why, client }) => {
    return new Promise((resolve) => {
      const settings = PASSED_ON.map((key) => [NUMBERS[key].env, String(numbers[key])]);
      const words = [id, String(generation), why, ...(client === undefined ? [] : [PROOF])];
      const child = spawn(host.node, [program, REDEEM, ...words], {
        cwd: folders.state,
        env: { ...host.env, ...Object.fromEntries(settings), HOLDFAST_STATE_DIR: folders.state },
        detached: true,
        windowsHide: true,
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      // A helper that has ended reads nothing; its end is told by itself.
      child.stdin.on('error', () => undefined).end(client === undefined ? '' : proofText(client));
      let output = '';
      const end = (what: HelperEnd): void => {
        timer.cancel();
        child.stdout.destroy();
        child.unref();
        resolve(what);
      };
      const limit = numbers.leaseWaitMs + numbers.tokenTimeoutMs + SPARE_MS;
      const timer = clock.after(limit, () => end({ kind: 'running' }));
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (output.includes('\n')) end({ kind: 'report', line: output });
      });
      child.once('error', () => end({ kind: 'gone' }));
      child.once('close', () => end({ kind: 'gone' }));
    });
  };
}

const WHYS: readonly RenewAsk['why'][] = ['due', 'refused', 'ahead'];

/** The proof of a client that was configured anew, as the helper is told it: on its standard input, never in arguments. */
function proofText({ method, signingAlgorithm, clientSecret, privateKey }: ClientIdentity): string {
  const proof = { method, signingAlgorithm, clientSecret: clientSecret?.reveal(), privateKey: privateKey?.reveal() };
  return JSON.stringify(proof);
}

/** The client of the login with the proof in `text`; `undefined` for what is no whole proof. */
function provenBy(text: string, held: ClientIdentity): ClientIdentity | undefined {
  try {
    const { method, signingAlgorithm, clientSecret, privateKey } = JSON.parse(text) as Record<string, string>;
    const { clientId, kind } = held;
    return {
      clientId,
      kind,
      method: method as ClientIdentity['method'],
      ...(signingAlgorithm === undefined ? {} : { signingAlgorithm }),
      ...(clientSecret === undefined ? {} : { clientSecret: new Secret(clientSecret) }),
      ...(privateKey === undefined ? {} : { privateKey: new Secret(privateKey) }),
    };
  } catch {
    return undefined;
  }
}

/** What the helper is made from. */
export interface HelperWorld {
  readonly host: Host;
  readonly print: (text: string) => void;
  /** Standard input, whole. */
  readonly input: () => Promise<string>;
}

/** Is the helper: renews one generation of one login and says in one line how that ended. Gives the exit code. */
export async function redeemOnce(args: readonly string[], world: HelperWorld): Promise<number> {
  const [id = '', generation = '', reason, proof] = args;
  const why = WHYS.find((word) => word === reason);
  if (!/^[0-9a-f]{1,64}$/.test(id) || !/^\d{1,15}$/.test(generation) || why === undefined) return 2;
  const base = makeBase(world.host);
  const { clock, host } = base;
  const http = createHttp({ env: host.env });
  const opened = await assembleStore(base);
  const deps = { ...base, ...opened, fetch: http.fetch, pid: host.pid };
  const vault = new Vault(deps);
  // Read once before, so that a store that fails later still leaves something to name.
  const held = await vault.read(id);
  const client = proof === PROOF && held !== undefined ? provenBy(await world.input(), held.client) : undefined;
  // Whoever asked has died before it had said how.
  if (proof === PROOF && held !== undefined && client === undefined) return 2;
  const redeemer = new Redeemer({ ...deps, vault });
  const numbers = resolveNumbers(numbersFromEnv(host.env));
  const ask = { numbers, generation: Number(generation), why, ...(client === undefined ? {} : { client }) };
  world.print(reportLine(await redeemer.redeem(id, ask)));
  const enough = clock.sleep(LONGEST_SAVE_MS).catch(() => undefined);
  await Promise.race([redeemer.whenSaved(), enough]);
  return 0;
}
