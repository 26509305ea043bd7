// Real clients of every kind pass through the proxy. One that is not installed is skipped, with a line that says so.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import * as grpc from '@grpc/grpc-js';
import { ProxyAgent, fetch as undiciFetch } from 'undici';
import { WebSocket, WebSocketServer } from 'ws';
import { findTestProgram } from '../../scripts/testPrograms.mjs';
import { temporaryFolder } from './folder.mjs';
import { startMitmWeb } from './mitmweb.mjs';
import { TunnelAgent } from './tunnelAgent.mjs';
import { startUpstream, users } from './upstream.mjs';

const folder = temporaryFolder();
let upstream;
let mitmweb;

before(async () => {
  upstream = await startUpstream(join(folder.path, 'upstream'));
  mitmweb = await startMitmWeb({ confdir: join(folder.path, 'conf'), env: { SSL_CERT_FILE: upstream.caFile } });
});

after(async () => {
  await mitmweb?.stop();
  await upstream?.stop();
  folder.remove();
});

test('curl: HEAD, a range, a compressed body, an upload that waits for 100', async () => {
  const curl = (...args) => run('curl', ['-sS', '--max-time', '20', '-x', mitmweb.proxy, '--cacert', mitmweb.caFile, ...args]);
  for (const [origin, flag] of [
    [upstream.http1, '--http1.1'],
    [upstream.http2, '--http2'],
  ]) {
    assert.match(await curl(flag, '-I', `${origin}/users.json`), /content-length: \d+/i);
    assert.equal(await curl(flag, '-r', '0-8', `${origin}/style.css`), 'body { co');
    assert.deepEqual(JSON.parse(await curl(flag, '--compressed', `${origin}/users.json`)), users);
    const file = join(folder.path, 'small.txt');
    writeFileSync(file, 'sent only after the server asked for it');
    assert.equal(
      await curl(flag, '-f', '-H', 'Expect: 100-continue', '-T', file, '-w', '%{http_code}', `${origin}/upload/waited${flag}`),
      '201',
    );
    assert.equal(readFileSync(join(upstream.folder, 'upload', `waited${flag}`), 'utf8'), readFileSync(file, 'utf8'));
  }
  const flows = await done('/users.json', 4);
  assert.equal(flows.length, 4);
});

test('wget', needs('wget'), async () => {
  const args = ['-q', '-O', '-', '--tries=1', `--ca-certificate=${mitmweb.caFile}`, '-e', `https_proxy=${mitmweb.proxy}`];
  assert.deepEqual(JSON.parse(await run('wget', [...args, `${upstream.http1}/users.json?wget`])), users);
  await done('?wget');
});

test("Python's http.client and urllib", needs('python3'), async () => {
  const url = new URL(upstream.http1);
  const program = `
import http.client, json, ssl, urllib.request
context = ssl.create_default_context(cafile=${JSON.stringify(mitmweb.caFile)})
connection = http.client.HTTPSConnection("127.0.0.1", ${mitmweb.proxyPort}, context=context, timeout=20)
connection.set_tunnel("localhost", ${url.port})
for i in range(2):
    connection.request("GET", "/users.json?python%d" % i, headers={"X-Odd": "caf\\u00e9"})
    answer = connection.getresponse()
    assert answer.status == 200 and json.load(answer)["total"] == 1
connection.request("POST", "/echo?python2", body=(b"a chunk " for i in range(3)), encode_chunked=True, headers={"Transfer-Encoding": "chunked"})
assert json.load(connection.getresponse())["method"] == "POST"
opener = urllib.request.build_opener(urllib.request.ProxyHandler({"https": ${JSON.stringify(mitmweb.proxy)}}), urllib.request.HTTPSHandler(context=context))
assert opener.open("${upstream.http1}/users.json?python3", timeout=20).status == 200
print("fine")`;
  assert.equal(await run('python3', ['-c', program]), 'fine\n');
  assert.equal((await done('python', 4)).length, 4);
});

