import type { ConnectionSide, ServerHello } from '../api/types';
import { en } from '../strings/en';
import classes from './ConnectionTab.module.css';
import { CopyButton } from './CopyButton';
import { ExtensionTable } from './ExtensionTable';
import { Fact, Facts } from './Facts';
import { Fold } from './Fold';

interface Props {
  hello: ServerHello;
  side: ConnectionSide;
}

/** A ServerHello taken apart. */
export function ServerHelloView({ hello, side }: Props) {
  const note = `${en.tls.serverHelloOf[side]}, ${en.tls.bytes(hello.size)}`;
  return (
    <Fold title={en.tls.serverHello} note={note} testId={`server-hello-${side}`}>
      {hello.isRetryRequest && <p className={classes.note}>{en.tls.retryRequest}</p>}
      <Facts>
        <Fact name={en.tls.version}>
          {hello.version.text} <code className={classes.dim}>{hello.version.code}</code>
        </Fact>
        <Fact name={en.tls.cipher}>
          {hello.cipherSuite.text} <code className={classes.dim}>{hello.cipherSuite.code}</code>
        </Fact>
        <Fact name={en.tls.random} mono>
          {hello.random}
        </Fact>
        <Fact name={en.tls.sessionId} mono>
          {hello.sessionId || en.tls.empty}
        </Fact>
      </Facts>
      <h5>{en.tls.extensions(hello.extensions.length)}</h5>
      <ExtensionTable extensions={hello.extensions} />
      {hello.version.code === '0x0304' && <p className={classes.note}>{en.tls.encryptedExtensions}</p>}
      <div className={classes.actions}>
        <CopyButton text={hello.hex} label={en.tls.copyHello}>
          {en.tls.copyHello}
        </CopyButton>
      </div>
    </Fold>
  );
}
