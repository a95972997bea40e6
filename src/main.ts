/**
 * Gives the command line its world: every port is opened only when a command asks for it, so that a start loads little.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, join, relative } from 'node:path';
import type { ReadStream, WriteStream } from 'node:tty';
import { systemClock } from './base/clock.ts';
import { HoldfastError, errnoOf } from './base/errors.ts';
import type { Vital } from './base/vital.ts';
import type { Ports } from './cli/context.ts';
import { once } from './cli/once.ts';
import { onlyServers } from './cli/only.ts';
import { run } from './cli/run.ts';
import { terminalIo } from './cli/terminal.ts';
import { shellWord } from './cli/text/shell.ts';
import type { DaemonWorld } from './daemon-port.ts';
import type { Host } from './host.ts';
import type { Job } from './menu-port.ts';
import { VERSION } from './version.ts';

/** The process, as far as the program uses it. */
export interface World extends DaemonWorld {
  /** Opened only when somebody reads it. */
  readonly stdin: () => ReadStream;
  readonly stdout: WriteStream;
  /** Opened only when there is something to say. */
  readonly stderr: () => WriteStream;
  readonly job: Job;
  /** The file that node runs. */
  readonly script: string;
  /** Calls back for an interrupt, a termination or a hang-up. A second one ends the process when `last` has resolved. */
  onSignal(listener: () => void, last: () => Promise<void>): void;
  /** Gives every signal to the listener, in the place of what they do here; the result ends that. */
  handSignals(listener: (signal: NodeJS.Signals) => void): () => void;
}

/** How long the end of the process is put off, at most. */
const LONGEST_LAST_MS = 10_000;

/** How this person types this program. */
function programOf(script: string, { cwd }: Host): string {
  if (/^holdfast(?:\.js)?$/.test(basename(script))) return 'holdfast';
  const near = relative(cwd, script);
  return `node ${shellWord(near.startsWith('..') ? script : near)}`;
}

/** What an impatient person has to wait for all the same: the renewal of a sign-in, which would be lost. */
async function lastWork(world: World, vital: Vital | undefined): Promise<void> {
  if (vital?.isBusy !== true) return;
  world.stderr().write('A sign-in is being renewed; this ends in a moment.\n');
  await Promise.race([vital.over(), systemClock.sleep(LONGEST_LAST_MS)]);
}

/** The end of the command: a person interrupts it, or nobody reads it any longer. */
function endOf(world: World, vital: () => Vital | undefined): Pick<Ports, 'signal' | 'interrupted' | 'outputFault'> {
  const end = new AbortController();
  let fault: ReturnType<Ports['outputFault']>;
  let listening = false;
  world.stdout.on('error', (error) => {
    const code = errnoOf(error);
    fault ??=
      code === 'EPIPE'
        ? 'closed'
        : new HoldfastError('ERR_INTERNAL', `stdout cannot be written: ${code ?? ''}`, {
            hint: 'Look whether the disk is full.',
            cause: error,
          });
    end.abort();
  });
  return {
    get signal() {
      if (!listening)
        world.onSignal(
          () => end.abort(),
          () => lastWork(world, vital()),
        );
      listening = true;
      return end.signal;
    },
    interrupted: () => end.signal.aborted,
    outputFault: () => fault,
  };
}

/** A file of the package; a build may lie one folder deeper than `dist`. */
async function readAsset(dist: string, path: string): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  return readFile(join(dist, '..', path), 'utf8').catch(() => readFile(join(dist, '..', '..', path), 'utf8'));
}

function portsOf(world: World): Ports {
  const { host } = world;
  let vital: Vital | undefined;
  const end = endOf(world, () => vital);
  const base = once(async () => {
    const made = (await import('./assemble.ts')).makeBase(host);
    vital = made.vital;
    return made;
  });
  const config = once(async () => (await import('./assemble.ts')).assembleConfig(await base()));
  const readView: Ports['view'] = async (files) =>
    (await import('./assemble.ts')).assembleView(await base(), await config(), { files });
  const daemon = once(async () => (await import('./daemon-port.ts')).daemonPort(await base(), world, readView));
  return {
    clock: systemClock,
    env: host.env,
    place: { home: host.home, cwd: host.cwd },
    version: VERSION,
    program: programOf(world.script, host),
    get signal() {
      return end.signal;
    },
    interrupted: end.interrupted,
    outputFault: end.outputFault,
    config,
    view: readView,
    inProcess: async (view, only) =>
      (await import('./assemble.ts')).assembleFleet(await base(), onlyServers(await config(), only), {
        kind: 'in-process',
        view,
        redeem: (await import('./redeem.ts')).helperRunner(await base()),
      }),
    daemon: {
      connect: async (expect) => (await daemon()).connect(expect),
      ensure: async () => (await daemon()).ensure(),
      report: async () => (await daemon()).report(),
      stop: async () => (await daemon()).stop(),
      run: async (signal) => (await daemon()).run(signal),
    },
    demo: async () =>
      (await import('./demo/demo-fleet.ts')).startDemoFleet({
        node: host.node,
        program: join(host.dist, 'testing', 'stdio-server.js'),
      }),
    openUrl: async (url) => (await import('./open-url.ts')).openUrl(url, host),
    machine: { platform: host.platform, hostname, node: host.nodeVersion, has: existsSync },
    logins: once(async () => (await import('./logins-port.ts')).openLogins(await base(), () => end.signal)),
    gateway: once(async () =>
      (await import('./serve-port.ts')).gatewayPort(await base(), { ...world, signal: () => end.signal }),
    ),
    page: once(async () => (await import('./ui-port.ts')).pagePort(await base(), world)),
    menu: async (ask) => (await import('./menu-port.ts')).openMenu({ ...world, signal: end.signal }, ask),
    install: once(async () => (await import('./install-port.ts')).installPort(await base(), world.script)),
    edit: async (command, args) => (await import('./editor.ts')).runEditor(command, args),
    webhooks: async (files) => (await import('./webhooks-port.ts')).webhooksOf(await base(), files),
    tryWebhooks: async (hooks) => (await import('./webhooks-port.ts')).tryWebhooks(await base(), hooks, end.signal),
    bundle: async (ask) => (await import('./bundle-port.ts')).writeBundle(await base(), ask),
    child: async (ask) => (await import('./child.ts')).runChild(ask, world),
    asset: (path) => readAsset(host.dist, path),
  };
}

/** Runs one command line in this world and gives its exit code. */
export async function main(argv: readonly string[], world: World): Promise<number> {
  const { stdin, stdout, stderr, host } = world;
  const io = terminalIo({ stdin, stdout, stderr, env: host.env, noColor: argv.includes('--no-color') });
  return run(argv, portsOf(world), io);
}
