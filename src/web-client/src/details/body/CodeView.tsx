import { defaultKeymap } from '@codemirror/commands';
import {
  bracketMatching,
  codeFolding,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  type LanguageSupport,
  syntaxHighlighting,
} from '@codemirror/language';
import { highlightSelectionMatches } from '@codemirror/search';
import { Compartment, EditorState, type Extension, RangeSetBuilder, StateEffect, StateField } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'react';
import classes from './BodyView.module.css';
import type { TextRange } from './offsets';

export type CodeLanguage = 'json' | 'html' | 'xml' | 'css' | 'javascript' | 'text';

const languages: Record<CodeLanguage, () => Promise<LanguageSupport | null>> = {
  json: async () => (await import('@codemirror/lang-json')).json(),
  html: async () => (await import('@codemirror/lang-html')).html(),
  xml: async () => (await import('@codemirror/lang-xml')).xml(),
  css: async () => (await import('@codemirror/lang-css')).css(),
  javascript: async () => (await import('@codemirror/lang-javascript')).javascript(),
  text: async () => null,
};

const highlighting = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--code-key)' },
  { tag: [tags.string, tags.special(tags.string), tags.attributeValue], color: 'var(--code-string)' },
  { tag: [tags.number, tags.unit, tags.color], color: 'var(--code-number)' },
  { tag: [tags.bool, tags.null, tags.atom, tags.keyword], color: 'var(--code-atom)' },
  { tag: [tags.comment, tags.processingInstruction, tags.documentMeta], color: 'var(--code-comment)' },
  { tag: [tags.tagName, tags.typeName, tags.className], color: 'var(--code-tag)' },
  { tag: [tags.attributeName, tags.labelName], color: 'var(--code-attribute)' },
]);

const look = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'transparent', color: 'var(--text)', fontSize: '12px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '1.55' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--text-dim)', border: 'none' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '32px' },
  '.cm-foldPlaceholder': { background: 'var(--grey-soft)', color: 'var(--text-dim)', border: 'none', padding: '0 6px' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'color-mix(in srgb, var(--accent) 28%, transparent)',
  },
  '.cm-found': { backgroundColor: 'var(--found)' },
  '.cm-foundCurrent, .cm-foundCurrent *': { backgroundColor: 'var(--found-current)', color: 'var(--on-found)' },
  '.cm-specialChar': { color: 'var(--red)' },
});

const found = Decoration.mark({ class: 'cm-found' });
const foundCurrent = Decoration.mark({ class: 'cm-foundCurrent' });
const setFound = StateEffect.define<{ ranges: readonly TextRange[]; current: number }>();

/** What was found in the text; it is moved by nothing, because the text changes only as a whole or at its end. */
const foundField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(value, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(setFound)) continue;
      const builder = new RangeSetBuilder<Decoration>();
      const { length } = transaction.state.doc;
      effect.value.ranges.forEach(({ from, to }, i) => {
        if (to > from && to <= length) builder.add(from, to, i === effect.value.current ? foundCurrent : found);
      });
      return builder.finish();
    }
    return transaction.docChanged ? value.map(transaction.changes) : value;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const fixed: Extension = [
  foundField,
  lineNumbers(),
  foldGutter(),
  codeFolding(),
  drawSelection(),
  highlightSpecialChars(),
  bracketMatching(),
  highlightSelectionMatches(),
  syntaxHighlighting(highlighting),
  EditorState.readOnly.of(true),
  keymap.of([...foldKeymap, ...defaultKeymap]),
  look,
];

/** A line longer than this is not wrapped: laying it out would block the page. */
const maxWrappedLine = 20_000;

function hasLongLine(text: string): boolean {
  let start = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
    if (end - start > maxWrappedLine) return true;
    start = end + 1;
  }
  return text.length - start > maxWrappedLine;
}

interface Props {
  text: string;
  language: CodeLanguage;
  wrap: boolean;
  label: string;
  /** What was found in the text, in order. */
  found: readonly TextRange[];
  /** Which of them is brought into view; -1 for none. */
  current: number;
}

/** A read-only editor: one instance that swaps documents. */
export default function CodeView({ text, language, wrap, label, found, current: shown }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const parts = useRef({ language: new Compartment(), wrap: new Compartment(), label: new Compartment() });

  useEffect(() => {
    if (!host.current) return;
    const { current } = parts;
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        extensions: [fixed, current.language.of([]), current.wrap.of([]), current.label.of([])],
      }),
    });
    view.current = editor;
    return () => {
      view.current = null;
      editor.destroy();
    };
  }, []);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const held = editor.state.doc;
    if (held.length === text.length && held.toString() === text) return;
    // A body that grows while it streams keeps its place; a new one starts at the top.
    const grows = held.length > 0 && text.length > held.length && text.startsWith(held.toString());
    if (grows) editor.dispatch({ changes: { from: held.length, insert: text.slice(held.length) } });
    else {
      editor.dispatch({ changes: { from: 0, to: held.length, insert: text }, selection: { anchor: 0 } });
      editor.scrollDOM.scrollTop = 0;
    }
  }, [text]);

  useEffect(() => {
    const wrapping = wrap && !hasLongLine(text) ? EditorView.lineWrapping : [];
    const { current } = parts;
    view.current?.dispatch({
      effects: [
        current.wrap.reconfigure(wrapping),
        current.label.reconfigure(EditorView.contentAttributes.of({ 'aria-label': label })),
      ],
    });
  }, [wrap, text, label]);

  useEffect(() => {
    let wanted = true;
    void languages[language]().then((support) => {
      if (wanted) view.current?.dispatch({ effects: parts.current.language.reconfigure(support ?? []) });
    });
    return () => {
      wanted = false;
    };
  }, [language]);

  useEffect(() => {
    const range = found[shown];
    const effects: StateEffect<unknown>[] = [setFound.of({ ranges: found, current: shown })];
    if (range && range.to <= text.length)
      effects.push(EditorView.scrollIntoView(range.from, { y: 'center', x: 'center' }));
    view.current?.dispatch({ effects });
  }, [found, shown, text]);

  return <div ref={host} className={classes.code} data-testid="body-code" />;
}
