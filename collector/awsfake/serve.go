package awsfake

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strconv"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// Config is a configuration whose requests this world answers without a network.
// The host names are AWS's own and are checked.
func (w *World) Config() aws.Config {
	home, _ := w.home()
	return aws.Config{
		Region:      home,
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "not-a-secret", ""),
		HTTPClient:  &http.Client{Transport: w, CheckRedirect: noRedirect},
	}
}

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Serve answers on a loopback address until the server is closed.
func (w *World) Serve() *httptest.Server { return httptest.NewServer(w) }

// Calls returns how often each thing was asked.
func (w *World) Calls() map[Call]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.calls)
}

// Count returns how often an operation was asked, on whatever.
func (w *World) Count(service, operation string) int {
	n := 0
	for c, times := range w.Calls() {
		if c.Service == service && c.Operation == operation {
			n += times
		}
	}
	return n
}

// answer understands, counts and answers a request.
func (w *World) answer(h *http.Request) reply {
	r, err := w.understand(h)
	if err != nil {
		return w.misused(r, h, err)
	}
	handler := operations[r.Service+" "+r.Operation]
	if handler == nil {
		return w.misused(r, h, fmt.Errorf("%s %s is not a read-only operation of the collector", r.Service, r.Operation))
	}
	r.Resource = r.resource()
	effect := w.effect(r.Call)
	if w.overQuota(r.Call) {
		effect = Throttle(0)
	}
	if effect.before != nil {
		effect.before(r)
	}
	var answer reply
	if effect.instead != nil {
		r.Page = r.marker()
		answer = effect.instead(r)
	} else {
		answer = handler(r)
	}
	w.mu.Lock()
	if w.calls == nil {
		w.calls = map[Call]int{}
	}
	w.calls[r.Call]++
	w.mu.Unlock()
	if effect.then != nil {
		answer = effect.then(r, answer)
	}
	return answer
}

func (w *World) effect(c Call) Effect {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range w.Faults {
		if f.fits(c) {
			return f.Effect
		}
	}
	return Effect{}
}

func (w *World) misused(r *request, h *http.Request, err error) reply {
	if w.T == nil {
		panic("awsfake: " + err.Error())
	}
	w.T.Helper()
	w.T.Errorf("awsfake: %v", err)
	if r == nil {
		r = &request{w: w, http: h}
	}
	return r.fail(http.StatusBadRequest, "InvalidAction", err.Error())
}

// RoundTrip answers without a network.
func (w *World) RoundTrip(h *http.Request) (*http.Response, error) {
	answer := w.answer(h)
	if h.Body != nil {
		_ = h.Body.Close()
	}
	ctx := h.Context()
	if w.Latency > 0 {
		select {
		case <-time.After(w.Latency):
		case <-ctx.Done():
		}
	}
	switch {
	case answer.hang:
		<-ctx.Done()
	case answer.reset:
		return nil, syscall.ECONNRESET
	case answer.unreached != nil:
		return nil, answer.unreached
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	body := &bodyReader{Reader: bytes.NewReader(answer.body), answer: answer, half: len(answer.body) / 2, done: ctx.Done(), err: ctx.Err}
	return &http.Response{
		Status: strconv.Itoa(answer.status) + " " + http.StatusText(answer.status), StatusCode: answer.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: answer.header, Body: body, ContentLength: int64(len(answer.body)), Request: h,
	}, nil
}

// bodyReader breaks or waits in the middle.
type bodyReader struct {
	io.Reader
	answer reply
	half   int
	done   <-chan struct{}
	err    func() error
}

func (b *bodyReader) Read(p []byte) (int, error) {
	if (b.answer.broken || b.answer.trickle > 0) && b.half > 0 {
		n, err := b.Reader.Read(p[:min(len(p), b.half)])
		b.half -= n
		return n, err
	}
	if b.answer.broken {
		return 0, io.ErrUnexpectedEOF
	}
	if pause := b.answer.trickle; pause > 0 {
		b.answer.trickle = 0
		select {
		case <-time.After(pause):
		case <-b.done:
			return 0, b.err()
		}
	}
	return b.Reader.Read(p)
}

func (b *bodyReader) Close() error { return nil }

// Change changes a world that is served over a network, between two requests.
func (w *World) Change(change func()) {
	w.served.Lock()
	defer w.served.Unlock()
	change()
}

// ServeHTTP answers over a network.
func (w *World) ServeHTTP(out http.ResponseWriter, h *http.Request) {
	w.served.RLock()
	answer := w.answer(h)
	w.served.RUnlock()
	if w.Latency > 0 {
		time.Sleep(w.Latency)
	}
	switch {
	case answer.hang:
		<-h.Context().Done()
		return
	case answer.reset, answer.unreached != nil: // which a server cannot say of itself
		panic(http.ErrAbortHandler)
	}
	maps.Copy(out.Header(), answer.header)
	if h.Method != http.MethodHead {
		out.Header().Set("Content-Length", strconv.Itoa(len(answer.body)))
	}
	out.WriteHeader(answer.status)
	half := len(answer.body) / 2
	if answer.broken || answer.trickle > 0 {
		_, _ = out.Write(answer.body[:half]) // the client may be gone
		_ = http.NewResponseController(out).Flush()
		if answer.broken {
			panic(http.ErrAbortHandler)
		}
		time.Sleep(answer.trickle)
		answer.body = answer.body[half:]
	}
	_, _ = out.Write(answer.body)
}
