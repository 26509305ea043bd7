import { createTheme, defaultVariantColorsResolver, type MantineColorsTuple } from '@mantine/core';

const teal: MantineColorsTuple = [
  '#e2f6f3',
  '#c3ebe5',
  '#9adcd3',
  '#6dccbf',
  '#43c6b6',
  '#23a597',
  '#138b7e',
  '#0b6e64',
  '#085a52',
  '#05443e',
];

/** Mantine's greys for the dark scheme, from the same family as the tokens. */
const dark: MantineColorsTuple = [
  '#e3e7ed',
  '#c0c8d2',
  '#9ba6b4',
  '#6b7785',
  '#3d4653',
  '#2a303a',
  '#1e232b',
  '#181c22',
  '#12151a',
  '#0e1115',
];

export const theme = createTheme({
  colors: { teal, dark },
  primaryColor: 'teal',
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  // Mantine chooses the text of filled buttons for the light scheme alone.
  variantColorResolver: (input) => {
    const colors = defaultVariantColorsResolver(input);
    const isPrimary = input.color === undefined || input.color === input.theme.primaryColor;
    if (input.variant !== 'filled' || !isPrimary) return colors;
    return { ...colors, background: 'var(--accent)', hover: 'var(--accent-strong)', color: 'var(--on-accent)' };
  },
  fontFamily: 'var(--font-sans)',
  fontFamilyMonospace: 'var(--font-mono)',
  defaultRadius: 6,
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontSizes: { xs: '11px', sm: '12px', md: '13px', lg: '15px', xl: '18px' },
  components: {
    Tooltip: { defaultProps: { openDelay: 350, withArrow: true, fz: 12, transitionProps: { duration: 100 } } },
    Menu: { defaultProps: { shadow: 'md', withInitialFocusPlaceholder: false, transitionProps: { duration: 80 } } },
    Modal: {
      defaultProps: {
        overlayProps: { backgroundOpacity: 0.45 },
        styles: {
          content: { background: 'var(--raised)', border: '1px solid var(--border)' },
          header: { background: 'var(--raised)' },
        },
      },
    },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 28 } },
    Button: { defaultProps: { size: 'xs' } },
    Checkbox: { defaultProps: { iconColor: 'var(--on-accent)' } },
  },
});
