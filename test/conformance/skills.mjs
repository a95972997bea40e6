/**
 * Loads skills as a host does (SEP-2640), with the SDK's own skills client: which files to trust is the host's decision,
 * not that of the connection. Its requests go through the fleet.
 *
 * @module
 */
import { Client } from '@modelcontextprotocol/client';
import { SkillsClient } from '@modelcontextprotocol/client/ext/skills';

/** The end of the SDK's client that hands every request to `ask`. */
class FleetTransport {
  onmessage;
  onclose;
  #ask;

  constructor(ask) {
    this.#ask = ask;
  }

  async start() {}

  async close() {
    this.onclose?.();
  }

  async send({ id, method, params }) {
    if (id === undefined) return;
    const hello = {
      protocolVersion: '2025-11-25',
      capabilities: { resources: {}, extensions: { 'io.modelcontextprotocol/skills': {} } },
      serverInfo: { name: 'fleet', version: '1' },
    };
    try {
      const result = method === 'initialize' ? hello : await this.#ask(method, params);
      this.onmessage?.({ jsonrpc: '2.0', id, result });
    } catch (error) {
      this.onmessage?.({ jsonrpc: '2.0', id, error: { code: -32_603, message: String(error) } });
    }
  }
}

/** Lists the skills; with `read`, loads each: its SKILL.md first, and only where that is good what it refers to. */
export async function loadSkills(ask, { read }) {
  const client = new Client({ name: 'host', version: '1.0.0' });
  await client.connect(new FleetTransport(ask));
  const skills = new SkillsClient(client, { parseFrontmatter });
  const listing = await skills.list();
  for (const skill of read ? listing.skills : []) {
    await skills.read(skill);
    for (const { uri } of skill.resources) await skills.read(skill, uri);
  }
  await client.close();
}

/** Flat `name: text` lines: all that the skills of the suite have. */
function parseFrontmatter(yaml) {
  const lines = yaml.split('\n').filter((line) => line.includes(':'));
  return Object.fromEntries(lines.map((line) => [line.split(':')[0].trim(), line.slice(line.indexOf(':') + 1).trim()]));
}
