import type { ConnectionSide, FlowDetail, Tls } from '../api/types';
import { formatDateTime, formatDuration } from '../format/format';
import { en } from '../strings/en';
import { commonName } from './certificate';
import { alertText, isPostQuantum, keyExchangeText, ocspText, sessionText } from './tlsText';

export interface Cell {
  text: string;
  /** Said behind the text, more quietly. */
  note?: string | null;
  tone?: 'good' | 'bad';
  /** Whether it is worth copying. */
  copy?: boolean;
  mono?: boolean;
}

export interface FactRow {
  id: string;
  name: string;
  client: Cell | null;
  server: Cell | null;
  /** Whether both sides agreed on something of this kind, but not on the same. */
  differs: boolean;
}

type Sides = { client: Cell | null; server: Cell | null };

/** What both connections of a flow agreed on, row by row, so that they can be compared. */
export function connectionFacts(flow: FlowDetail): FactRow[] {
  const { clientConnection: client, serverConnection: server } = flow;
  const both = (cell: (tls: Tls, side: ConnectionSide) => Cell | null): Sides => ({
    client: client?.tls ? cell(client.tls, 'client') : null,
    server: server?.tls ? cell(server.tls, 'server') : null,
  });
  const plain = (clientText: string | null | undefined, serverText: string | null | undefined): Sides => ({
    client: clientText ? { text: clientText } : null,
    server: serverText ? { text: serverText } : null,
  });
  const rows: [string, string, Sides, boolean?][] = [
    [
      'version',
      en.tls.version,
      withPlain(
        flow,
        both((tls) => version(tls, flow.kind)),
      ),
      true,
    ],
    ['cipher', en.tls.cipher, both((tls) => (tls.cipherSuite ? { text: tls.cipherSuite, copy: true } : null)), true],
    ['group', en.tls.group, both(group), true],
    ['alpn', en.tls.alpn, both((tls) => (tls.version ? { text: tls.alpn ?? en.tls.noAlpn } : null)), true],
    ['alpnOffered', en.tls.alpnOffered, both((tls) => ({ text: tls.alpnOffered.join(', ') || en.tls.noneOffered }))],
    ['sni', en.tls.sni, both((tls) => (tls.sni ? { text: tls.sni, copy: true } : { text: en.tls.noSni })), true],
    ['session', en.tls.session, both(session)],
    [
      'handshake',
      en.tls.handshake,
      both((tls) => (tls.handshakeMs === null ? null : { text: formatDuration(tls.handshakeMs) })),
    ],
    ['clientCertificate', en.tls.clientCertificate, both(clientCertificate)],
    ['ocsp', en.tls.ocsp, both((tls) => textCell(ocspText(tls)))],
    ['alert', en.tls.alert, both((tls, side) => textCell(alertText(tls, side), 'bad'))],
    ['ja4', en.tls.ja4, both((tls, side) => fingerprint(tls.clientHello?.ja4, side))],
    ['ja3', en.tls.ja3, both((tls) => fingerprint(tls.clientHello?.ja3, 'client'))],
    ['http', en.tls.protocol, plain(flow.httpVersion, flow.serverHttpVersion)],
    ['destination', en.tls.destination, plain(null, server && `${server.host}:${server.port}`)],
    ['address', en.tls.address, plain(client?.address, server?.address)],
    ['resolved', en.tls.resolved, plain(null, server?.addresses.join(', '))],
    ['local', en.tls.localAddress, plain(client?.localAddress, server?.localAddress)],
    [
      'opened',
      en.tls.opened,
      plain(client && formatDateTime(client.openedAt), server && formatDateTime(server.openedAt)),
    ],
    ['mode', en.tls.mode, plain(client?.mode, null)],
    [
      'id',
      en.tls.id,
      {
        client: client && { text: `#${client.id}` },
        server: server && { text: `#${server.id}`, note: server.reused ? en.tls.reused : en.tls.new },
      },
    ],
  ];
  return rows
    .map(([id, name, sides, compare]) => ({
      id,
      name,
      ...sides,
      differs: compare === true && bothSay(sides) && sides.client?.text !== sides.server?.text,
    }))
    .filter((row) => row.client !== null || row.server !== null);
}

const bothSay = ({ client, server }: Sides) =>
  client !== null && server !== null && client.tone !== 'bad' && server.tone !== 'bad';

function version(tls: Tls, kind: FlowDetail['kind']): Cell {
  if (kind === 'passedThrough') return { text: en.tls.notDecrypted };
  return tls.version ? { text: tls.version } : { text: en.tls.handshakeFailed, tone: 'bad' };
}

/** A connection without TLS says so. */
function withPlain({ clientConnection, serverConnection }: FlowDetail, sides: Sides): Sides {
  return {
    client: sides.client ?? (clientConnection ? { text: en.tls.plain } : null),
    server: sides.server ?? (serverConnection ? { text: serverConnection.address ? en.tls.plain : en.tls.none } : null),
  };
}

function group(tls: Tls): Cell | null {
  const text = keyExchangeText(tls);
  if (text === null) return null;
  if (text === en.tls.rsaKeyExchange) return { text, tone: 'bad' };
  return { text, note: isPostQuantum(text) ? en.tls.postQuantum : null };
}

function session(tls: Tls): Cell | null {
  const text = sessionText(tls);
  return text === null ? null : { text, note: tls.helloRetried ? en.tls.helloRetried : null };
}

function clientCertificate({ clientCertificate: shown }: Tls): Cell | null {
  return shown && { text: commonName(shown.subject), note: en.tls.shortFingerprint(shown.fingerprintSha256) };
}

const textCell = (text: string | null, tone?: 'bad'): Cell | null =>
  text === null ? null : tone ? { text, tone } : { text };

const fingerprint = (value: string | undefined, side: ConnectionSide): Cell | null =>
  value === undefined
    ? null
    : { text: value, copy: true, mono: true, note: side === 'server' ? en.tls.fingerprintNote : null };
