package main

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

var asked int64

// pickHost gives the address to connect to and the name that the server is called by.
func pickHost() (address, name string) {
	if *hosts == 0 {
		return target.Host, target.Hostname()
	}

	// Addresses of the loop instead of names that would have to be entered somewhere.
	number := (atomic.AddInt64(&asked, 1) - 1) % int64(*hosts)
	address = fmt.Sprintf("127.0.%d.%d", number/250, number%250+1)
	return net.JoinHostPort(address, target.Port()), fmt.Sprintf("h%d.bench.test", number+1)
}

func tlsOptions(name string, protocols ...string) *tls.Config {
	return &tls.Config{ServerName: name, NextProtos: protocols, MinVersion: tls.VersionTLS12, InsecureSkipVerify: roots == nil, RootCAs: roots}
}

// connect opens a connection, with a tunnel and a handshake for https.
func (o *outcome) connect(limit time.Time, protocol string) (net.Conn, string, error) {
	address, name := pickHost()
	return o.connectTo(address, name, limit, protocol)
}

func (o *outcome) connectTo(address, name string, limit time.Time, protocol string) (net.Conn, string, error) {
	first := address
	if *proxyFlag != "" {
		first = *proxyFlag
	}

	connection, err := (&net.Dialer{Deadline: limit}).Dial("tcp", first)
	if err != nil {
		return nil, address, fmt.Errorf("connect: %w", err)
	}

	_ = connection.SetDeadline(limit)
	secured, err := o.secure(connection, address, name, protocol)
	if err != nil {
		connection.Close()
	}

	return secured, address, err
}

func (o *outcome) secure(connection net.Conn, address, name, protocol string) (net.Conn, error) {
	o.gate.Lock()
	o.opened++
	o.gate.Unlock()
	if target.Scheme != "https" {
		return connection, nil
	}

	if *proxyFlag != "" {
		if err := tunnel(connection, address); err != nil {
			return nil, err
		}
	}

	secured := tls.Client(connection, tlsOptions(name, protocol))
	if err := secured.Handshake(); err != nil {
		return nil, fmt.Errorf("handshake: %w", err)
	}

	o.note(secured.ConnectionState())
	return secured, nil
}

func tunnel(connection net.Conn, address string) error {
	if _, err := io.WriteString(connection, "CONNECT "+address+" HTTP/1.1\r\nHost: "+address+"\r\n\r\n"); err != nil {
		return fmt.Errorf("CONNECT: %w", err)
	}

	reader := bufio.NewReaderSize(connection, 4096)
	answer, err := http.ReadResponse(reader, &http.Request{Method: "CONNECT"})
	if err != nil {
		return fmt.Errorf("CONNECT: %w", err)
	}

	if answer.StatusCode != 200 {
		return fmt.Errorf("CONNECT: status %d", answer.StatusCode)
	}

	if reader.Buffered() > 0 {
		return fmt.Errorf("CONNECT: %d bytes behind the head", reader.Buffered())
	}

	return nil
}

func (o *outcome) note(state tls.ConnectionState) {
	o.gate.Lock()
	defer o.gate.Unlock()
	o.issuers[state.PeerCertificates[0].Issuer.CommonName]++
	if o.tls == "" {
		version := map[uint16]string{tls.VersionTLS12: "TLS 1.2", tls.VersionTLS13: "TLS 1.3"}[state.Version]
		o.tls = version + " " + tls.CipherSuiteName(state.CipherSuite) + " " + state.PeerCertificates[0].PublicKeyAlgorithm.String()
	}
}
