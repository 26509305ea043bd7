import { Modal } from '@mantine/core';
import { en } from '../strings/en';
import classes from './ShortcutSheet.module.css';

const { shortcuts: text } = en;
const sheet: [title: string, rows: [keys: string[], what: string][]][] = [
  [
    text.groups.list,
    [
      [['j', '↓'], text.next],
      [['k', '↑'], text.previous],
      [['g g', 'Home'], text.first],
      [['G', 'End'], text.last],
      [['Enter'], text.enter],
      [['J', 'K'], text.extend],
      [['Ctrl+A'], text.selectAll],
      [['1', '…', '6', '0'], text.mark],
      [['s'], text.pin],
      [['m'], text.comment],
      [['Del'], text.delete],
      [['Ctrl+Z'], text.undo],
      [['Ctrl+Shift+X'], text.clear],
    ],
  ],
  [
    text.groups.details,
    [
      [['[', ']'], text.tabs],
      [['Ctrl+F'], text.find],
      [['c u', 'c c', 'c f', '…'], text.copyAs],
      [['c b'], text.copyBody],
      [['c h'], text.copyHeaders],
      [['d'], text.compare],
    ],
  ],
  [
    text.groups.general,
    [
      [['/'], text.filter],
      [['Esc'], text.escape],
      [['Space'], text.record],
      [['\\'], text.layout],
      [['t'], text.outline],
      [['w'], text.waterfall],
      [['?'], text.sheet],
    ],
  ],
];

export function ShortcutSheet({ opened, onClose }: { opened: boolean; onClose(): void }) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={text.title}
      size={680}
      closeButtonProps={{ 'aria-label': en.close }}
      transitionProps={{ duration: 100 }}
    >
      <div className={classes.groups}>
        {sheet.map(([title, rows]) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {rows.map(([keys, what]) => (
                <div key={what}>
                  <dt>{what}</dt>
                  <dd>
                    {keys.map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
