import { expect, test } from 'vitest';
import { REFUSED, VIEW, http, rig, script, started } from '../../support/scripted-fleet.ts';

test('[fresh.blocked-not-contacted] a disabled or unapproved server is never contacted, and reconnect says what to do instead', async () => {
  const r = rig({ off: script(['ok'], { enabled: false }), new: script(['ok'], { approval: 'awaiting' }) });
  await started(r, 600_000);
  expect(r.scripts['off']!.opened).toHaveLength(0);
  expect(r.scripts['new']!.opened).toHaveLength(0);
  expect(await r.fleet.snapshot('off')).toMatchObject({ status: 'disabled', reason: 'disabled-by-user' });
  expect(await r.fleet.snapshot('new')).toMatchObject({
    status: 'pending',
    reason: 'awaiting-approval',
    approvalHash: 'sha256:abc',
  });
  await expect(r.fleet.reconnect('off')).rejects.toMatchObject({ code: 'ERR_BLOCKED' });
  await expect(r.fleet.reconnect('new')).rejects.toMatchObject({ code: 'ERR_BLOCKED' });
  expect((await r.fleet.enable('off')).snapshot.status).toBe('connected');
  expect((await r.fleet.approve('new')).snapshot.status).toBe('connected');
  expect((await r.fleet.disable('off')).snapshot.status).toBe('disabled');
  expect(r.scripts['off']!.sessions[0]!.closed).toBe(true);
  expect((await r.fleet.reject('new')).snapshot).toMatchObject({ status: 'disabled', reason: 'rejected-by-user' });
});

test('[connect.config-invalid] an entry that is not valid is told with its fault and nothing is contacted; the others work', async () => {
  const problem = {
    reason: 'config-invalid',
    detail: 'url is missing',
    at: { file: '/cfg/servers.json', line: 3, pointer: 'mcpServers.bad' },
  } as const;
  const r = rig({ bad: script(['ok'], { problem }), good: script(['ok']) });
  await started(r, 1);
  expect(await r.fleet.snapshot('bad')).toMatchObject({ status: 'failed', reason: 'config-invalid' });
  expect((await r.fleet.snapshot('good')).status).toBe('connected');
  const report = await r.fleet.reconnect('bad');
  expect(report.did).toContain('not contacted');
  r.scripts['bad']!.problem = undefined;
  expect((await r.fleet.reconnect('bad')).snapshot.status).toBe('connected');
});

test('[fresh.change] [heal.change] a changed entry is reconnected, an unchanged one is untouched, a removed one is closed', async () => {
  const r = rig({ same: script(['ok']), edited: script(['ok']), gone: script(['ok']) });
  await started(r, 1);
  const gone = r.scripts['gone']!;
  r.scripts['edited']!.content = '2';
  delete r.scripts['gone'];
  await r.changed();
  await r.clock.advance(1);
  expect(r.scripts['same']!.opened).toHaveLength(1);
  expect(r.scripts['edited']!.opened).toHaveLength(2);
  expect(r.scripts['edited']!.sessions[0]!.closed).toBe(true);
  expect(gone.sessions[0]!.closed).toBe(true);
  await expect(r.fleet.snapshot('gone')).rejects.toMatchObject({ code: 'ERR_SERVER_UNKNOWN' });
});

test('stop ends the tries until a person reconnects; retry makes the waiting try now', async () => {
  const r = rig({ a: script([REFUSED]) });
  await started(r, 1);
  const first = await r.fleet.retryNow('a');
  expect(first.snapshot.attempt).toBe(2);
  const stopped = await r.fleet.stopTrying('a');
  expect(stopped.snapshot).toMatchObject({ status: 'failed', reason: 'stopped-by-user' });
  await r.clock.advance(3_600_000);
  expect(r.scripts['a']!.opened).toHaveLength(2);
  r.scripts['a']!.tries = ['ok'];
  expect((await r.fleet.reconnect('a')).snapshot.status).toBe('connected');
});

test('[reset.forgets] reset forgets what was derived and says so', async () => {
  const r = rig({ a: script(['ok']) });
  await started(r, 1);
  const report = await r.fleet.reset('a');
  expect(report.did).toEqual(
    expect.arrayContaining([
      'forgot the protocol era of the endpoint',
      'forgot the last known lists',
      'forgot the output of the helper',
    ]),
  );
  expect(report.snapshot.status).toBe('connected');
  expect(r.scripts['a']!.sessions[0]!.closed).toBe(true);
});

test('[cli.nearest] an unknown name is refused with the nearest ones', async () => {
  const r = rig({ notion: script(['ok']), github: script(['ok']) });
  await started(r);
  await expect(r.fleet.reconnect('notoin')).rejects.toMatchObject({
    code: 'ERR_SERVER_UNKNOWN',
    data: { nearest: ['notion'] },
  });
});

test('settled waits for every server but those that wait for a person, and no longer than its limit', async () => {
  const r = rig({
    ok: script(['ok']),
    slow: script([http(503), 'ok']),
    new: script(['ok'], { approval: 'awaiting' }),
    hang: script(['hang']),
  });
  const settled = r.fleet.settled({ timeoutMs: 5_000 });
  await r.clock.advance(5_001);
  const byName = Object.fromEntries((await settled).map(({ name, status }) => [name, status]));
  expect(byName).toEqual({ ok: 'connected', slow: 'connected', new: 'pending', hang: 'pending' });
});

test('[events.ndjson] [events.since] events rise strictly, tell every change, and can be read again from a number', async () => {
  const r = rig({ a: script([http(503), 'ok']) });
  await started(r, 3_000);
  const stop = new AbortController();
  const seen: { seq: number; event: string }[] = [];
  const reading = (async () => {
    for await (const event of r.fleet.events(stop.signal, { since: 0 })) seen.push(event);
  })();
  await r.clock.settle();
  stop.abort();
  await reading;
  expect(seen.filter(({ event }) => event === 'server.attempt')).toHaveLength(2);
  expect(seen.map(({ seq }) => seq - (seen[0]?.seq ?? 0))).toEqual(seen.map((_, index) => index));
  expect(seen.filter(({ event }) => event === 'server.retry_scheduled')).toHaveLength(1);
  expect(seen.at(-1)).toMatchObject({ event: 'server.status', to: 'connected' });
});

test('[fleet.shared] two views with equal entries share one connection; it ends with the last of them', async () => {
  const r = rig({ a: script(['ok']) });
  await started(r, 1);
  await r.fleet.snapshots({ ...VIEW, projectRoot: '/other' });
  await r.clock.advance(1);
  expect(r.scripts['a']!.opened).toHaveLength(1);
  await r.fleet.close();
  expect(r.scripts['a']!.sessions[0]!.closed).toBe(true);
});

test('[security.no-shadow] what is to be approved under a name is the project entry that waits, not the server that is used meanwhile', async () => {
  const waiting = { state: 'awaiting', hash: 'sha256:waits', summary: ['runs: x'], difference: [] } as const;
  const source = {
    client: 'mcp-json',
    scope: 'project',
    file: '/p/.mcp.json',
    line: 3,
    pointer: 'mcpServers.db',
  } as const;
  const entry = {
    name: 'db',
    source,
    reason: 'duplicate-shadowed',
    text: 'awaiting approval',
    approval: waiting,
  } as const;
  const r = rig({ db: script(['ok']), other: script(['ok']) }, { notLoaded: [entry] });
  await started(r, 1);
  expect(await r.fleet.approval('db')).toEqual({ name: 'db', ...waiting });
  expect((await r.fleet.approval('other')).state).toBe('not-needed');
  await r.fleet.close();
});
