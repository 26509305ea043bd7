import { useEffect, useState } from 'react';
import { getBody } from '../../api/rest';
import type { FlowDetail } from '../../api/types';
import { isWhole } from '../body/bodySource';
import { isCompressible, type Measured } from './compression';
import { joinedOf, mediaTypeOf } from './insight';

const mostMeasured = 1_000_000;

/** The size of the response's body decoded and with gzip, measured here with the first megabyte; null until then, and where it tells nothing. */
export function useMeasured(flow: FlowDetail): Measured | null {
  const [done, setDone] = useState<{ key: string; measured: Measured } | null>(null);
  const { id, responseSize, state } = flow;
  const isCoded = joinedOf(flow.response?.headers, 'content-encoding') !== null;
  const isWanted = state === 'done' && responseSize > 0 && (isCoded || isCompressible(mediaTypeOf(flow)));
  const key = `${id}/${responseSize}`;
  useEffect(() => {
    if (!isWanted) return;
    const abort = new AbortController();
    const measure = async () => {
      const part = await getBody(id, 'response', { start: 0, end: mostMeasured }, { decoded: true }, abort.signal);
      if (part.decodeError || part.bytes.length === 0) return;
      const gzip = isCoded ? 0 : await gzipSize(part.bytes);
      if (!abort.signal.aborted) setDone({ key, measured: { plain: part.bytes.length, gzip, isWhole: isWhole(part) } });
    };
    // Without it, the sizes alone are told.
    measure().catch(() => {});
    return () => abort.abort();
  }, [isWanted, id, key, isCoded]);
  return done?.key === key ? done.measured : null;
}

async function gzipSize(bytes: Uint8Array): Promise<number> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new CompressionStream('gzip'));
  return (await new Response(stream).arrayBuffer()).byteLength;
}
