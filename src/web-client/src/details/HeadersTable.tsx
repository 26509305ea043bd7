import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { IconCopy } from '@tabler/icons-react';
import { type MouseEvent, useState } from 'react';
import type { Header, Side } from '../api/types';
import { copyText } from '../copy/clipboard';
import { headersText } from '../copy/copyFlow';
import { ContextMenu } from '../shell/ContextMenu';
import { MenuAnchor } from '../shell/MenuAnchor';
import { en } from '../strings/en';
import { headerKey, headerKeys, maxHeaderColumns } from '../traffic/columns';
import { usePlace } from '../traffic/location';
import { useColumns } from '../traffic/useColumns';
import { headerTerm, withTerm } from './filterTerms';
import classes from './HeadersTable.module.css';
import { headerDoc } from './headerDocs';

interface Props {
  headers: readonly Header[];
  /** Of which message they are, for filters and columns. */
  side: Side;
  testId?: string;
}

interface Opened {
  header: Header;
  x: number;
  y: number;
}

/** Headers as they were on the wire: order, case and duplicates. */
export function HeadersTable({ headers, side, testId }: Props) {
  const [columns, setColumns] = useColumns();
  const [menu, setMenu] = useState<Opened | null>(null);
  const [place, go] = usePlace();
  const term = menu && headerTerm(side, menu.header[0], menu.header[1]);
  const [meaning, setMeaning] = useState<Meaning | null>(null);
  if (headers.length === 0) return <p className={classes.none}>{en.details.noHeaders}</p>;

  const addColumn = (name: string) => {
    const key = headerKey(side, name);
    const keys = columns.map((column) => column.key);
    if (key !== null && !keys.includes(key)) setColumns([...keys, key]);
  };
  const openMenu = (event: MouseEvent, header: Header) => {
    // Selected text gets the browser's own menu.
    if (window.getSelection()?.isCollapsed === false) return;
    event.preventDefault();
    setMenu({ header, x: event.clientX, y: event.clientY });
  };
  return (
    <>
      <table
        className={classes.table}
        data-testid={testId}
        aria-label={en.details.headers}
        onMouseOver={(event) => setMeaning(meaningAt(event.target))}
        onMouseLeave={() => setMeaning(null)}
        onFocus={(event) => setMeaning(meaningAt(event.target))}
        onBlur={() => setMeaning(null)}
      >
        <tbody>
          {headers.map((header, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: names repeat, and the order is that of the wire.
            <tr key={i} onContextMenu={(event) => openMenu(event, header)}>
              <th scope="row" data-pseudo={header[0].startsWith(':')}>
                <Name name={header[0]} />
              </th>
              <td>
                <span>{header[1]}</span>
                <ActionIcon
                  className={classes.copy}
                  size={20}
                  variant="default"
                  aria-label={en.details.copyValue(header[0])}
                  onClick={() => copyText(header[1])}
                >
                  <IconCopy size={12} />
                </ActionIcon>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {meaning && (
        <Tooltip opened label={meaning.text} position="top-start">
          <MenuAnchor x={meaning.x} y={meaning.y} />
        </Tooltip>
      )}
      <ContextMenu at={menu} onClose={() => setMenu(null)}>
        {menu && (
          <>
            <Menu.Item onClick={() => copyText(menu.header[1])}>{en.menu.copyValue}</Menu.Item>
            <Menu.Item onClick={() => copyText(menu.header[0])}>{en.menu.copyName}</Menu.Item>
            <Menu.Item onClick={() => copyText(headersText([menu.header]))}>{en.menu.copyLine}</Menu.Item>
            {term !== null && (
              <Menu.Item onClick={() => go({ filter: withTerm(place.filter, term) })}>{en.menu.filterValue}</Menu.Item>
            )}
            <Menu.Item
              disabled={headerKeys(columns).length >= maxHeaderColumns}
              onClick={() => addColumn(menu.header[0])}
            >
              {en.columns.addHeaderAction}
            </Menu.Item>
            <Menu.Divider />
            <Menu.Item onClick={() => copyText(headersText(headers), en.copyDone.headers)}>{en.menu.copyAll}</Menu.Item>
          </>
        )}
      </ContextMenu>
    </>
  );
}

/** A name; the table shows what it means. */
function Name({ name }: { name: string }) {
  const meaning = headerDoc(name);
  if (meaning === null) return name;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what it means has to be reachable by keys.
    <span className={classes.known} tabIndex={0} aria-description={meaning} data-meaning={meaning}>
      {name}
    </span>
  );
}

interface Meaning {
  text: string;
  x: number;
  y: number;
}

/** What the name under an event's place means; there is one tooltip for all names, because there are many of them. */
function meaningAt(target: EventTarget): Meaning | null {
  if (!(target instanceof HTMLElement) || !target.dataset.meaning) return null;
  const { left, top } = target.getBoundingClientRect();
  return { text: target.dataset.meaning, x: left, y: top };
}
