import { Tooltip, useMantineColorScheme } from '@mantine/core';
import { useColorScheme } from '@mantine/hooks';
import {
  IconDatabase,
  IconDatabaseSearch,
  IconDeviceDesktop,
  IconHelp,
  IconListSearch,
  IconMoon,
  IconPlugConnected,
  IconShieldCheck,
  IconSun,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { en } from '../strings/en';
import classes from './Rail.module.css';

interface Props {
  place: 'traffic' | 'audit' | 'sql' | 'capture' | 'sessions';
  /** Where the traffic was left: its flow and filter. */
  trafficHref: string;
  onHelp(): void;
}

export function Rail({ place, trafficHref, onHelp }: Props) {
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: false });
  const system = useColorScheme();
  // As the system, then the other one (so that each press but the last changes something), then fixed to the system's.
  const other = system === 'dark' ? 'light' : 'dark';
  const next = colorScheme === 'auto' ? other : colorScheme === other ? system : 'auto';
  const themeIcon =
    colorScheme === 'auto' ? <IconDeviceDesktop /> : colorScheme === 'light' ? <IconSun /> : <IconMoon />;
  return (
    <nav className={classes.rail} aria-label={en.shell.navigation}>
      <RailLink href={trafficHref} label={en.shell.traffic} current={place === 'traffic'} icon={<IconListSearch />} />
      <RailLink href="/audit" label={en.shell.audit} current={place === 'audit'} icon={<IconShieldCheck />} />
      <RailLink href="/sql" label={en.shell.sql} current={place === 'sql'} icon={<IconDatabaseSearch />} />
      <RailLink href="/capture" label={en.shell.capture} current={place === 'capture'} icon={<IconPlugConnected />} />
      <RailLink href="/sessions" label={en.shell.sessions} current={place === 'sessions'} icon={<IconDatabase />} />
      <span className={classes.space} />
      <Tooltip label={en.shell.theme[colorScheme]} position="right">
        <button
          type="button"
          className={classes.item}
          aria-label={en.shell.theme[colorScheme]}
          data-testid="theme-toggle"
          onClick={() => setColorScheme(next)}
        >
          {themeIcon}
        </button>
      </Tooltip>
      <Tooltip label={en.shell.help} position="right">
        <button type="button" className={classes.item} aria-label={en.shell.help} onClick={onHelp}>
          <IconHelp />
        </button>
      </Tooltip>
    </nav>
  );
}

function RailLink({ href, label, current, icon }: { href: string; label: string; current: boolean; icon: ReactNode }) {
  return (
    <Tooltip label={label} position="right">
      <Link href={href} className={classes.item} aria-label={label} aria-current={current ? 'page' : undefined}>
        {icon}
      </Link>
    </Tooltip>
  );
}