for (const library of ['requests', 'httpx']) {
  test(`Python's ${library}`, needsPython(library), async () => {
    const program =
      library === 'requests'
        ? `import requests; print(requests.get(URL, proxies={"https": PROXY}, verify=CA, timeout=20).json()["total"])`
        : `import httpx, ssl; print(httpx.Client(**({"proxy": PROXY} if "proxy" in httpx.Client.__init__.__kwdefaults__ else {"proxies": PROXY}), verify=ssl.create_default_context(cafile=CA), timeout=20).get(URL).json()["total"])`;
    const names = `URL=${JSON.stringify(`${upstream.http1}/users.json?${library}`)}; PROXY=${JSON.stringify(mitmweb.proxy)}; CA=${JSON.stringify(mitmweb.caFile)}`;
    assert.equal(await run(systemPython, ['-c', `${names}\n${program}`]), '1\n');
    await done(`?${library}`);
  });
}

test("Node's undici", async () => {
  const dispatcher = new ProxyAgent({ uri: mitmweb.proxy, requestTls: { ca: readFileSync(mitmweb.caFile) } });
  const answer = await undiciFetch(`${upstream.http1}/users.json?undici`, { dispatcher });
  assert.deepEqual(await answer.json(), users);
  const posted = await undiciFetch(`${upstream.http1}/echo?undici`, { dispatcher, method: 'POST', body: 'x'.repeat(100_000) });
  assert.equal((await posted.json()).method, 'POST');
  await dispatcher.close();
  assert.equal((await done('?undici', 2)).length, 2);
});

test("Node's ws: text, binary and a large message both ways", async () => {
  const server = createServer({
    key: readFileSync(join(upstream.folder, 'server.key')),
    cert: readFileSync(join(upstream.folder, 'server.pem')),
  });
  const sockets = new WebSocketServer({ server, perMessageDeflate: true });
  sockets.on('connection', (socket) => socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const socket = new WebSocket(`wss://localhost:${server.address().port}/chat`, { agent: new TunnelAgent(mitmweb) });
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    for (const message of ['hello', Buffer.from([0, 255, 1]), 'large '.repeat(200_000)]) {
      const answer = new Promise((resolve) => socket.once('message', (data, isBinary) => resolve(isBinary ? data : data.toString())));
      socket.send(message);
      assert.deepEqual(await answer, message);
    }
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.close(1000, 'done');
    assert.equal(await closed, 1000);
    const [flow] = await done('/chat');
    assert.equal(flow.kind, 'websocket');
    assert.equal(flow.scheme, 'wss');
  } finally {
    sockets.close();
    server.close();
  }
});

test('gRPC: unary, client, server and bidirectional streams, and an error status', async () => {
  const text = { requestSerialize: Buffer.from, requestDeserialize: String, responseSerialize: Buffer.from, responseDeserialize: String };
  const method = (name, requestStream, responseStream) => ({ path: `/demo.Echo/${name}`, requestStream, responseStream, ...text });
  const service = {
    One: method('One', false, false),
    Up: method('Up', true, false),
    Down: method('Down', false, true),
    Both: method('Both', true, true),
    Wrong: method('Wrong', false, false),
  };
  const server = new grpc.Server();
  server.addService(service, {
    One: (call, answer) => answer(null, `one ${call.request}`),
    Up: (call, answer) => {
      const all = [];
      call.on('data', (data) => all.push(data)).on('end', () => answer(null, all.join('+')));
    },
    Down: (call) => {
      for (let i = 0; i < 3; i++) call.write(`${call.request} ${i}`);
      call.end();
    },
    Both: (call) => call.on('data', (data) => call.write(`got ${data}`)).on('end', () => call.end()),
    Wrong: (_, answer) => answer({ code: grpc.status.FAILED_PRECONDITION, details: 'not now' }),
  });
  const pair = {
    private_key: readFileSync(join(upstream.folder, 'server.key')),
    cert_chain: readFileSync(join(upstream.folder, 'server.pem')),
  };
  const port = await promisify(server.bindAsync.bind(server))('127.0.0.1:0', grpc.ServerCredentials.createSsl(null, [pair]));
  process.env.grpc_proxy = mitmweb.proxy;
  const client = new (grpc.makeGenericClientConstructor(service, 'Echo'))(
    `localhost:${port}`,
    grpc.credentials.createSsl(readFileSync(mitmweb.caFile)),
  );
  try {
    assert.equal(await promisify(client.One.bind(client))('a'), 'one a');
    assert.equal(
      await new Promise((resolve, reject) => {
        const call = client.Up((error, answer) => (error ? reject(error) : resolve(answer)));
        for (const part of ['a', 'b', 'c']) call.write(part);
        call.end();
      }),
      'a+b+c',
    );
    const down = [];
    for await (const data of client.Down('d')) down.push(data);
    assert.deepEqual(down, ['d 0', 'd 1', 'd 2']);
    const both = client.Both();
    for (const part of ['x', 'y']) {
      const answer = new Promise((resolve) => both.once('data', resolve));
      both.write(part);
      assert.equal(await answer, `got ${part}`);
    }
    const ended = new Promise((resolve) => both.once('status', resolve));
    both.end();
    assert.equal((await ended).code, grpc.status.OK);
    await assert.rejects(promisify(client.Wrong.bind(client))('w'), { code: grpc.status.FAILED_PRECONDITION, details: 'not now' });
    const flows = await done('/demo.Echo/', 5);
    assert.equal(flows.length, 5);
    const detail = await mitmweb.api(`/flows/${flows[0].id}`);
    assert.ok(
      detail.response.trailers.some(([name, value]) => name === 'grpc-status' && value === '0'),
      'the status is in the trailers',
    );
  } finally {
    delete process.env.grpc_proxy;
    client.close();
    server.forceShutdown();
  }
});

