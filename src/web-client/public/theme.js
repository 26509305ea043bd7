// Sets the colour scheme and the contrast before the first paint. A file of its own because the content security policy forbids inline scripts.
(() => {
  let scheme = null;
  let contrast = null;
  try {
    scheme = localStorage.getItem('mantine-color-scheme-value');
    contrast = localStorage.getItem('mitmweb.contrast');
  } catch {
    // Storage may be switched off; the system's are used then.
  }
  const dark = scheme === 'dark' || (scheme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  const high = contrast === '"high"' || (contrast !== '"normal"' && matchMedia('(prefers-contrast: more)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
  document.documentElement.toggleAttribute('data-high-contrast', high);
})();
