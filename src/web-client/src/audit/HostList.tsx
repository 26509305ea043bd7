import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import type { Audit } from '../api/types';
import { en } from '../strings/en';
import { auditPath, countBySeverity, filterHosts } from './findings';
import { GradeBadge } from './GradeBadge';
import classes from './HostList.module.css';

export function HostList({ audit, current }: { audit: Audit; current: string | null }) {
  const [filter, setFilter] = useState('');
  const hosts = useMemo(() => filterHosts(audit.hosts, filter), [audit, filter]);
  return (
    <nav className={classes.list} aria-label={en.audit.hosts(audit.hosts.length)}>
      <div className={classes.top}>
        <TextInput
          size="xs"
          leftSection={<IconSearch size={14} />}
          placeholder={`${en.audit.filter} (${en.audit.hosts(audit.hosts.length)})`}
          aria-label={en.audit.filter}
          value={filter}
          onChange={(event) => setFilter(event.currentTarget.value)}
        />
      </div>
      <ul>
        {hosts.map((host) => (
          <li key={host.host}>
            <Link
              href={auditPath(host.host)}
              className={classes.host}
              aria-current={host.host === current ? 'page' : undefined}
              data-testid="audit-host"
            >
              <GradeBadge grade={host.grade} />
              <span className={classes.name} title={host.host}>
                {host.host}
              </span>
              <span className={classes.counts}>
                {countBySeverity(host.findings).map(({ severity, count }) => (
                  <span key={severity} data-severity={severity} title={`${count} ${en.audit.severity[severity]}`}>
                    {count}
                  </span>
                ))}
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {hosts.length === 0 && <p>{en.audit.noMatch}</p>}
      {audit.modifiedFlows > 0 && <p>{en.audit.modified(audit.modifiedFlows)}</p>}
      {audit.flowsLeftOut > 0 && <p>{en.audit.leftOut(audit.flowsLeftOut)}</p>}
    </nav>
  );
}