test("Java's HttpClient over HTTP/1.1 and HTTP/2", needs('java'), async () => {
  const file = join(folder.path, 'Get.java');
  writeFileSync(
    file,
    `import java.net.*; import java.net.http.*;
public class Get {
  public static void main(String[] args) throws Exception {
    for (var version : HttpClient.Version.values()) {
      var client = HttpClient.newBuilder().version(version).proxy(ProxySelector.of(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])))).build();
      var answer = client.send(HttpRequest.newBuilder(URI.create(args[1])).POST(HttpRequest.BodyPublishers.ofString("x".repeat(50000))).build(), HttpResponse.BodyHandlers.ofString());
      System.out.println(answer.version() + " " + answer.statusCode() + " " + answer.body());
    }
  }
}`,
  );
  const store = [`-Djavax.net.ssl.trustStore=${join(mitmweb.confdir, 'mitmweb-ca-cert.p12')}`, '-Djavax.net.ssl.trustStorePassword='];
  const output = await run('java', [...store, file, String(mitmweb.proxyPort), `${upstream.http2}/echo?java`]);
  assert.match(output, /^HTTP_1_1 200 .*"POST"/m);
  assert.match(output, /^HTTP_2 200 .*"POST"/m);
  assert.equal((await done('?java', 2)).length, 2);
});

test("Go's net/http", needs('go'), async () => {
  const file = join(folder.path, 'get.go');
  writeFileSync(
    file,
    `package main
import ("crypto/tls"; "crypto/x509"; "fmt"; "io"; "net/http"; "net/url"; "os"; "strings")
func main() {
  pem, _ := os.ReadFile(os.Args[2])
  roots := x509.NewCertPool()
  roots.AppendCertsFromPEM(pem)
  proxy, _ := url.Parse(os.Args[1])
  client := &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(proxy), TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}}
  answer, err := client.Post(os.Args[3], "text/plain", strings.NewReader(strings.Repeat("x", 50000)))
  if err != nil { panic(err) }
  body, _ := io.ReadAll(answer.Body)
  fmt.Println(answer.Proto, answer.StatusCode, string(body))
}`,
  );
  const env = { GOCACHE: join(folder.path, 'go'), GO111MODULE: 'off' };
  assert.match(await run('go', ['run', file, mitmweb.proxy, mitmweb.caFile, `${upstream.http2}/echo?go`], env), /^HTTP\/2.0 200 .*"POST"/);
  await done('?go');
});

