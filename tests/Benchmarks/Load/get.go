package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"hash/crc32"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func limitFromNow() time.Time {
	return time.Now().Add(time.Duration(*timeLimit * float64(time.Second)))
}

// check reads the whole body and gives its length.
func check(answer *http.Response, buffer []byte) (int64, error) {
	if answer.StatusCode != 200 {
		return 0, fmt.Errorf("status %d", answer.StatusCode)
	}

	var count int64
	var crc uint32
	for {
		read, err := answer.Body.Read(buffer)
		count += int64(read)
		if *checksum != "" {
			crc = crc32.Update(crc, castagnoli, buffer[:read])
		}

		if err == io.EOF {
			break
		}

		if err != nil {
			return 0, fmt.Errorf("body after %d bytes: %w", count, err)
		}
	}

	if *length >= 0 && count != *length {
		return 0, fmt.Errorf("body of %d bytes instead of %d", count, *length)
	}

	if *checksum != "" && crc != wanted {
		return 0, fmt.Errorf("body with checksum %08x instead of %08x", crc, wanted)
	}

	return count, nil
}

func runHttp1(o *outcome) {
	var all sync.WaitGroup
	for i := 0; i < *connections; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			runHttp1Connection(o)
		}()
	}

	all.Wait()
}

func runHttp1Connection(o *outcome) {
	buffer := make([]byte, 128*1024)
	request := &http.Request{Method: "GET"}
	var connection net.Conn
	var reader *bufio.Reader
	var head []byte
	drop := func() {
		if connection != nil {
			connection.Close()
			connection = nil
		}
	}
	defer drop()
	for next() {
		start := time.Now()
		if connection == nil {
			opened, address, err := o.connect(limitFromNow(), "http/1.1")
			if err != nil {
				o.fail("connection", err)
				time.Sleep(10 * time.Millisecond)
				continue
			}

			connection = opened
			o.gate.Lock()
			o.handshakes = append(o.handshakes, time.Since(start))
			o.gate.Unlock()
			if !*each {
				// What many requests share is told apart.
				start = time.Now()
			}

			reader = bufio.NewReaderSize(connection, 32*1024)
			asked := target.RequestURI()
			if *proxyFlag != "" && target.Scheme == "http" {
				asked = "http://" + address + asked
			}

			head = []byte("GET " + asked + " HTTP/1.1\r\nHost: " + address + "\r\nUser-Agent: load\r\nAccept: */*\r\n\r\n")
		} else {
			_ = connection.SetDeadline(limitFromNow())
		}

		count, isLast, err := exchange(connection, reader, request, head, buffer)
		if err != nil {
			o.fail("exchange", err)
			drop()
			continue
		}

		o.add(time.Since(start), count)
		if *each || isLast {
			drop()
		}
	}
}

func exchange(connection net.Conn, reader *bufio.Reader, request *http.Request, head, buffer []byte) (int64, bool, error) {
	if _, err := connection.Write(head); err != nil {
		return 0, true, err
	}

	answer, err := http.ReadResponse(reader, request)
	if err != nil {
		return 0, true, err
	}

	count, err := check(answer, buffer)
	return count, answer.Close, err
}

func runHttp2(o *outcome) {
	var all sync.WaitGroup
	for i := 0; i < *connections; i++ {
		address, name := pickHost()
		transport := http2Transport(o, address, name)
		address = target.Scheme + "://" + address + target.RequestURI()

		// One request first, so that the others share its connection.
		start := time.Now()
		if _, err := getHttp2(transport, address, make([]byte, 64*1024)); err != nil {
			o.fail("first request", err)
		}

		o.handshakes = append(o.handshakes, time.Since(start))
		for s := 0; s < *streams; s++ {
			all.Add(1)
			go func() {
				defer all.Done()
				buffer := make([]byte, 64*1024)
				for next() {
					start := time.Now()
					count, err := getHttp2(transport, address, buffer)
					if err != nil {
						o.fail("exchange", err)
						time.Sleep(time.Millisecond)
						continue
					}

					o.add(time.Since(start), count)
				}
			}()
		}
	}

	all.Wait()
}

func http2Transport(o *outcome, address, name string) *http.Transport {
	return &http.Transport{
		ForceAttemptHTTP2:  true,
		DisableCompression: true,
		DialTLSContext: func(context.Context, string, string) (net.Conn, error) {
			connection, _, err := o.connectTo(address, name, limitFromNow(), "h2")
			if err == nil {
				_ = connection.SetDeadline(time.Time{})
			}

			return connection, err
		},
		TLSClientConfig: &tls.Config{NextProtos: []string{"h2"}},
	}
}

func getHttp2(transport *http.Transport, address string, buffer []byte) (int64, error) {
	limited, cancel := context.WithDeadline(context.Background(), limitFromNow())
	defer cancel()
	request, err := http.NewRequestWithContext(limited, "GET", address, nil)
	if err != nil {
		return 0, err
	}

	answer, err := transport.RoundTrip(request)
	if err != nil {
		return 0, err
	}

	defer answer.Body.Close()
	if answer.ProtoMajor != 2 {
		return 0, fmt.Errorf("not HTTP/2 but %s", answer.Proto)
	}

	return check(answer, buffer)
}
