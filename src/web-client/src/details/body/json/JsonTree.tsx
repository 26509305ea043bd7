import { Menu, TextInput } from '@mantine/core';
import { IconChevronRight, IconCopy } from '@tabler/icons-react';
import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { copyText } from '../../../copy/clipboard';
import { formatCount } from '../../../format/format';
import { ContextMenu } from '../../../shell/ContextMenu';
import { en } from '../../../strings/en';
import { useFixedWindow } from '../../../traffic/fixedWindow';
import classes from './JsonTree.module.css';
import { type Located, PathError, selectPath } from './jsonPath';
import { type JsonNode, nodeText, type PathStep, parseJson, pathText, scalarText } from './parseJson';
import { typeOfJson } from './typeOfJson';

const lineHeight = 22;
/** What is open at first: the first levels, as long as that is not very much. */
const openAtFirst = 2;
const maxOpenAtFirst = 200;
const maxScalar = 2000;

interface Line {
  key: string;
  label: string;
  node: JsonNode;
  path: PathStep[];
  level: number;
  open: boolean;
}

const sizeOf = (node: JsonNode): number =>
  node.kind === 'object' ? node.members.length : node.kind === 'array' ? node.items.length : 0;

const childrenOf = (node: JsonNode): { step: PathStep; node: JsonNode }[] =>
  node.kind === 'object'
    ? node.members.map(({ key, node: child }) => ({ step: key, node: child }))
    : node.kind === 'array'
      ? node.items.map((child, i) => ({ step: i, node: child }))
      : [];

/** The lines that are seen: each root, and what is in those that are open. */
function linesOf(
  roots: readonly Located[],
  isOpen: (key: string, level: number, size: number) => boolean,
  named: boolean,
): Line[] {
  const lines: Line[] = [];
  const stack = roots
    .map(({ node, path }, i) => ({ node, path, level: 0, key: `${i}`, label: named ? pathText(path) : '$' }))
    .reverse();
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { node, path, level, key, label } = next;
    const size = sizeOf(node);
    const open = size > 0 && isOpen(key, level, size);
    lines.push({ key, label, node, path, level, open });
    if (!open) continue;
    const children = childrenOf(node);
    for (let i = children.length - 1; i >= 0; i--) {
      const child = children[i];
      if (child) {
        stack.push({
          node: child.node,
          path: [...path, child.step],
          level: level + 1,
          // By number: keys may repeat.
          key: `${key}/${i}`,
          label: String(child.step),
        });
      }
    }
  }
  return lines;
}

