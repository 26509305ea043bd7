package main

import (
	"sort"
	"strings"
	"sync"
	"syscall"
	"time"
)

// outcome is what all connections found together.
type outcome struct {
	gate       sync.Mutex
	latencies  []time.Duration
	handshakes []time.Duration
	done       int64
	bytes      int64
	opened     int64
	failures   map[string]int64
	issuers    map[string]int64
	tls        string
	last       time.Time
}

func newOutcome() *outcome {
	return &outcome{failures: map[string]int64{}, issuers: map[string]int64{}}
}

func (o *outcome) add(latency time.Duration, bytes int64) {
	o.gate.Lock()
	defer o.gate.Unlock()
	o.latencies = append(o.latencies, latency)
	o.done++
	o.bytes += bytes
	o.last = time.Now()
}

func (o *outcome) fail(what string, err error) {
	text := what
	if err != nil {
		text += ": " + err.Error()
	}

	// Equal failures of different connections add up.
	if arrow := strings.Index(text, "->"); arrow >= 0 {
		if colon := strings.Index(text[arrow:], ": "); colon >= 0 {
			text = text[:strings.LastIndex(text[:arrow], " ")+1] + text[arrow+colon+2:]
		}
	}

	o.gate.Lock()
	defer o.gate.Unlock()
	o.last = time.Now()
	if _, known := o.failures[text]; !known && len(o.failures) >= 20 {
		text = "others"
	}

	o.failures[text]++
}

func (o *outcome) report(start time.Time) map[string]interface{} {
	elapsed := o.last.Sub(start).Seconds()
	failed := int64(0)
	for _, count := range o.failures {
		failed += count
	}

	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	perSecond := 0.0
	if elapsed > 0 {
		perSecond = float64(o.done) / elapsed
	}

	return map[string]interface{}{
		"requests":    o.done,
		"errors":      failed,
		"failures":    o.failures,
		"seconds":     elapsed,
		"perSecond":   perSecond,
		"bytes":       o.bytes,
		"p50Ms":       percentile(o.latencies, 0.50),
		"p99Ms":       percentile(o.latencies, 0.99),
		"longestMs":   percentile(o.latencies, 1),
		"connections": o.opened,
		"connectMs":   percentile(o.handshakes, 0.50),
		"tls":         o.tls,
		"issuers":     o.issuers,
		"cpuSeconds":  float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9,
	}
}

// percentile is by nearest rank, in milliseconds; nil without any.
func percentile(values []time.Duration, share float64) interface{} {
	if len(values) == 0 {
		return nil
	}

	sort.Slice(values, func(i, j int) bool { return values[i] < values[j] })
	index := int(share*float64(len(values))+0.999999) - 1
	if index < 0 {
		index = 0
	}

	return float64(values[index]) / 1e6
}
