/**
 * What a client has to have reached: the tools of every server that is connected and a call to each, the way to sign in
 * where one is needed, and word of every server there is.
 *
 * @module
 */

const AUTHENTICATE = '__authenticate';

/** What is missing, in words; an empty list for a client that reached everything. */
export async function judge(session, servers) {
  const missing = [];
  const tools = new Set(await session.tools());
  const connected = servers.filter(({ settles }) => settles === 'connected');
  for (const { name } of connected) {
    if (!tools.has(`${name}__echo`)) {
      missing.push(`no tools of ${name}`);
      continue;
    }
    const text = `for-${name}`;
    const answer = await session.call(`${name}__echo`, { text });
    if (!answer.includes(text)) missing.push(`${name}__echo answered ${answer.slice(0, 200)}`);
  }
  for (const { name, settles } of servers)
    if (settles === 'needs-auth' && !tools.has(`${name}${AUTHENTICATE}`)) missing.push(`no way to sign in to ${name}`);
  const status = await session.call('holdfast__status', {});
  for (const { name } of servers) if (!status.includes(name)) missing.push(`no word of ${name}`);
  return { missing, tools: tools.size, calls: connected.length + 1 };
}
