package awsfake

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"sort"
	"strings"
	"time"
)

// reply is an answer before it is put on the wire.
type reply struct {
	status    int
	header    http.Header
	body      []byte
	hang      bool          // never answers
	reset     bool          // breaks the connection before the answer
	unreached error         // is why there is no connection
	broken    bool          // breaks it in the middle of the body
	trickle   time.Duration // waits in the middle of the body
}

func jsonReply(value map[string]any) reply {
	body, err := json.Marshal(value)
	if err != nil {
		panic(err) // values are made here
	}
	return reply{status: http.StatusOK, header: http.Header{"Content-Type": {"application/x-amz-json-1.1"}}, body: body}
}

func xmlReply(text string) reply {
	return reply{
		status: http.StatusOK, header: http.Header{"Content-Type": {"application/xml"}, "X-Amz-Request-Id": {"0000"}},
		body: []byte(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" + text),
	}
}

// el is an XML element around what is XML already.
func el(name string, inner ...string) string {
	return "<" + name + ">" + strings.Join(inner, "") + "</" + strings.Fields(name)[0] + ">"
}

// leaf is an XML element around a text; nothing for an empty text.
func leaf(name, text string) string {
	if text == "" {
		return ""
	}
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(text)); err != nil {
		panic(err) // a Builder takes everything
	}
	return el(name, b.String())
}

// fail is an error in the protocol of the service.
func (r *request) fail(status int, code, message string) reply {
	switch r.Service {
	case "kms", "organizations", "cloudtrail", "logs", "events":
		answer := jsonReply(map[string]any{"__type": code, "message": message})
		answer.status = status
		return answer
	case "monitoring":
		answer := cborReply(map[string]any{"__type": code, "message": message})
		answer.status = status
		return answer
	case "account", "access-analyzer":
		answer := jsonReply(map[string]any{"message": message})
		answer.status = status
		answer.header.Set("X-Amzn-Errortype", code)
		return answer
	case "iam", "sts":
		answer := xmlReply(el(`ErrorResponse xmlns="https://`+r.Service+`.amazonaws.com/doc/"`,
			el("Error", leaf("Type", "Sender"), leaf("Code", code), leaf("Message", message)), leaf("RequestId", "0000")))
		answer.status = status
		return answer
	}
	answer := xmlReply(el("Error", leaf("Code", code), leaf("Message", message), leaf("BucketName", r.bucket), leaf("RequestId", "0000")))
	answer.status = status
	if r.http.Method == http.MethodHead {
		answer.body = nil
	}
	return answer
}

func seconds(t time.Time) float64 { return float64(t.Unix()) }

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05Z")
}

// escape encodes a policy document as IAM does: all but RFC 3986's unreserved
// characters.
func escape(text string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(text) {
		switch c := text[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-_.~", c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

func sorted[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
