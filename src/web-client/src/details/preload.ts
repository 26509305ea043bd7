import { type BodyPart, getBody, getFlow } from '../api/rest';
import type { FlowDetail, FlowRow, Side } from '../api/types';
import { firstPart } from './body/parts';

/** While a key is held, flows pass faster than this, and only the last one is worth loading. */
const passingMs = 180;
/** What was asked for longer ago may have changed. */
const freshMs = 2000;

interface Asked<T> {
  key: string;
  at: number;
  answer: Promise<T>;
}

let flow: Asked<FlowDetail> | null = null;
let body: Asked<BodyPart> | null = null;
let last = Number.NEGATIVE_INFINITY;

function ask<T>(key: string, answer: Promise<T>): Asked<T> {
  // Who takes it handles what went wrong.
  answer.catch(() => {});
  return { key, at: performance.now(), answer };
}

/** Asks for a flow, and for the response's body, at the moment when its row is chosen: while the page still draws, the answers are on their way. */
export function preload(row: FlowRow | undefined, wantsBody: boolean): void {
  const now = performance.now();
  const isPassing = now - last < passingMs;
  last = now;
  if (!row || isPassing) return;
  flow = ask(String(row.id), getFlow(row.id));
  if (wantsBody && row.state === 'done' && row.responseSize > 0 && row.kind === 'http')
    body = ask(`${row.id}/response`, getBody(row.id, 'response', { start: 0, end: firstPart }, { decoded: true }));
}

function take<T>(asked: Asked<T> | null, key: string): Promise<T> | null {
  return asked && asked.key === key && performance.now() - asked.at < freshMs ? asked.answer : null;
}

/** The flow that was asked for before; null when it was not. It is given once. */
export function takeFlow(id: number): Promise<FlowDetail> | null {
  const answer = take(flow, String(id));
  flow = null;
  return answer;
}

/** The first part of a body that was asked for before; null when it was not. It is given once. */
export function takeBody(id: number, side: Side): Promise<BodyPart> | null {
  const answer = take(body, `${id}/${side}`);
  if (answer) body = null;
  return answer;
}
