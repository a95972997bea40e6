/**
 * Questions inside results (MCP 2026-07-28, multi-round-trip requests), read and written.
 *
 * @module
 */
import { CODE, failure, success } from '../rpc/answer.ts';
import type { Answer, Failure } from '../rpc/answer.ts';
import { isObject } from '../rpc/message.ts';
import type { Json } from '../rpc/message.ts';

/** One question, as a request of the earlier era would ask it. */
export interface Question {
  readonly method: string;
  readonly params: Json;
}

/** What a server wants to know before it answers. */
export interface InputRequired {
  readonly questions: Readonly<Record<string, Question>>;
  readonly state?: string;
}

/** Reads a result that asks; `undefined` where it does not say what. */
export function readInputRequired(result: Uint8Array): InputRequired | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(result.buffer, result.byteOffset, result.byteLength).toString('utf8'));
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const { inputRequests = {}, requestState } = value;
  if (!isObject(inputRequests)) return undefined;
  const questions: Record<string, Question> = {};
  for (const [key, request] of Object.entries(inputRequests)) {
    if (!isObject(request) || typeof request['method'] !== 'string') return undefined;
    questions[key] = { method: request['method'], params: isObject(request['params']) ? request['params'] : {} };
  }
  return { questions, ...(typeof requestState === 'string' ? { state: requestState } : {}) };
}

/** A result that asks. */
export function inputRequired({ questions, state }: InputRequired): Answer {
  return success({
    resultType: 'input_required',
    inputRequests: questions,
    ...(state === undefined ? {} : { requestState: state }),
  });
}

/** The responses of a client by key, or the error where they are none. */
export function readResponses(params: Json): Readonly<Record<string, Json>> | Failure {
  const { inputResponses } = params;
  if (inputResponses === undefined) return {};
  if (!isObject(inputResponses)) return failure(CODE.invalidParams, 'inputResponses is no object', { httpStatus: 400 });
  for (const [key, response] of Object.entries(inputResponses))
    if (!isObject(response))
      return failure(CODE.invalidParams, `inputResponses has no object under ${JSON.stringify(key.slice(0, 100))}`, {
        httpStatus: 400,
      });
  return inputResponses as Readonly<Record<string, Json>>;
}
