package main

import (
	"bufio"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// runEvents reads server-sent events whose data is the time of sending (Unix milliseconds), for as long as asked for.
func runEvents(o *outcome) {
	all := openAll(o, func() error { return readEvents(o) })
	all.Wait()
}

// runWebSockets sends a small message a second over each connection, and measures until its echo.
func runWebSockets(o *outcome) {
	all := openAll(o, func() error { return echo(o) })
	all.Wait()
}

func openAll(o *outcome, run func() error) *sync.WaitGroup {
	var all sync.WaitGroup
	for i := 0; i < *connections; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			if err := run(); err != nil {
				o.fail(*kind, err)
			}
		}()

		// Nobody opens hundreds at one moment, and handshakes are measured elsewhere.
		time.Sleep(2 * time.Millisecond)
	}

	return &all
}

func ask(o *outcome, headers string) (net.Conn, *bufio.Reader, *http.Response, error) {
	connection, address, err := o.connect(limitFromNow(), "http/1.1")
	if err != nil {
		return nil, nil, nil, err
	}

	_ = connection.SetDeadline(deadline.Add(10 * time.Second))
	reader := bufio.NewReader(connection)
	if _, err = io.WriteString(connection, "GET "+target.RequestURI()+" HTTP/1.1\r\nHost: "+address+"\r\n"+headers+"\r\n"); err != nil {
		connection.Close()
		return nil, nil, nil, err
	}

	answer, err := http.ReadResponse(reader, &http.Request{Method: "GET"})
	if err != nil {
		connection.Close()
	}

	return connection, reader, answer, err
}

func readEvents(o *outcome) error {
	connection, _, answer, err := ask(o, "Accept: text/event-stream\r\n")
	if err != nil {
		return err
	}

	defer connection.Close()
	if answer.StatusCode != 200 {
		return fmt.Errorf("status %d", answer.StatusCode)
	}

	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		if !strings.HasPrefix(lines.Text(), "data: ") {
			continue
		}

		sent, err := strconv.ParseInt(lines.Text()[6:], 10, 64)
		if err != nil {
			return err
		}

		o.add(time.Since(time.UnixMilli(sent)), int64(len(lines.Text())))
		if !time.Now().Before(deadline) {
			return nil
		}
	}

	return fmt.Errorf("the stream ended: %v", lines.Err())
}

func echo(o *outcome) error {
	key := make([]byte, 16)
	_, _ = rand.Read(key)
	connection, reader, answer, err := ask(o, "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "+
		base64.StdEncoding.EncodeToString(key)+"\r\n")
	if err != nil {
		return err
	}

	defer connection.Close()
	if answer.StatusCode != 101 {
		return fmt.Errorf("status %d", answer.StatusCode)
	}

	for time.Now().Before(deadline) {
		// FIN and text, masked with zeros; the content is the time, eight bytes of digits.
		start := time.Now()
		frame := append([]byte{0x81, 0x88, 0, 0, 0, 0}, []byte(fmt.Sprintf("%08d", start.UnixNano()%1e8))...)
		if _, err := connection.Write(frame); err != nil {
			return err
		}

		back := make([]byte, 10)
		if _, err := io.ReadFull(reader, back); err != nil {
			return err
		}

		if binary.BigEndian.Uint16(back) != 0x8108 || string(back[2:]) != string(frame[6:]) {
			return fmt.Errorf("another message came back: %x", back)
		}

		o.add(time.Since(start), 8)
		time.Sleep(time.Second - time.Since(start))
	}

	return nil
}
