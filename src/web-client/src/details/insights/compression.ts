import type { FlowDetail } from '../../api/types';
import { formatSize } from '../../format/format';
import { type Insight, joinedOf, listOf, mediaTypeOf } from './insight';

/** What was measured of a body. */
export interface Measured {
  /** Bytes of the body decoded, as far as it was read. */
  plain: number;
  /** Bytes of the same with gzip. */
  gzip: number;
  /** Whether that is all of it. */
  isWhole: boolean;
}

/** A packet or two: less than that is not sent faster. */
const worthwhile = 1400;
const compressible =
  /^(text\/|application\/((.*\+)?(json|xml)|javascript|x-javascript|ecmascript|wasm|manifest\+json|x-ndjson|graphql|x-www-form-urlencoded|rtf)|image\/(svg\+xml|bmp|x-icon)|font\/(ttf|otf)|application\/vnd\.ms-fontobject)/;

export const isCompressible = (mediaType: string): boolean => compressible.test(mediaType);

/** What compressing the response saves, or would save. */
export function explainCompression(flow: FlowDetail, measured: Measured | null): Insight[] {
  const { request, response } = flow;
  if (!response || response.bodySize === 0) return [];
  const type = mediaTypeOf(flow);
  const codings = listOf(response.headers, 'content-encoding').filter((name) => name !== 'identity');
  const accepted = listOf(request?.headers, 'accept-encoding').map((one) => one.split(';')[0] ?? '');
  const isUnderstood = accepted.some((one) => ['gzip', 'br', 'zstd', 'deflate', '*'].includes(one));
  const insights: Insight[] = [];
  const sent = response.bodySize;
  if (codings.length > 0) {
    if (measured?.isWhole && measured.plain > 0) {
      const share = Math.round((1 - sent / measured.plain) * 100);
      insights.push({
        id: 'compressed',
        tone: share > 0 ? 'good' : 'note',
        title: share > 0 ? `Compression saves ${share} %` : 'Compression saves nothing',
        text: `${formatSize(sent)} instead of ${formatSize(measured.plain)}, with ${codings.join(', ')}.${
          isCompressible(type) || share > 10 ? '' : ' Content of this type is compressed by itself.'
        }`,
        ...(share > 0
          ? {}
          : { fix: 'Do not compress content that is compressed by itself: it costs time on both sides.' }),
        source: 'RFC 9110, section 8.4',
      });
    } else
      insights.push({
        id: 'compressed',
        tone: 'good',
        title: 'It is compressed',
        text: `${formatSize(sent)} with ${codings.join(', ')}.`,
        source: 'RFC 9110, section 8.4',
      });
    if (!listOf(response.headers, 'vary').some((name) => name === 'accept-encoding' || name === '*'))
      insights.push({
        id: 'compressed-vary',
        tone: 'warn',
        title: 'Vary: Accept-Encoding is missing',
        text: 'A cache may give the compressed body to a client that cannot read it.',
        fix: 'Send Vary: Accept-Encoding wherever compression depends on the request.',
        source: 'RFC 9110, section 12.5.5',
      });
    return insights;
  }
  if (!isCompressible(type))
    return [
      {
        id: 'incompressible',
        tone: 'note',
        title: 'Nothing to gain by compression',
        text: `${type || 'Content without a type'} is compressed by itself, or cannot be.`,
        source: 'RFC 9110, section 8.4',
      },
    ];
  if (sent < worthwhile)
    return [
      {
        id: 'small',
        tone: 'note',
        title: 'Too small for compression to matter',
        text: `${formatSize(sent)} fit into one packet.`,
        source: 'RFC 9110, section 8.4',
      },
    ];
  const saved = measured ? 1 - measured.gzip / measured.plain : null;
  const size = saved === null ? null : formatSize(Math.round(sent * (1 - saved)));
  insights.push({
    id: 'uncompressed',
    tone: isUnderstood ? 'warn' : 'note',
    title: saved === null ? 'It is not compressed' : `Compression would save ${Math.round(saved * 100)} %`,
    text:
      saved === null
        ? `${formatSize(sent)} of ${type} came as they are.`
        : `With gzip it would be ${measured?.isWhole ? '' : 'about '}${size} instead of ${formatSize(sent)}${measured?.isWhole ? '' : ` (measured with its first ${formatSize(measured?.plain ?? 0)})`}; br and zstd save somewhat more.`,
    fix: isUnderstood
      ? `Switch compression on for ${type}: the client takes ${accepted.join(', ')}.`
      : `The client did not offer to take compressed bodies (Accept-Encoding: ${joinedOf(request?.headers, 'accept-encoding') ?? 'not sent'}).`,
    source: 'RFC 9110, sections 8.4 and 12.5.3',
  });
  return insights;
}
