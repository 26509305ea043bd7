import { parser as css } from '@lezer/css';
import { parser as javascript } from '@lezer/javascript';
import { en } from '../../../strings/en';
import { maxDepth } from './depth';
import type { Formatted } from './formatted';

interface Token {
  text: string;
  name: string;
  from: number;
  /** The node that it is a part of. */
  parent: string;
}

/** The words of a program as its grammar sees them; what the grammar does not name is between them. */
function tokensOf(source: string, language: 'css' | 'javascript'): Token[] {
  const tree = (language === 'css' ? css : javascript).parse(source);
  const tokens: Token[] = [];
  const cursor = tree.cursor();
  let end = 0;
  const between = (to: number) => {
    const text = source.slice(end, to);
    const solid = text.trim();
    if (solid) tokens.push({ text: solid, name: '', from: end + text.indexOf(solid), parent: '' });
  };
  const whole = new Set([
    'String',
    'TemplateString',
    'StringLiteral',
    'RegExp',
    'Comment',
    'BlockComment',
    'LineComment',
    'CallLiteral',
  ]);
  for (let more = true; more; ) {
    const { name, from, to } = cursor;
    const leaf = whole.has(name) || !cursor.firstChild();
    if (leaf) {
      if (to > from) {
        between(from);
        tokens.push({ text: source.slice(from, to), name, from, parent: cursor.node.parent?.name ?? '' });
        end = to;
      }
      while (!cursor.nextSibling()) {
        if (!cursor.parent()) {
          more = false;
          break;
        }
      }
    }
  }
  between(source.length);
  return tokens;
}

const word = /[\w$]/;

/** Sets CSS or JavaScript out in lines. Only white space changes, and where it was it stays. */
export function formatCode(source: string, language: 'css' | 'javascript'): Formatted {
  const tokens = tokensOf(source, language);
  const parts: string[] = [];
  let depth = 0;
  let round = 0;
  const rounds: number[] = [];
  /** Whether a line is to be ended before what comes next, at the depth that holds then. */
  let ended = false;
  const newline = () => {
    ended = parts.length > 0;
  };
  const isList = (parent: string) => /^Object(Expression|Pattern)$/.test(parent);
  for (let i = 0; i < tokens.length; i++) {
    const current = tokens[i];
    if (!current) break;
    const before = tokens[i - 1];
    const next = tokens[i + 1];
    const { text } = current;
    const gap = before ? source.slice(before.from + before.text.length, current.from) : '';
    if (text === '}') {
      depth = Math.max(0, depth - 1);
      round = rounds.pop() ?? 0;
      if (before?.text !== '{') newline();
    } else if (!ended && before) {
      if (gap.includes('\n') && round === 0 && language === 'javascript') newline();
      else if (
        gap !== '' ||
        (language === 'javascript' && text === '{' && before.text !== '(' && before.text !== '${') ||
        (language === 'css' &&
          (text === '{' || before.text === ':') &&
          current.parent !== 'PseudoClassSelector' &&
          declares(current, before)) ||
        before.text === ',' ||
        (language === 'javascript' && operator(current, before)) ||
        (before.text === '}' && word.test(text[0] ?? ''))
      ) {
        parts.push(' ');
      }
    }
    if (ended) parts.push(`\n${'  '.repeat(depth)}`);
    ended = false;
    parts.push(text);
    if (text === '(') round++;
    else if (text === ')') round = Math.max(0, round - 1);
    else if (text === '{') {
      rounds.push(round);
      round = 0;
      depth++;
      if (depth > maxDepth) return { ok: false, reason: en.body.tooDeep(depth, maxDepth) };
      if (next?.text !== '}') newline();
    } else if (text === ';' && round === 0) newline();
    else if (
      text === '}' &&
      (language === 'css' || !/^[;,.)\]:?]$/.test(next?.text ?? '')) &&
      !/^(else|catch|finally|while|from|`)$/.test(next?.text ?? '')
    )
      newline();
    else if (text === ',' && round === 0 && (isList(current.parent) || (language === 'css' && depth === 0))) newline();
    else if (/^(LineComment|BlockComment|Comment)$/.test(current.name)) newline();
  }
  return { ok: true, text: parts.join('').trimEnd() };
}

/** A colon of a declaration gets a space after it, one of a selector does not. */
const declares = (current: Token, before: Token): boolean => current.text === '{' || before.parent === 'Declaration';

/** Operators with two sides stand between spaces. */
function operator(current: Token, before: Token): boolean {
  const binary = (token: Token) =>
    (/^(ArithOp|LogicOp|CompareOp|BitOp|Equals|UpdateOp|Arrow|TypeArrow)$/.test(token.name) ||
      token.text === '?' ||
      token.text === '=>') &&
    !/^(UnaryExpression|PostfixExpression)$/.test(token.parent);
  if (binary(current) || binary(before)) return true;
  if (before.text === ':' && /^(Property|ConditionalExpression|PatternProperty|LogicOp)$/.test(before.parent))
    return true;
  if (current.text === ':' && current.parent === 'ConditionalExpression') return true;
  return false;
}
