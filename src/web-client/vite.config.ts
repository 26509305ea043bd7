import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const backend = 'http://127.0.0.1:8081';
// The host refuses requests that name another site or host: to it, the development server is the dashboard itself.
const proxied = { target: backend, changeOrigin: true, headers: { Origin: backend } };

export default defineConfig({
  base: '/',
  plugins: [react()],
  server: {
    // The same host name as the dashboard's, so that its cookie counts here too.
    host: '127.0.0.1',
    proxy: {
      '/api': proxied,
      '/setup': proxied,
      '/hub': { ...proxied, ws: true },
    },
  },
  build: {
    target: 'es2022',
    // The strict content security policy of the host allows no data: fonts or scripts; keep every asset a file.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  test: { environment: 'node', include: ['src/**/*.test.{ts,tsx}'] },
});
