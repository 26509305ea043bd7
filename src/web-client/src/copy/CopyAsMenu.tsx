import { Button, Menu, type MenuProps } from '@mantine/core';
import {
  IconBrandCSharp,
  IconBrandGolang,
  IconBrandJavascript,
  IconBrandNodejs,
  IconBrandPowershell,
  IconBrandPython,
  IconBrandWindows,
  IconChevronDown,
  IconCopy,
  IconFileText,
  IconJson,
  IconLink,
  IconTerminal,
  IconTerminal2,
} from '@tabler/icons-react';
import { Fragment, type ReactNode } from 'react';
import { Keys } from '../actions/Keys';
import type { FlowSelection } from '../api/types';
import { en } from '../strings/en';
import { copyAs } from './copyFlow';
import { type CopyFormat, copyFormats } from './copyFormats';

const size = 15;
const icons: Record<CopyFormat, ReactNode> = {
  url: <IconLink size={size} />,
  curl: <IconTerminal2 size={size} />,
  curlCmd: <IconBrandWindows size={size} />,
  curlPowerShell: <IconBrandPowershell size={size} />,
  httpie: <IconTerminal size={size} />,
  fetchBrowser: <IconBrandJavascript size={size} />,
  fetchNode: <IconBrandNodejs size={size} />,
  python: <IconBrandPython size={size} />,
  csharp: <IconBrandCSharp size={size} />,
  go: <IconBrandGolang size={size} />,
  rawRequest: <IconFileText size={size} />,
  rawResponse: <IconFileText size={size} />,
  har: <IconJson size={size} />,
};

interface Props {
  selection: FlowSelection;
  /** Whether there is a request to write; without one only the URL is offered. */
  isHttp: boolean;
}

/** The formats in which flows can be copied, as items of a menu. */
function CopyAsItems({ selection, isHttp }: Props) {
  const offered = copyFormats.filter(({ format }) => isHttp || format === 'url');
  return offered.map(({ format, group }, i) => (
    <Fragment key={format}>
      {i > 0 && offered[i - 1]?.group !== group && <Menu.Divider />}
      <Menu.Item
        leftSection={icons[format]}
        rightSection={<Keys of={`copy.${format}`} />}
        data-testid={`copy-${format}`}
        onClick={() => void copyAs(format, selection)}
      >
        {en.copyAs[format]}
      </Menu.Item>
    </Fragment>
  ));
}

/** The same as a menu inside another one. */
export function CopyAsSubmenu(props: Props) {
  return (
    <Menu.Sub openDelay={80} closeDelay={160}>
      <Menu.Sub.Target>
        <Menu.Sub.Item leftSection={<IconCopy size={size} />} data-testid="copy-as">
          {en.menu.copyAs}
        </Menu.Sub.Item>
      </Menu.Sub.Target>
      <Menu.Sub.Dropdown>
        <CopyAsItems {...props} />
      </Menu.Sub.Dropdown>
    </Menu.Sub>
  );
}

/** The same as a button with a menu, and more items after them. */
export function CopyAsButton({
  children,
  position,
  ...props
}: Props & { position: NonNullable<MenuProps['position']>; children?: ReactNode }) {
  return (
    <Menu position={position}>
      <Menu.Target>
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconCopy size={13} />}
          rightSection={<IconChevronDown size={12} />}
        >
          {en.copy}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <CopyAsItems {...props} />
        {children}
      </Menu.Dropdown>
    </Menu>
  );
}
