import { Menu } from '@mantine/core';
import {
  IconArrowsDiff,
  IconBookmark,
  IconBrowserShare,
  IconCopy,
  IconFilter,
  IconListDetails,
  IconMessage2,
  IconPin,
  IconTrash,
} from '@tabler/icons-react';
import { Keys } from '../actions/Keys';
import type { FlowRow, FlowSelection, NotesChange } from '../api/types';
import { viewedSession, withSession } from '../api/viewed';
import { CopyAsSubmenu } from '../copy/CopyAsMenu';
import { copyBody, copyHeaders, oneFlow } from '../copy/copyFlow';
import { MarkPicker } from '../notes/MarkPicker';
import { anywhere, MenuAnchor } from '../shell/MenuAnchor';
import { en } from '../strings/en';

interface Props {
  row: FlowRow | null;
  position: { x: number; y: number };
  onClose(): void;
  onOpen(row: FlowRow): void;
  onFilter(text: string): void;
  onDelete(id: number): void;
  /** Of how many flows marks and deletions are, when the row is one of several that are chosen. */
  count: number;
  /** What comparing would be, in words; null when there is nothing to compare the row with. */
  compare: { label: string; run(): void } | null;
  /** What copying takes: the row, or all that are chosen when it is one of them. */
  selection: FlowSelection | null;
  onNotes(change: Partial<NotesChange>): void;
  onComment(row: FlowRow): void;
}

const size = 15;

export function RowMenu({
  row,
  position,
  onClose,
  onOpen,
  onFilter,
  onDelete,
  count,
  compare,
  selection,
  onNotes,
  onComment,
}: Props) {
  const isHttp = row?.kind === 'http' || row?.kind === 'websocket';
  return (
    <Menu
      opened={row !== null}
      onClose={onClose}
      position="bottom-start"
      offset={2}
      width={262}
      middlewares={anywhere}
      returnFocus
    >
      <Menu.Target>
        <MenuAnchor x={position.x} y={position.y} />
      </Menu.Target>
      <Menu.Dropdown mah="calc(100vh - 10px)" style={{ overflowY: 'auto' }}>
        {row && (
          <>
            <Menu.Item
              leftSection={<IconListDetails size={size} />}
              rightSection={<Keys of="open" />}
              onClick={() => onOpen(row)}
            >
              {en.menu.open}
            </Menu.Item>
            <Menu.Item
              leftSection={<IconBrowserShare size={size} />}
              component="a"
              href={withSession(`/flow/${row.id}/response`)}
              target="_blank"
              rel="noopener"
            >
              {en.menu.openTab}
            </Menu.Item>
            <Menu.Divider />
            <CopyAsSubmenu selection={selection ?? oneFlow(row.id)} isHttp={isHttp} />
            {isHttp && (
              <>
                <Menu.Item leftSection={<IconCopy size={size} />} onClick={() => copyHeaders(row.id, 'request')}>
                  {en.menu.copyRequestHeaders}
                </Menu.Item>
                <Menu.Item
                  leftSection={<IconCopy size={size} />}
                  rightSection={<Keys of="copy.headers" />}
                  disabled={row.status === null}
                  onClick={() => copyHeaders(row.id, 'response')}
                >
                  {en.menu.copyResponseHeaders}
                </Menu.Item>
                <Menu.Item
                  leftSection={<IconCopy size={size} />}
                  disabled={row.requestSize === 0}
                  onClick={() => copyBody(row.id, 'request')}
                >
                  {en.menu.copyRequestBody}
                </Menu.Item>
                <Menu.Item
                  leftSection={<IconCopy size={size} />}
                  rightSection={<Keys of="copy.body" />}
                  disabled={row.responseSize === 0}
                  onClick={() => copyBody(row.id, 'response')}
                >
                  {en.menu.copyResponseBody}
                </Menu.Item>
              </>
            )}
            <Menu.Divider />
            <Menu.Item leftSection={<IconFilter size={size} />} onClick={() => onFilter(row.host)}>
              {en.menu.onlyHost(row.host)}
            </Menu.Item>
            {compare && (
              <Menu.Item
                leftSection={<IconArrowsDiff size={size} />}
                rightSection={<Keys of="compare" />}
                onClick={compare.run}
              >
                {compare.label}
              </Menu.Item>
            )}
            <Menu.Divider />
            {count > 1 && <Menu.Label>{en.selection.count(count)}</Menu.Label>}
            <Menu.Item
              component="div"
              leftSection={<IconBookmark size={size} />}
              closeMenuOnClick={false}
              data-testid="mark-row"
            >
              <MarkPicker
                value={row.marker}
                onPick={(marker) => {
                  onNotes({ marker });
                  onClose();
                }}
              />
            </Menu.Item>
            <Menu.Item
              leftSection={<IconMessage2 size={size} />}
              rightSection={<Keys of="comment" />}
              onClick={() => onComment(row)}
            >
              {en.notes.comment}
            </Menu.Item>
            <Menu.Item
              leftSection={<IconPin size={size} />}
              rightSection={<Keys of="pin" />}
              onClick={() => onNotes({ pinned: !row.pinned })}
            >
              {row.pinned ? en.notes.unpin : en.notes.pin}
            </Menu.Item>
            <Menu.Divider />
            <Menu.Item
              c="var(--red)"
              leftSection={<IconTrash size={size} />}
              rightSection={<Keys of="delete" />}
              disabled={viewedSession !== null}
              onClick={() => onDelete(row.id)}
            >
              {en.menu.delete}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
