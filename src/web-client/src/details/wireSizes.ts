import type { FlowDetail, Side } from '../api/types';

export interface WireSize {
  side: Side;
  part: 'head' | 'body';
  /** Bytes on the connection on which the message came, framing included. */
  wire: number;
  /** Bytes of what it holds: the head as text, the body without its framing. */
  content: number;
  /** Whether the fields were compressed on the wire (HPACK), so that it took fewer bytes than the text has. */
  isCompressed: boolean;
}

/** What is known of the bytes on the wire. Bodies are left out while they run: the figures are those of the last moment that was stored. */
export function wireSizes(flow: FlowDetail): WireSize[] {
  const hasEnded = flow.state === 'done' || flow.state === 'error';
  const sizes: WireSize[] = [];
  for (const side of ['request', 'response'] as const) {
    const message = flow[side];
    if (!message) continue;
    const { headSize, bodySize, headWireSize, bodyWireSize } = message;
    if (headWireSize !== null) {
      sizes.push({ side, part: 'head', wire: headWireSize, content: headSize, isCompressed: headWireSize < headSize });
    }
    if (bodyWireSize && hasEnded) {
      sizes.push({ side, part: 'body', wire: bodyWireSize, content: bodySize, isCompressed: false });
    }
  }
  return sizes;
}
