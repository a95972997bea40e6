/** A server that knows the modern era only. @module */
import { serve } from './mini.mjs';

const VERSION = '2026-07-28';
const COMPLETE = {
  resultType: 'complete',
  ttlMs: 60_000,
  cacheScope: 'private',
  _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'modern', version: '1.0.0' } },
};

serve({
  initialize: () => {
    const refusal = { code: -32_022, data: { supported: [VERSION], requested: '2025-11-25' } };
    throw Object.assign(new Error('unsupported protocol version'), refusal);
  },
  'server/discover': () => ({ ...COMPLETE, supportedVersions: [VERSION], capabilities: { tools: {} } }),
  'tools/list': () => ({ ...COMPLETE, tools: [] }),
});
