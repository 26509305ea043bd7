import { getBody, getFlow, getMatching, getState } from '../api/rest';
import type { FlowDetail, FlowSelection, Header, Side } from '../api/types';
import { detectBody, isBinary } from '../details/body/detectBody';
import { en } from '../strings/en';
import { copyText, tellOfCopy } from './clipboard';
import { type CopyFormat, isRequestFormat, requestFormats } from './copyFormats';
import { type HarSource, harText } from './har';
import { rawMessage } from './rawMessage';
import { flowUrl, sentRequest } from './sentRequest';

const maxBody = 10_000_000;
/** So many bytes of bodies go into the clipboard. */
const maxBodies = 10_000_000;
const maxUrls = 1000;
const maxFlows = 200;
const atOnce = 6;
const nothing = new Uint8Array();

const tell = (message: string, color = 'yellow'): void => tellOfCopy(message, color, 4000);

async function attempt(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    tell(`${en.failed}: ${error instanceof Error ? error.message : String(error)}`, 'red');
  }
}

/** What cannot be copied, with the sentence that says why and what to do instead. */
class CannotCopy extends Error {}

export const oneFlow = (id: number): FlowSelection => ({ ids: [id], filter: null, upTo: null });

/** Copies flows as what the format says; several together. */
export const copyAs = (format: CopyFormat, selection: FlowSelection): Promise<void> =>
  attempt(async () => {
    try {
      const { text, done } = await written(format, selection);
      await copyText(text, done);
    } catch (error) {
      if (!(error instanceof CannotCopy)) throw error;
      tell(error.message);
    }
  });

async function written(format: CopyFormat, selection: FlowSelection): Promise<{ text: string; done: string }> {
  const most = format === 'url' ? maxUrls : maxFlows;
  const ids = selection.ids ?? (await getMatching(selection.filter ?? '', selection.upTo, most + 1));
  if (ids.length > most) throw new CannotCopy(en.copyDone.tooMany(most));
  const flows = (await inTurn(ids, (id) => getFlow(id))).filter((flow) => format === 'url' || flow.request !== null);
  if (flows.length === 0) throw new CannotCopy(en.copyDone.nothing);
  const done = en.copyDone.as(en.copyAs[format], flows.length);
  if (format === 'url') return { text: flows.map(flowUrl).join('\n'), done };

  const wants = { request: format !== 'rawResponse', response: format === 'rawResponse' || format === 'har' };
  const size = flows.reduce(
    (sum, flow) => sum + (wants.request ? flow.requestSize : 0) + (wants.response ? flow.responseSize : 0),
    0,
  );
  if (size > maxBodies) throw new CannotCopy(en.copyDone.tooLarge);
  if (isRequestFormat(format)) {
    const requests = await inTurn(flows, async (flow) =>
      sentRequest(flow, (await bodyOf(flow, 'request', false)).bytes),
    );
    return { text: requestFormats[format](requests), done };
  }
  if (format === 'har') {
    const sources = await inTurn(flows, async (flow): Promise<HarSource> => {
      const request = await bodyOf(flow, 'request', false);
      return { flow, request: request.bytes, response: (await bodyOf(flow, 'response', true)).bytes };
    });
    return { text: harText(sources, en.appName, (await getState()).version), done };
  }
  const side: Side = format === 'rawRequest' ? 'request' : 'response';
  const messages = await inTurn(
    flows.filter((flow) => flow[side] !== null),
    async (flow) => {
      const { bytes, decoded } = await bodyOf(flow, side, true);
      return rawMessage(flow, side, bytes, decoded !== null);
    },
  );
  if (messages.length === 0) throw new CannotCopy(en.copyDone.nothing);
  const kinds = new Set(messages.map(({ body }) => body));
  const note = kinds.has('binary') ? en.copyDone.rawBinary : kinds.has('decoded') ? en.copyDone.rawDecoded : '';
  return { text: messages.map(({ text }) => text).join('\r\n\r\n'), done: note ? `${done}. ${note}` : done };
}

/** Does something for each of some things, a few at the same time, and keeps their order. */
async function inTurn<T, R>(items: readonly T[], action: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array(items.length);
  let next = 0;
  const work = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await action(items[index] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
  return results;
}

async function bodyOf(
  flow: FlowDetail,
  side: Side,
  decoded: boolean,
): Promise<{ bytes: Uint8Array; decoded: string | null }> {
  const size = flow[side]?.bodySize ?? 0;
  if (size === 0) return { bytes: nothing, decoded: null };
  const part = await getBody(flow.id, side, { start: 0, end: maxBody + 1 }, { decoded });
  if (part.total === null || part.bytes.length > maxBody) throw new CannotCopy(en.copyDone.tooLarge);
  return part;
}

export const headersText = (headers: readonly Header[]): string =>
  headers.map(([name, value]) => `${name}: ${value}`).join('\n');

export const copyHeaders = (id: number, side: Side): Promise<void> =>
  attempt(async () => {
    const message = (await getFlow(id))[side];
    if (!message) return tell(en.copyDone.nothing);
    await copyText(headersText(message.headers), en.copyDone.headers);
  });

export const headerValue = (headers: readonly Header[] | undefined, name: string): string | null =>
  headers?.find(([key]) => key.toLowerCase() === name)?.[1] ?? null;

export const copyBody = (id: number, side: Side): Promise<void> =>
  attempt(async () => {
    const flow: FlowDetail = await getFlow(id);
    const message = flow[side];
    if (!message || message.bodySize === 0) return tell(en.copyDone.nothing);
    const part = await getBody(id, side, { start: 0, end: maxBody }, { decoded: true });
    if (part.total === null || part.total > maxBody) return tell(en.copyDone.tooLarge);
    const facts = detectBody(headerValue(message.headers, 'content-type'), part.bytes);
    if (isBinary(facts)) return tell(en.copyDone.binary);
    await copyText(new TextDecoder(facts.charset).decode(part.bytes), en.copyDone.body);
  });
