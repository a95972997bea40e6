/**
 * The built daemon around a fleet that knows nothing: `tiny-daemon.mjs '{"dist", "paths", "version", "mode"}'`.
 * Modes: `ok`; `dies` at its start; `mute` never opens its socket.
 */
import { join } from 'node:path';

const { dist, paths, version, mode } = JSON.parse(process.argv[2]);
const load = (file) => import(join(dist, file));

if (mode === 'dies') {
  console.error('a first line');
  console.error('the reason of its death');
  process.exit(3);
}
if (mode === 'mute') setInterval(() => {}, 1_000);
else {
  const [{ runDaemon }, { socketFiles }, { LogFile, fileLogger }, { systemClock }, { createLocks }] = await Promise.all(
    ['daemon/run.js', 'daemon/socket-files.js', 'daemon/log-file.js', 'base/clock.js', 'system/locks.js'].map(load),
  );
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(name, () => stop.abort());
  const count = { connected: 0, pending: 0, 'needs-auth': 0, failed: 0, disabled: 0 };
  try {
    const cause = await runDaemon({
      paths,
      pid: process.pid,
      version,
      guard: { uid: process.getuid(), files: socketFiles },
      locks: createLocks({ clock: systemClock, platform: process.platform }),
      unique: String(process.pid),
      clock: systemClock,
      logger: fileLogger(new LogFile(paths.log), systemClock, (text) => text),
      signal: stop.signal,
      memory: () => ({ rssBytes: process.memoryUsage.rss(), heapUsedBytes: process.memoryUsage().heapUsed }),
      onCrash: (listener) => {
        process.on('uncaughtException', listener);
        return () => process.off('uncaughtException', listener);
      },
      makeFleet: async (owner) => ({
        figures: () => ({ views: 1, connections: 1, enabled: 1, servers: { ...count, connected: 1 } }),
        fleet: {
          owner: async () => owner,
          snapshots: async (view) => [{ name: 'seen-by', view }],
          request: async (name) => {
            if (name === 'crash') setImmediate(() => setImmediate(boom));
            if (name === 'slow') await new Promise((resolve) => setTimeout(resolve, 600));
            return process.pid;
          },
          close: async () => {},
        },
      }),
    });
    process.exit(cause === 'crash' ? 1 : 0);
  } catch (error) {
    console.error(JSON.stringify(error));
    process.exit(error.code === 'ERR_DAEMON_RUNNING' ? 0 : 1);
  }
}

function boom() {
  throw new Error('nobody catches this');
}
