/**
 * What a person decides about an entry: on or off, approved, rejected.
 *
 * @module
 */
import type { Clock } from '../base/clock.ts';
import { iso } from '../base/clock.ts';
import { HoldfastError } from '../base/errors.ts';
import type { ConfiguredServer } from '../core/config-model.ts';
import type { View } from '../core/view.ts';
import { needsApproval } from './approval.ts';
import type { Overlay, OverlayRecord } from './overlay.ts';
import { bindingKey } from './reader.ts';
import type { Known, Reader } from './reader.ts';

const PROFILE = /^[\w.-]{1,64}$/;

const isSamePlace = ({ candidate: { source } }: Known, server: ConfiguredServer): boolean =>
  source.file === server.source.file && source.pointer === server.source.pointer;

/** A decision for or against an entry replaces the one before; whether it is switched on, and for whom, is another question. */
function undecided({ approved: _approved, rejected: _rejected, ...rest }: OverlayRecord): OverlayRecord {
  return rest;
}

function unknownError(known: readonly Known[], name: string): HoldfastError {
  return known.some((one) => one.candidate.name === name)
    ? new HoldfastError('ERR_USAGE', `"${name}" needs no approval: it stands in a file of your own`, {
        hint: 'Use enable and disable to switch it.',
        data: { server: name },
      })
    : new HoldfastError('ERR_SERVER_UNKNOWN', `no entry is named "${name}" any more`, {
        hint: 'Run "holdfast list" to see the names.',
        data: { server: name },
      });
}

/** Writes decisions down. */
export class Decisions {
  readonly #reader: Reader;
  readonly #overlay: Overlay;
  readonly #clock: Clock;

  constructor(reader: Reader, overlay: Overlay, clock: Clock) {
    this.#reader = reader;
    this.#overlay = overlay;
    this.#clock = clock;
  }

  async setEnabled(view: View, server: ConfiguredServer, enabled: boolean): Promise<void> {
    const { known } = await this.#reader.read(view);
    const found = known.find((one) => isSamePlace(one, server));
    if (found === undefined) throw unknownError([], server.name);
    await this.#overlay.update(found.key, (record) => ({ ...record, enabled }));
  }

  /** Binds the entry to an account, for the project of the view; `undefined` takes that away. Errors: `ERR_USAGE`. */
  async setProfile(view: View, server: ConfiguredServer, profile: string | undefined): Promise<void> {
    if (profile !== undefined && !PROFILE.test(profile))
      throw new HoldfastError('ERR_USAGE', 'the name of a profile is 1 to 64 letters, digits, ".", "_" or "-"', {
        data: { server: server.name },
      });
    const { known } = await this.#reader.read(view);
    const found = known.find((one) => isSamePlace(one, server));
    if (found === undefined) throw unknownError([], server.name);
    await this.#overlay.update(bindingKey(found.key, view.projectRoot), ({ profile: _before, ...record }) =>
      profile === undefined ? record : { ...record, profile },
    );
  }

  /** Errors: `ERR_APPROVAL_STALE`, `ERR_USAGE`, `ERR_SERVER_UNKNOWN`, `ERR_CONFIG_INVALID`. */
  async approve(view: View, server: ConfiguredServer, hash?: string): Promise<void> {
    const { key, judged, hash: current } = await this.#projectEntry(view, server);
    // What the person saw is what is approved: the hash that was named, else that of the entry as it was shown.
    const wanted = hash ?? server.approval.hash ?? current;
    if (wanted !== current)
      throw new HoldfastError('ERR_APPROVAL_STALE', `"${server.name}" is not what was to be approved any more`, {
        hint: `Look at it again; it has the hash ${current} now.`,
        data: { server: server.name, hash: current },
      });
    const approved = { hash: current, at: iso(this.#clock.now()), facts: judged.facts };
    await this.#overlay.update(key, (record) => ({ ...undecided(record), approved }));
  }

  /** A rejection holds, whatever the entry becomes, until the entry is approved. */
  async reject(view: View, server: ConfiguredServer): Promise<void> {
    const { key, hash } = await this.#projectEntry(view, server);
    const rejected = { hash, at: iso(this.#clock.now()) };
    await this.#overlay.update(key, (record) => ({ ...undecided(record), rejected }));
  }

  /** The project entry of the server's name, whether it is the server or is kept from being it. */
  async #projectEntry(view: View, server: ConfiguredServer): Promise<Known & { readonly hash: string }> {
    const { known } = await this.#reader.read(view);
    const found = known.find((one) => one.candidate.name === server.name && needsApproval(one.candidate));
    if (found === undefined) throw unknownError(known, server.name);
    const { hash } = found.approval;
    if (hash !== undefined) return { ...found, hash };
    throw new HoldfastError('ERR_CONFIG_INVALID', `"${server.name}" is not valid and cannot be approved`, {
      hint: 'Correct the entry first.',
      data: { server: server.name },
    });
  }
}
