import { Button, NumberInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type FormEvent, useEffect, useState } from 'react';
import { setRetention } from '../api/rest';
import type { Retention } from '../api/types';
import { tried } from '../shell/tried';
import { en } from '../strings/en';
import { meters, nextStep } from './retention';
import classes from './SessionsPage.module.css';

const day = 86_400;
const megabyte = 1_000_000;

type Field = number | '';
const field = (value: number | string): Field => (value === '' || Number.isNaN(Number(value)) ? '' : Number(value));
const scaled = (value: number | null, unit: number): Field =>
  value === null ? '' : Math.round((value / unit) * 100) / 100;

/** How much of what is recorded is kept, how full it is, and what happens next. */
export function RetentionCard({ retention }: { retention: Retention }) {
  const text = en.retention;
  const { maxAgeSeconds, maxFlows, maxBytes } = retention;
  const [days, setDays] = useState<Field>('');
  const [flows, setFlows] = useState<Field>('');
  const [size, setSize] = useState<Field>('');
  useEffect(() => {
    setDays(scaled(maxAgeSeconds, day));
    setFlows(scaled(maxFlows, 1));
    setSize(scaled(maxBytes, megabyte));
  }, [maxAgeSeconds, maxFlows, maxBytes]);
  const all = meters(retention, Date.now());
  const save = (event: FormEvent) => {
    event.preventDefault();
    const limits = {
      maxAgeSeconds: days === '' ? null : days * day,
      maxFlows: flows === '' ? null : Math.round(flows),
      maxBytes: size === '' ? null : Math.round(size * megabyte),
    };
    void tried(setRetention(limits)).then((ok) => {
      if (ok) notifications.show({ message: text.saved, color: 'teal', autoClose: 2500 });
    });
  };
  return (
    <section className={classes.card} aria-label={text.title} data-testid="retention">
      <h2>{text.title}</h2>
      <p>{text.hint}</p>
      <form className={classes.limits} onSubmit={save}>
        <NumberInput
          size="xs"
          label={text.age}
          min={0}
          value={days}
          onChange={(value) => setDays(field(value))}
          placeholder={text.none}
        />
        <NumberInput
          size="xs"
          label={text.count}
          min={1}
          thousandSeparator=" "
          value={flows}
          onChange={(value) => setFlows(field(value))}
          placeholder={text.none}
        />
        <NumberInput
          size="xs"
          label={text.size}
          description=""
          min={1}
          thousandSeparator=" "
          value={size}
          onChange={(value) => setSize(field(value))}
          placeholder={text.none}
        />
        <Button type="submit">{text.save}</Button>
      </form>
      <p className={classes.path}>{text.sizeHint}</p>
      {all.length > 0 && (
        <ul className={classes.meters}>
          {all.map((meter) => (
            <li key={meter.kind}>
              <span>{text.kind[meter.kind]}</span>
              <meter
                min={0}
                max={1}
                high={0.9}
                optimum={0}
                value={Math.min(1, meter.share)}
                aria-label={text.kind[meter.kind]}
              />
              <span>{meter.text}</span>
            </li>
          ))}
        </ul>
      )}
      {all[0] && <p role="status">{nextStep(all[0])}</p>}
    </section>
  );
}
