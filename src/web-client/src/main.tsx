import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './theme/tokens.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Router } from 'wouter';
import { App } from './App';
import { withSession } from './api/viewed';
import { useSessionLocation } from './sessions/useSessionLocation';
import { Part } from './shell/Part';
import { theme } from './theme/theme';
import { SessionContext } from './traffic/sessionContext';
import { TrafficSession } from './traffic/trafficSession';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root.');

const session = new TrafficSession();
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <Notifications position="bottom-right" limit={4} mb={22} />
      <SessionContext value={session}>
        <Router hook={useSessionLocation} hrefs={(href) => withSession(href)}>
          <Part resetKey="">
            <App />
          </Part>
        </Router>
      </SessionContext>
    </MantineProvider>
  </StrictMode>,
);
