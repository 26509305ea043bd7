import { useEffect, useMemo, useState } from 'react';
import { formatSize } from '../../format/format';
import { en } from '../../strings/en';
import { JwtView } from '../JwtView';
import { decodeJwt } from '../jwt';
import classes from './BodyView.module.css';
import { type BodySource, isWhole } from './bodySource';
import { decodeBase64, decodedKind, decodeUrl, gunzip } from './decodeText';
import { type BodyFacts, looksLikeText } from './detectBody';
import { formatJson } from './format/formatJson';
import { hexCells, hexLineCount, hexOffset, printable } from './hex';
import { isPackedKind, type PackedKind, readPacked } from './packed/readPacked';
import { TextView } from './TextView';

const mostDecoded = 1_000_000;
const maxHexLines = 2000;

interface Props {
  source: BodySource;
  facts: BodyFacts;
  text: string;
  wrap: boolean;
  label: string;
}

/** What a body is an encoding of: base64, a token, URL-encoded text, gzip that no header tells of, or a binary format. */
export default function DecodedView(props: Props) {
  const { kind } = props.facts;
  return isPackedKind(kind) ? <PackedView {...props} kind={kind} /> : <EncodedView {...props} />;
}

/** A body of a binary format, as JSON. */
function PackedView({ source, kind, wrap, label }: Props & { kind: PackedKind }) {
  const whole = isWhole(source.part);
  const { bytes } = source.part;
  const result = useMemo(() => (whole ? readPacked(kind, bytes) : null), [whole, kind, bytes]);
  if (result === null) return <p className={classes.note}>{en.decoded.partial}</p>;
  if (!result.ok)
    return <p className={classes.note}>{en.decoded.notPacked(en.decoded.packed[kind], result.at, result.reason)}</p>;
  return (
    <div className={classes.framed}>
      <p className={classes.hintLine}>
        {en.decoded.packed[kind]}
        {(kind === 'protobuf' || kind === 'grpc') && ` · ${en.decoded.noSchema}`}
      </p>
      <div className={classes.within}>
        <TextView
          source={result.text}
          bytes={bytes}
          charset="utf-8"
          text={result.text}
          language="json"
          wrap={wrap}
          label={label}
          matches={[]}
          current={null}
          resetKey={source.id}
        />
      </div>
    </div>
  );
}

function EncodedView({ source, facts, text, wrap, label }: Props) {
  const kind = facts.kind === 'compressed' ? 'gzip' : decodedKind(text);
  const jwt = useMemo(() => (kind === 'jwt' ? decodeJwt(text) : null), [kind, text]);
  const plain = useMemo(
    () =>
      kind === 'base64' || kind === 'jwt'
        ? decodeBase64(text)
        : kind === 'url'
          ? new TextEncoder().encode(decodeUrl(text.trim()))
          : null,
    [kind, text],
  );
  const unzipped = useGunzip(kind === 'gzip' ? source.part.bytes : null);
  if (jwt) {
    return (
      <div className={classes.padded}>
        <JwtView jwt={jwt} />
      </div>
    );
  }
  const bytes = kind === 'gzip' ? unzipped?.bytes : plain;
  if (kind === 'gzip' && !unzipped) return <p className={classes.note}>{en.body.loading}</p>;
  if (!bytes || bytes.length === 0) return <p className={classes.note}>{en.decoded.nothing}</p>;
  const problem =
    unzipped?.problem === 'cut'
      ? en.decoded.cut(formatSize(mostDecoded))
      : unzipped?.problem
        ? en.decoded.damaged
        : null;
  return (
    <div className={classes.framed}>
      <p className={classes.hintLine}>
        {en.decoded.kind[kind ?? 'base64']} · {formatSize(bytes.length)}
        {problem && ` · ${problem}`}
      </p>
      <div className={classes.within}>
        <Content bytes={bytes} wrap={wrap} label={label} id={source.id} />
      </div>
    </div>
  );
}

function Content({ bytes, wrap, label, id }: { bytes: Uint8Array; wrap: boolean; label: string; id: number }) {
  const text = useMemo(() => (looksLikeText(bytes) ? new TextDecoder().decode(bytes) : null), [bytes]);
  const json = useMemo(() => (text !== null && /^\s*[{[]/.test(text) ? formatJson(text) : null), [text]);
  if (text === null) {
    const lines = Array.from({ length: Math.min(hexLineCount(bytes.length), maxHexLines) }, (_, i) => i);
    return (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keys.
      <pre className={classes.plain} tabIndex={0}>
        {lines
          .map((i) => bytes.subarray(i * 16, i * 16 + 16))
          .map((line, i) => `${hexOffset(i * 16)}  ${hexCells(line)}  ${printable(line)}`)
          .join('\n')}
      </pre>
    );
  }
  return (
    <TextView
      source={text}
      bytes={bytes}
      charset="utf-8"
      text={json?.ok ? json.text : text}
      language={json?.ok ? 'json' : 'text'}
      wrap={wrap}
      label={label}
      matches={[]}
      current={null}
      resetKey={id}
    />
  );
}

type Unzipped = Awaited<ReturnType<typeof gunzip>>;

function useGunzip(bytes: Uint8Array | null): Unzipped | null {
  const [done, setDone] = useState<{ from: Uint8Array; result: Unzipped } | null>(null);
  useEffect(() => {
    if (!bytes) return;
    let wanted = true;
    void gunzip(bytes, mostDecoded).then((result) => wanted && setDone({ from: bytes, result }));
    return () => {
      wanted = false;
    };
  }, [bytes]);
  return done?.from === bytes ? done.result : null;
}
