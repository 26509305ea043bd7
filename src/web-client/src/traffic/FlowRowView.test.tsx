import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import type { FlowRow } from '../api/types';
import { type ColumnKey, columns } from './columns';
import { FlowRowView } from './FlowRowView';
import { flowRow } from './testing';

const rowOf = (part: Partial<FlowRow>, ...keys: ColumnKey[]) =>
  renderToStaticMarkup(
    <FlowRowView
      index={0}
      top={0}
      row={flowRow(part)}
      selected={false}
      chosen={false}
      color={undefined}
      visible={columns.filter((column) => keys.includes(column.key))}
      widths={keys.map(() => 100)}
      now={0}
    />,
  );
const hostOf = (part: Partial<FlowRow>) => rowOf(part, 'host');

it('tells the servers of one host apart by their ports, and what is not encrypted', () => {
  expect(hostOf({ host: 'localhost', port: 8443 })).toContain('title="https://localhost:8443"');
  expect(hostOf({ host: 'localhost', port: 8443 })).toContain('>:8443</span>');
  expect(hostOf({ host: 'localhost' })).not.toContain(':443');
  expect(hostOf({ scheme: 'http', port: 80 })).toContain('not encrypted');
  expect(hostOf({ scheme: 'http', port: 80 })).toContain('<svg');
  expect(hostOf({})).not.toContain('<svg');
});

it('shows what people noted before the path, or in columns of its own', () => {
  const noted = { marker: 'red', comment: 'look at this', tags: ['slow'] };
  expect(rowOf(noted, 'path')).toMatch(/title="look at this"><svg.*>slow<.*\/v1\/users/);
  const apart = rowOf(noted, 'path', 'comment', 'tags', 'mark');
  expect(apart).toMatch(/\/v1\/users.*>Red<.*>look at this<.*>slow</);
  expect(apart.match(/slow</g)).toHaveLength(1);
  expect(apart).not.toContain('<svg');
});

it('shows both versions, and the sizes and times that are known', () => {
  const text = rowOf({ requestSize: 1500, ttfbMs: 12 }, 'version', 'requestSize', 'ttfb', 'server', 'scheme', 'port');
  for (const part of ['h2 → h1.1', '1.5 kB', '12 ms', '93.184.215.14:443', '>https<', '>443<'])
    expect(text).toContain(part);
});
