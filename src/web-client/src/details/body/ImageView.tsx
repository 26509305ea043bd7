import { useMemo, useState } from 'react';
import { en } from '../../strings/en';
import classes from './BodyView.module.css';

interface Props {
  /** Where the API serves it as an image; not for SVG. */
  src: string;
  /** SVG text: drawn from a data: address, which browsers never open as a page. */
  svg: string | null;
}

export function ImageView({ src, svg }: Props) {
  const [size, setSize] = useState<{ width: number; height: number } | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const address = useMemo(() => (svg === null ? src : `data:image/svg+xml,${encodeURIComponent(svg)}`), [src, svg]);
  if (failed === address) return <p className={classes.note}>{en.body.imageFailed}</p>;
  return (
    <figure className={classes.image}>
      <img
        src={address}
        alt={en.body.imageAlt}
        onLoad={(event) =>
          setSize({ width: event.currentTarget.naturalWidth, height: event.currentTarget.naturalHeight })
        }
        onError={() => setFailed(address)}
      />
      {size && size.width > 0 && <figcaption>{en.body.imageSize(size.width, size.height)}</figcaption>}
    </figure>
  );
}
