/**
 * The public subpath `holdfast/testing`: time, servers with faults and an in-memory world for tests.
 *
 * @module
 */
export { createVirtualClock } from './virtual-clock.ts';
export type { JumpOptions, VirtualClock } from './virtual-clock.ts';
export { startFaultServer } from './fault-server.ts';
export type { FaultServer, FaultServerOptions, Mount } from './fault-server.ts';
export { startBrokenPort, startRefusingPort } from './ports.ts';
export type { FaultPort } from './ports.ts';
export { headerOf, openEvents, reply, replyJson, untilGone } from './exchange.ts';
export type { Behaviour, BehaviourSource, EventStream, Exchange, RequestRecord, RpcMessage } from './exchange.ts';
export {
  brokenJson,
  forbidden,
  hang,
  html,
  httpDate,
  insufficientScope,
  redirect,
  reset,
  silentStream,
  slowLoris,
  status,
  tooMany,
  unauthorized,
  wrongContentType,
} from './faults.ts';
export type { AnswerParts, RetryAfter } from './faults.ts';
export { delayed, firstThen, firstWhile, onHttp, onRpc, rateLimited, requireHeader, sequence } from './compose.ts';
export { mcpServer } from './mcp-server.ts';
export type { Announced, McpServer, McpServerOptions } from './mcp-server.ts';
export type { McpCall, McpContent } from './mcp-core.ts';
export { legacySseServer } from './legacy-sse.ts';
export type { LegacySseOptions, LegacySseServer } from './legacy-sse.ts';
export { startAuthServer } from './auth-server.ts';
export type {
  AuthCounters,
  AuthServer,
  AuthServerOptions,
  ClientRecord,
  ConsentAnswer,
  ConsentRequest,
  EndpointFault,
  EndpointId,
  Grant,
  ProtectedOptions,
} from './auth-server.ts';
export { mountSignIn } from './sign-in.ts';
export type { SignInMounts, SignInOptions } from './sign-in.ts';
export type { MemoryAuthority } from './memory-authority.ts';
export { createMemoryFleet } from './memory-fleet.ts';
export { createMemoryWorld } from './memory-world.ts';
export type { FlapOptions, MemoryWorld } from './memory-world.ts';
export type { MemoryConfig } from './memory-config.ts';
export type { MemoryCredentials } from './memory-credentials.ts';
export type { RawEntry } from './memory-entry.ts';
export type { MemoryHelper, MemoryOpen, MemoryOutcome, MemoryServer } from './memory-server.ts';
export type { MemorySession, MemoryTools } from './memory-session.ts';
export type { MemorySignIns } from './memory-sign-ins.ts';