test('git clone over https', needs('git'), async () => {
  const work = join(folder.path, 'work');
  const git = (...args) => execFileSync('git', args, { cwd: work, stdio: ['ignore', 'pipe', 'pipe'] });
  mkdirSync(work);
  git('init', '-q');
  writeFileSync(join(work, 'readme.txt'), 'cloned through the proxy\n');
  git('add', '.');
  git('-c', 'user.name=t', '-c', 'user.email=t@example.test', 'commit', '-q', '-m', 'first');
  git('update-server-info');
  cpSync(join(work, '.git'), join(upstream.site, 'repository.git'), { recursive: true });
  const clone = join(folder.path, 'clone');
  // The variable wins over http.sslCAInfo, and may be set on this machine.
  await run('git', ['-c', `http.proxy=${mitmweb.proxy}`, 'clone', '-q', `${upstream.http2}/repository.git`, clone], {
    GIT_SSL_CAINFO: mitmweb.caFile,
  });
  assert.deepEqual(readdirSync(clone).sort(), ['.git', 'readme.txt']);
  await done('/repository.git/');
});

test('npm', async () => {
  mkdirSync(join(upstream.site, 'registry'), { recursive: true });
  const version = { name: 'demo-package', version: '1.2.3', dist: { tarball: `${upstream.http1}/none.tgz`, shasum: '0'.repeat(40) } };
  writeFileSync(
    join(upstream.site, 'registry', 'demo-package'),
    JSON.stringify({ name: 'demo-package', 'dist-tags': { latest: '1.2.3' }, versions: { '1.2.3': version } }),
  );
  const args = [
    'view',
    'demo-package',
    'version',
    `--registry=${upstream.http1}/registry/`,
    `--https-proxy=${mitmweb.proxy}`,
    `--cafile=${mitmweb.caFile}`,
    '--noproxy=',
    `--cache=${join(folder.path, 'npm')}`,
    '--no-update-notifier',
  ];
  assert.match(await run('npm', args), /1\.2\.3/);
  await done('/registry/demo-package');
});

test('apt', needs('apt-get'), async () => {
  const site = join(upstream.site, 'debian');
  const home = join(folder.path, 'apt');
  for (const path of [site, join(home, 'lists', 'partial'), join(home, 'cache', 'archives', 'partial')])
    mkdirSync(path, { recursive: true });
  writeFileSync(
    join(site, 'Packages'),
    'Package: demo\nVersion: 4.2\nArchitecture: all\nMaintainer: t <t@example.test>\nFilename: ./demo.deb\nSize: 1\nSHA256: 0\nDescription: demo\n',
  );
  writeFileSync(join(home, 'sources.list'), `deb [trusted=yes] ${upstream.http1}/debian ./\n`);
  const options = {
    'Dir::Etc::sourcelist': join(home, 'sources.list'),
    'Dir::Etc::sourceparts': '-',
    'Dir::State::lists': join(home, 'lists'),
    'Dir::Cache': join(home, 'cache'),
    'Acquire::https::Proxy': mitmweb.proxy,
    'Acquire::https::CAInfo': mitmweb.caFile,
    'APT::Sandbox::User': 'root',
  };
  const set = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  await run('apt-get', [...set, 'update']);
  assert.match(await run('apt-cache', [...set, 'policy', 'demo']), /Candidate: 4\.2/);
  await done('/debian/');
});

const systemPython = '/usr/bin/python3';

function needs(program) {
  return { skip: findTestProgram(program) ? false : `${program} is not installed` };
}

function needsPython(library) {
  try {
    execFileSync('/usr/bin/python3', ['-c', `import ${library}`], { stdio: 'ignore' });
    return {};
  } catch {
    return { skip: `python3-${library} is not installed` };
  }
}

async function run(program, args, env = {}) {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(https?|no|all|grpc)_proxy$/i.test(name)));
  const { stdout } = await promisify(execFile)(findTestProgram(program) ?? program, args, { env: { ...clean, ...env }, timeout: 60_000 });
  return stdout;
}

/** The flows whose URL has that text, at least so many of them, all complete and without an error. The store commits in batches. */
async function done(text, count = 1) {
  for (let tries = 0; ; tries++) {
    const { flows } = await mitmweb.api(`/flows?filter=${encodeURIComponent(text)}&limit=1000`);
    if (flows.length >= count && flows.every((flow) => flow.state === 'done')) return flows;
    if (tries === 100) assert.fail(`not all done: ${JSON.stringify(flows)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
