/** Whether what has the focus takes characters. */
export function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement)
    return !/^(checkbox|radio|button|range|color|file|submit|reset)$/.test(target.type);
  return target.isContentEditable || /^(textarea|select)$/i.test(target.tagName);
}

/** Whether Space or Enter would press it. */
export const isPressable = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('button, a, summary, input, [role="button"]') !== null;

/** Arrows belong to what has the focus, except on the list and where nothing has it. */
export function isListFocused(): boolean {
  const element = document.activeElement;
  return element === null || element === document.body || element.closest('[role="grid"]') !== null;
}

export const isDialogOpen = (): boolean => document.querySelector('[role="dialog"][aria-modal="true"]') !== null;
