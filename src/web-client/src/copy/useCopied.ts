import { useEffect, useState } from 'react';
import { copyText } from './clipboard';

/** How long a button confirms that it has copied. */
const confirmedMs = 1600;

/** Copies a text, and tells for a moment that it did. */
export function useCopied(text: string): [copied: boolean, copy: () => void] {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), confirmedMs);
    return () => clearTimeout(timer);
  }, [copied]);
  return [
    copied,
    () => {
      void copyText(text);
      setCopied(true);
    },
  ];
}
