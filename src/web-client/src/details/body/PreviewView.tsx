import { useEffect, useMemo, useState } from 'react';
import { bodyUrl } from '../../api/rest';
import { en } from '../../strings/en';
import classes from './BodyView.module.css';
import type { BodySource } from './bodySource';
import { isWhole } from './bodySource';
import { type BodyFacts, isSvg } from './detectBody';
import { imageFacts } from './imageFacts';

interface Props {
  source: BodySource;
  facts: BodyFacts;
  text: string;
}

/** A body as what it is: a picture, a page, a document or a font. */
export default function PreviewView({ source, facts, text }: Props) {
  const { id, side } = source;
  if (facts.kind === 'html') return <Page src={bodyUrl(id, side, { decoded: true, as: 'html' })} />;
  if (facts.kind === 'pdf') return <Pdf src={bodyUrl(id, side, { decoded: true, as: 'pdf' })} sent={facts.mediaType} />;
  if (facts.kind === 'font') return <Font source={source} />;
  const src = bodyUrl(id, side, { decoded: true, as: 'image' });
  return <Picture src={src} svg={isSvg(facts) ? text : null} bytes={source.part.bytes} />;
}

interface PictureProps {
  /** Where the API serves it as an image; not for SVG. */
  src: string;
  /** SVG text: drawn from a data: address as a picture, in which nothing runs and nothing is loaded. */
  svg: string | null;
  bytes: Uint8Array;
}

function Picture({ src, svg, bytes }: PictureProps) {
  const [size, setSize] = useState<{ width: number; height: number } | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const address = useMemo(() => (svg === null ? src : `data:image/svg+xml,${encodeURIComponent(svg)}`), [src, svg]);
  const told = useMemo(() => (svg === null ? imageFacts(bytes) : []), [svg, bytes]);
  const scripted = svg !== null && /<script|\son\w+\s*=|javascript:/i.test(svg);
  if (failed === address) return <p className={classes.note}>{en.body.imageFailed}</p>;
  return (
    <figure className={classes.image} data-testid="body-image">
      <img
        src={address}
        alt={en.body.imageAlt}
        onLoad={(event) =>
          setSize({ width: event.currentTarget.naturalWidth, height: event.currentTarget.naturalHeight })
        }
        onError={() => setFailed(address)}
      />
      <figcaption>
        {size && size.width > 0 && <span>{en.body.imageSize(size.width, size.height)}</span>}
        {scripted && <span>{en.preview.svgScript}</span>}
        {told.length > 0 && (
          <dl>
            {told.map(({ name, value }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        )}
      </figcaption>
    </figure>
  );
}

/** The server says in its answer that nothing may run or be loaded; the frame says it again. */
function Page({ src }: { src: string }) {
  return (
    <div className={classes.framed}>
      <p className={classes.hintLine}>{en.preview.page}</p>
      <iframe className={classes.frame} src={src} sandbox="" title={en.preview.pageTitle} data-testid="body-page" />
    </div>
  );
}

function Pdf({ src, sent }: { src: string; sent: string }) {
  if (sent !== 'application/pdf') return <p className={classes.note}>{en.preview.pdfType(sent)}</p>;
  if (!navigator.pdfViewerEnabled) return <p className={classes.note}>{en.preview.noPdf}</p>;
  return <iframe className={classes.pdf} src={src} title={en.preview.pdfTitle} data-testid="body-pdf" />;
}

let fontNumber = 0;

function Font({ source }: { source: BodySource }) {
  const [state, setState] = useState<{ family: string } | { problem: string } | null>(null);
  const { bytes } = source.part;
  const whole = isWhole(source.part);
  useEffect(() => {
    if (!whole) {
      setState({ problem: en.preview.fontLong });
      return;
    }
    const family = `body-font-${++fontNumber}`;
    let face: FontFace | null = null;
    let wanted = true;
    // A face made from bytes is checked by the browser before it is used, and nothing is loaded for it.
    try {
      face = new FontFace(family, bytes.slice().buffer);
      face.load().then(
        (loaded) => {
          if (!wanted) return;
          document.fonts.add(loaded);
          setState({ family });
        },
        () => wanted && setState({ problem: en.preview.fontFailed }),
      );
    } catch {
      setState({ problem: en.preview.fontFailed });
    }
    return () => {
      wanted = false;
      if (face) document.fonts.delete(face);
    };
  }, [bytes, whole]);
  if (state === null) return <p className={classes.note}>{en.body.loading}</p>;
  if ('problem' in state) return <p className={classes.note}>{state.problem}</p>;
  return (
    <section
      className={classes.font}
      style={{ fontFamily: state.family }}
      aria-label={en.preview.fontTitle}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keys.
      tabIndex={0}
      data-testid="body-font"
    >
      {[48, 32, 24, 18, 14].map((size) => (
        <p key={size} style={{ fontSize: size }}>
          {en.preview.pangram}
        </p>
      ))}
      <p className={classes.glyphs}>{en.preview.glyphs}</p>
    </section>
  );
}