/** JSON as a tree, with the path of each value, and what a JSONPath selects. */
export default function JsonTree({ text, label }: { text: string; label: string }) {
  const parsed = useMemo(() => parseJson(text), [text]);
  const [toggled, setToggled] = useState<{ text: string; keys: ReadonlySet<string> }>({ text, keys: new Set() });
  const keys = toggled.text === text ? toggled.keys : new Set<string>();
  const [path, setPath] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const [menu, setMenu] = useState<{ line: Line; x: number; y: number } | null>(null);

  const selected = useMemo(() => {
    if (!parsed.ok) return { roots: [], problem: parsed.reason };
    const root: Located = { node: parsed.node, path: [] };
    if (path.trim() === '') return { roots: [root], problem: null };
    try {
      return { roots: selectPath(parsed.node, path), problem: null };
    } catch (error) {
      if (error instanceof PathError) return { roots: null, problem: error.message };
      throw error;
    }
  }, [parsed, path]);
  // While a path is being written, what the one before found stays.
  const last = useRef(selected.roots ?? []);
  if (selected.roots) last.current = selected.roots;
  const roots = last.current;

  const asked = path.trim() !== '';
  const lines = useMemo(
    () =>
      linesOf(
        roots,
        (key, level, size) => (level < (asked ? 0 : openAtFirst) && size <= maxOpenAtFirst) !== keys.has(key),
        asked,
      ),
    [roots, keys, asked],
  );
  const scroller = useRef<HTMLDivElement>(null);
  const view = useFixedWindow(scroller, lines.length, lineHeight);

  const toggle = (key: string) => {
    const next = new Set(keys);
    if (!next.delete(key)) next.add(key);
    setToggled({ text, keys: next });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const at = lines.findIndex((line) => line.key === chosen);
    const line = lines[at];
    const choose = (index: number) => {
      const other = lines[Math.max(0, Math.min(index, lines.length - 1))];
      if (other) {
        setChosen(other.key);
        view.scrollTo(lines.indexOf(other));
      }
    };
    if (event.key === 'ArrowDown') choose(at + 1);
    else if (event.key === 'ArrowUp') choose(at - 1);
    else if (event.key === 'ArrowRight' && line && sizeOf(line.node) > 0) line.open ? choose(at + 1) : toggle(line.key);
    else if (event.key === 'ArrowLeft' && line) {
      if (line.open) toggle(line.key);
      else choose(lines.findLastIndex((other, i) => i < at && other.level < line.level));
    } else if (event.key === 'Enter' && line && sizeOf(line.node) > 0) toggle(line.key);
    else if (
      event.key === 'c' &&
      (event.ctrlKey || event.metaKey) &&
      line &&
      window.getSelection()?.isCollapsed !== false
    ) {
      void copyText(pathText(line.path), en.tree.pathCopied);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  if (!parsed.ok) {
    return (
      <p className={classes.problem} role="alert">
        {parsed.reason}
      </p>
    );
  }
  return (
    <div className={classes.view}>
      <div className={classes.bar}>
        <TextInput
          size="xs"
          className={classes.path}
          aria-label={en.tree.path}
          placeholder={en.tree.pathHint}
          value={path}
          error={selected.problem !== null}
          onChange={(event) => setPath(event.currentTarget.value)}
          spellCheck={false}
          data-testid="json-path"
        />
        <span className={classes.count} role="status">
          {selected.problem ?? (asked ? en.tree.found(formatCount(roots.length)) : '')}
        </span>
      </div>
      <div
        ref={scroller}
        role="tree"
        tabIndex={0}
        aria-label={label}
        aria-activedescendant={chosen === null ? undefined : `json-${chosen}`}
        className={classes.tree}
        onKeyDown={onKeyDown}
        data-testid="json-tree"
      >
        <div style={{ height: view.scrollHeight, position: 'relative' }}>
          <div style={{ transform: `translateY(${view.top}px)` }}>
            {lines.slice(view.start, view.end).map((line) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the tree has the keys.
              <div
                key={line.key}
                id={`json-${line.key}`}
                role="treeitem"
                aria-level={line.level + 1}
                aria-expanded={sizeOf(line.node) > 0 ? line.open : undefined}
                aria-selected={line.key === chosen}
                className={classes.line}
                style={{ paddingLeft: 10 + line.level * 16 }}
                title={pathText(line.path)}
                onClick={() => {
                  setChosen(line.key);
                  if (sizeOf(line.node) > 0) toggle(line.key);
                }}
                onContextMenu={(event) => {
                  event.preventDefault();
                  setChosen(line.key);
                  setMenu({ line, x: event.clientX, y: event.clientY });
                }}
              >
                <IconChevronRight
                  size={13}
                  className={classes.chevron}
                  data-open={line.open}
                  data-leaf={sizeOf(line.node) === 0}
                  aria-hidden="true"
                />
                <span className={classes.key}>{line.label}</span>
                <Value node={line.node} />
                <button
                  type="button"
                  tabIndex={-1}
                  className={classes.copy}
                  aria-label={en.tree.copyPath}
                  title={`${en.tree.copyPath}: ${pathText(line.path)}`}
                  onClick={(event) => {
                    event.stopPropagation();
                    void copyText(pathText(line.path), en.tree.pathCopied);
                  }}
                >
                  <IconCopy size={12} aria-hidden="true" />
                </button>
              </div>
            ))}
          </div>
        </div>
      </div>
      <ContextMenu at={menu} onClose={() => setMenu(null)}>
        {menu && (
          <>
            <Menu.Item onClick={() => copyText(pathText(menu.line.path), en.tree.pathCopied)}>
              {en.tree.copyPath}
            </Menu.Item>
            <Menu.Item onClick={() => copyText(scalarOrText(menu.line.node))}>{en.menu.copyValue}</Menu.Item>
            {menu.line.path.length > 0 && (
              <Menu.Item onClick={() => copyText(String(menu.line.path.at(-1)))}>{en.tree.copyKey}</Menu.Item>
            )}
            <Menu.Item onClick={() => copyText(typeOfJson(menu.line.node, nameOf(menu.line.path)), en.tree.typeCopied)}>
              {en.tree.copyType}
            </Menu.Item>
            <Menu.Divider />
            <Menu.Item onClick={() => setPath(pathText(menu.line.path))}>{en.tree.only}</Menu.Item>
            {menu.line.path.some((step) => typeof step === 'number') && (
              <Menu.Item onClick={() => setPath(pathText(menu.line.path).replace(/\[\d+\]/g, '[*]'))}>
                {en.tree.inAll}
              </Menu.Item>
            )}
          </>
        )}
      </ContextMenu>
    </div>
  );
}

/** The last name in a path: what stands in a list is named after the list. */
const nameOf = (path: readonly PathStep[]): string =>
  String(path.findLast((step) => typeof step === 'string') ?? 'Root');

const scalarOrText = (node: JsonNode): string =>
  node.kind === 'object' || node.kind === 'array' ? nodeText(node) : scalarText(node);

function Value({ node }: { node: JsonNode }) {
  if (node.kind === 'object') return <span className={classes.size}>{en.tree.members(node.members.length)}</span>;
  if (node.kind === 'array') return <span className={classes.size}>{en.tree.items(node.items.length)}</span>;
  const kind = node.kind === 'string' || node.kind === 'number' ? node.kind : 'atom';
  return (
    <span className={classes.value} data-kind={kind}>
      {node.raw.length > maxScalar ? `${node.raw.slice(0, maxScalar)}…` : node.raw}
    </span>
  );
}
