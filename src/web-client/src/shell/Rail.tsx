import { useMantineColorScheme } from '@mantine/core';
import { useColorScheme } from '@mantine/hooks';
import {
  IconCommand,
  IconDatabaseSearch,
  IconDeviceDesktop,
  IconFolders,
  IconHelp,
  IconListSearch,
  IconMoon,
  IconPlugConnected,
  IconSettings,
  IconShieldCheck,
  IconSun,
} from '@tabler/icons-react';
import type { ReactElement } from 'react';
import { Link } from 'wouter';
import { ActionTooltip } from '../actions/ActionTooltip';
import { type ActionId, type Screen, screens } from '../actions/actions';
import { en } from '../strings/en';
import classes from './Rail.module.css';

interface Props {
  screen: Screen | null;
  /** Where the traffic was left: its flow and filter. */
  trafficHref: string;
  onPalette(): void;
  onHelp(): void;
}

const icons: Readonly<Record<Screen, ReactElement>> = {
  traffic: <IconListSearch />,
  audit: <IconShieldCheck />,
  sql: <IconDatabaseSearch />,
  capture: <IconPlugConnected />,
  sessions: <IconFolders />,
  settings: <IconSettings />,
};

/** The screens, and at the end what is of all of them. */
export function Rail({ screen, trafficHref, onPalette, onHelp }: Props) {
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: false });
  const system = useColorScheme();
  // As the system, then the other one (so that each press but the last changes something), then fixed to the system's.
  const other = system === 'dark' ? 'light' : 'dark';
  const next = colorScheme === 'auto' ? other : colorScheme === other ? system : 'auto';
  const themeIcon =
    colorScheme === 'auto' ? <IconDeviceDesktop /> : colorScheme === 'light' ? <IconSun /> : <IconMoon />;
  return (
    <nav className={classes.rail} aria-label={en.shell.navigation}>
      {screens.map((one) => (
        <ActionTooltip key={one} action={`go.${one}`} label={en.shell[one]} position="right">
          <Link
            href={one === 'traffic' ? trafficHref : `/${one}`}
            className={classes.item}
            aria-label={en.shell[one]}
            aria-current={one === screen ? 'page' : undefined}
          >
            {icons[one]}
          </Link>
        </ActionTooltip>
      ))}
      <span className={classes.space} />
      <RailButton action="palette" label={en.shell.palette} icon={<IconCommand />} onClick={onPalette} />
      <RailButton
        action={`theme.${next}`}
        label={en.shell.theme[colorScheme]}
        icon={themeIcon}
        testId="theme-toggle"
        onClick={() => setColorScheme(next)}
      />
      <RailButton action="sheet" label={en.shell.help} icon={<IconHelp />} onClick={onHelp} />
    </nav>
  );
}

interface RailButtonProps {
  action: ActionId;
  label: string;
  icon: ReactElement;
  testId?: string;
  onClick(): void;
}

const RailButton = ({ action, label, icon, testId, onClick }: RailButtonProps) => (
  <ActionTooltip action={action} label={label} position="right">
    <button
      type="button"
      className={classes.item}
      aria-label={label}
      data-testid={testId ?? `rail-${action}`}
      onClick={onClick}
    >
      {icon}
    </button>
  </ActionTooltip>
);
