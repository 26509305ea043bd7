import { describe, expect, it } from 'vitest';
import type { FlowDetail } from '../api/types';
import { wireSizes } from './wireSizes';

const message = { headSize: 200, bodySize: 1000, headWireSize: 200, bodyWireSize: 1012 };

function flow(part: object): FlowDetail {
  return { state: 'done', request: null, response: null, ...part } as FlowDetail;
}

describe('bytes on the wire', () => {
  it('head and body of both messages, each with what it holds', () => {
    const sizes = wireSizes(flow({ request: { ...message, bodySize: 0, bodyWireSize: 0 }, response: message }));
    expect(sizes).toEqual([
      { side: 'request', part: 'head', wire: 200, content: 200, isCompressed: false },
      { side: 'response', part: 'head', wire: 200, content: 200, isCompressed: false },
      { side: 'response', part: 'body', wire: 1012, content: 1000, isCompressed: false },
    ]);
  });

  it('a head that took fewer bytes than its text was compressed', () => {
    expect(wireSizes(flow({ request: { ...message, headWireSize: 61, bodyWireSize: null } }))).toEqual([
      { side: 'request', part: 'head', wire: 61, content: 200, isCompressed: true },
    ]);
  });

  it('a body that still runs has no figures yet, and an answer of the proxy has none at all', () => {
    expect(wireSizes(flow({ state: 'streaming', response: message })).map((size) => size.part)).toEqual(['head']);
    expect(wireSizes(flow({ response: { ...message, headWireSize: null, bodyWireSize: null } }))).toEqual([]);
  });
});
