import type { ClientHello, ConnectionSide } from '../api/types';
import { en } from '../strings/en';
import classes from './ConnectionTab.module.css';
import { CopyButton } from './CopyButton';
import { ExtensionTable } from './ExtensionTable';
import { Fact, Facts } from './Facts';
import { Fold } from './Fold';
import { TlsValues } from './TlsValues';

interface Props {
  hello: ClientHello;
  side: ConnectionSide;
}

/** A ClientHello taken apart. */
export function ClientHelloView({ hello, side }: Props) {
  const note = `${en.tls.clientHelloOf[side]}, ${en.tls.bytes(hello.size)}`;
  return (
    <Fold title={en.tls.clientHello} note={note} testId={`client-hello-${side}`}>
      <Facts>
        <Copyable name={en.tls.ja4} value={hello.ja4} />
        <Copyable name={en.tls.ja4Raw} value={hello.ja4Raw} />
        <Copyable name={en.tls.ja3} value={hello.ja3} />
        <Copyable name={en.tls.ja3Full} value={hello.ja3Full} />
        <Fact name={en.tls.legacyVersion}>
          {hello.legacyVersion.text} <code className={classes.dim}>{hello.legacyVersion.code}</code>
        </Fact>
        <Fact name={en.tls.compression}>{hello.compressionMethods.map((method) => method.text).join(', ')}</Fact>
        <Fact name={en.tls.random} mono>
          {hello.random}
        </Fact>
        <Fact name={en.tls.sessionId} mono>
          {hello.sessionId || en.tls.empty}
        </Fact>
      </Facts>
      <h5>{en.tls.cipherSuites(hello.cipherSuites.length)}</h5>
      <TlsValues values={hello.cipherSuites} inColumns />
      <h5>{en.tls.extensions(hello.extensions.length)}</h5>
      <ExtensionTable extensions={hello.extensions} />
      <div className={classes.actions}>
        <CopyButton text={hello.hex} label={en.tls.copyHello}>
          {en.tls.copyHello}
        </CopyButton>
      </div>
    </Fold>
  );
}

function Copyable({ name, value }: { name: string; value: string }) {
  return (
    <Fact name={name} mono>
      {value} <CopyButton text={value} label={en.tls.copyValue(name)} />
    </Fact>
  );
}
