import { Menu, type MenuProps } from '@mantine/core';
import { IconArrowBackUp, IconArrowLeft, IconArrowRight, IconPlus } from '@tabler/icons-react';
import { type ReactElement, useState } from 'react';
import { en } from '../strings/en';
import { type ColumnKey, columnName, columns, defaultColumns, headerKeys, moveColumn, toggleColumn } from './columns';
import { HeaderColumnDialog } from './HeaderColumnDialog';
import { useColumns } from './useColumns';

interface Props extends Pick<MenuProps, 'opened' | 'onChange'> {
  /** The column that was clicked, which can be moved. */
  at?: ColumnKey | null;
  /** What the menu hangs on. */
  children: ReactElement;
}

const size = 15;

/** Which columns the list shows. */
export function ColumnsMenu({ at = null, children, ...menu }: Props) {
  const [chosen, setChoice] = useColumns();
  const [adding, setAdding] = useState(false);
  const keys = chosen.map((column) => column.key);
  const place = at === null ? -1 : keys.indexOf(at);
  const move = (to: ColumnKey | undefined, icon: ReactElement, text: string) => (
    <Menu.Item
      leftSection={icon}
      disabled={to === undefined}
      onClick={() => at !== null && to !== undefined && setChoice(moveColumn(keys, at, to))}
    >
      {text}
    </Menu.Item>
  );
  return (
    <>
      <Menu {...menu} position="bottom-end" width={220} returnFocus>
        <Menu.Target>{children}</Menu.Target>
        <Menu.Dropdown data-testid="columns-menu" mah="80vh" style={{ overflowY: 'auto' }}>
          {at !== null && place >= 0 && (
            <>
              <Menu.Label>{columnName(at)}</Menu.Label>
              {move(keys[place - 1], <IconArrowLeft size={size} />, en.columns.left)}
              {move(keys[place + 1], <IconArrowRight size={size} />, en.columns.right)}
              <Menu.Divider />
            </>
          )}
          <Menu.Label>{en.columns.title}</Menu.Label>
          {columns.map(({ key }) => (
            <Menu.CheckboxItem
              key={key}
              checked={keys.includes(key)}
              closeMenuOnClick={false}
              disabled={key === 'path'}
              onChange={() => setChoice(toggleColumn(keys, key))}
            >
              {columnName(key)}
            </Menu.CheckboxItem>
          ))}
          <Menu.Divider />
          <Menu.Label>{en.columns.headers}</Menu.Label>
          {headerKeys(chosen).map((key) => (
            <Menu.CheckboxItem
              key={key}
              checked
              closeMenuOnClick={false}
              onChange={() => setChoice(toggleColumn(keys, key))}
            >
              {columnName(key)}
            </Menu.CheckboxItem>
          ))}
          <Menu.Item leftSection={<IconPlus size={size} />} data-testid="add-header" onClick={() => setAdding(true)}>
            {en.columns.addHeader}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item leftSection={<IconArrowBackUp size={size} />} onClick={() => setChoice(defaultColumns)}>
            {en.columns.reset}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {adding && <HeaderColumnDialog onClose={() => setAdding(false)} />}
    </>
  );
}
