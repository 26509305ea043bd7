import { notifications } from '@mantine/notifications';
import { getBody, getFlow } from '../api/rest';
import type { FlowDetail, FlowRow, Header, Side } from '../api/types';
import { detectBody, isBinary } from '../details/body/detectBody';
import { en } from '../strings/en';
import { copyText } from './clipboard';
import { curlCommand, flowUrl } from './curl';

const maxCurlBody = 5_000_000;
const maxBody = 10_000_000;

function tell(message: string, color = 'yellow'): void {
  notifications.show({ id: 'copy', message, color, autoClose: 3000 });
}

async function attempt(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    tell(`${en.failed}: ${error instanceof Error ? error.message : String(error)}`, 'red');
  }
}

export const headersText = (headers: readonly Header[]): string =>
  headers.map(([name, value]) => `${name}: ${value}`).join('\n');

export const copyUrl = (flow: FlowRow): Promise<void> => copyText(flowUrl(flow), en.copyDone.url);

export const copyCurl = (id: number): Promise<void> =>
  attempt(async () => {
    const flow = await getFlow(id);
    if (!flow.request) return tell(en.copyDone.nothing);
    if (flow.request.bodySize > maxCurlBody) return tell(en.copyDone.tooLarge);
    const body =
      flow.request.bodySize > 0
        ? (await getBody(id, 'request', { start: 0, end: flow.request.bodySize }, { decoded: false })).bytes
        : new Uint8Array();
    await copyText(curlCommand(flow, body), en.copyDone.curl);
  });

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
