// Load drives an HTTP proxy (or a server) with a fixed number of connections, each of which sends the next request when it has the
// whole answer to the last, and checks status, length and checksum of every answer. It prints one line of JSON.
package main

import (
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"hash/crc32"
	"net/url"
	"os"
	"runtime/debug"
	"strconv"
	"sync/atomic"
	"time"
)

var (
	proxyFlag   = flag.String("proxy", "", "the proxy, as HOST:PORT (none: straight to the server)")
	urlFlag     = flag.String("url", "", "what to ask for")
	connections = flag.Int("connections", 1, "connections at a time")
	seconds     = flag.Float64("seconds", 5, "for how long new requests are begun")
	requests    = flag.Int64("requests", 0, "end after so many requests (0: no limit)")
	rate        = flag.Float64("rate", 0, "requests a second over all connections (0: as many as possible)")
	each        = flag.Bool("each", false, "a new connection, with CONNECT and handshake, for each request")
	hosts       = flag.Int("hosts", 0, "asks so many hosts (127.0.0.1, 127.0.0.2, …; with the names h1.bench.test, …) in turn")
	http2       = flag.Bool("http2", false, "speak HTTP/2")
	streams     = flag.Int("streams", 8, "with -http2: requests at a time on each connection")
	length      = flag.Int64("length", -1, "how long the body of each answer is")
	checksum    = flag.String("crc", "", "the CRC-32C of each body, in hexadecimal")
	timeLimit   = flag.Float64("limit", 30, "seconds for a request, connecting included")
	caFile      = flag.String("ca", "", "a PEM file: what the server's certificate must be signed by (none: any certificate will do)")
	sum         = flag.String("sum", "", "print length and CRC-32C of a file, and end")
	kind        = flag.String("kind", "get", "get, events (server-sent) or websocket (echoed)")
)

// What the flags say, read once.
var (
	target   *url.URL
	roots    *x509.CertPool
	wanted   uint32
	deadline time.Time
	begun    int64
)

func main() {
	flag.Parse()
	if *sum != "" {
		printSum(*sum)
		return
	}

	// What matters is the proxy: the load must not spend the machine on collecting its own garbage.
	debug.SetGCPercent(400)
	readFlags()
	outcome := newOutcome()
	start := time.Now()
	deadline = start.Add(time.Duration(*seconds * float64(time.Second)))
	switch {
	case *kind == "events":
		runEvents(outcome)
	case *kind == "websocket":
		runWebSockets(outcome)
	case *http2:
		runHttp2(outcome)
	default:
		runHttp1(outcome)
	}

	text, _ := json.Marshal(outcome.report(start))
	fmt.Println(string(text))
	if outcome.done == 0 {
		os.Exit(1)
	}
}

func readFlags() {
	var err error
	if target, err = url.Parse(*urlFlag); err != nil || target.Host == "" {
		fail("-url is not an address with http or https: " + *urlFlag)
	}

	if *caFile != "" {
		pem, err := os.ReadFile(*caFile)
		if err != nil {
			fail(err.Error())
		}

		roots = x509.NewCertPool()
		if !roots.AppendCertsFromPEM(pem) {
			fail("no certificate in " + *caFile)
		}
	}

	if *checksum != "" {
		value, err := strconv.ParseUint(*checksum, 16, 32)
		if err != nil {
			fail("-crc is not a hexadecimal number: " + *checksum)
		}

		wanted = uint32(value)
	}
}

func printSum(path string) {
	data, err := os.ReadFile(path)
	if err != nil {
		fail(err.Error())
	}

	fmt.Printf("%d %08x\n", len(data), crc32.Checksum(data, castagnoli))
}

func fail(text string) {
	fmt.Fprintln(os.Stderr, "load: "+text)
	os.Exit(2)
}

// next tells whether another request may begin, and waits for its turn when there is a rate.
func next() bool {
	number := atomic.AddInt64(&begun, 1)
	if *requests > 0 && number > *requests {
		return false
	}

	if *rate > 0 {
		due := deadline.Add(-time.Duration(*seconds * float64(time.Second))).Add(time.Duration(float64(number-1) / *rate * float64(time.Second)))
		if !due.Before(deadline) {
			return false
		}

		time.Sleep(time.Until(due))
	}

	return time.Now().Before(deadline)
}
