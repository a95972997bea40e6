/**
 * A configuration in which only the named servers exist: a process that ends after one command starts no others.
 *
 * @module
 */
import type { ConfigPort } from '../core/config-model.ts';
import { unknownServer } from './errors.ts';

/** The port, limited to `names`. Loading it throws `ERR_SERVER_UNKNOWN` when one of them is no server of the view. */
export function onlyServers(config: ConfigPort, names: readonly string[]): ConfigPort {
  if (names.length === 0) return config;
  return {
    async load(view) {
      const loaded = await config.load(view);
      const known = loaded.servers.map(({ name }) => name);
      const unknown = names.find((name) => !known.includes(name));
      if (unknown !== undefined) throw unknownServer(unknown, known);
      return { ...loaded, servers: loaded.servers.filter(({ name }) => names.includes(name)) };
    },
    resolve: (server, view) => config.resolve(server, view),
    watch: (view, changed) => config.watch(view, changed),
    add: (view, request) => config.add(view, request),
    edit: (view, request) => config.edit(view, request),
    remove: (view, request) => config.remove(view, request),
    setEnabled: (view, server, enabled) => config.setEnabled(view, server, enabled),
    approve: (view, server, hash) => config.approve(view, server, hash),
    reject: (view, server) => config.reject(view, server),
    setProfile: (view, server, profile) => config.setProfile(view, server, profile),
  };
}
