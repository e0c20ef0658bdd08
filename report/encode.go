package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// EncodeJSON writes a value as indented JSON with a newline at the end. The
// angle brackets and ampersands of IAM policies stay readable; characters that
// could steer a terminal or hide text are written as \u escapes, which changes
// nothing for whoever decodes them. Nothing is written if the value cannot be
// encoded.
func EncodeJSON(w io.Writer, v any) error {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(v); err != nil {
		return fmt.Errorf("encode JSON: %w", err)
	}
	if _, err := w.Write(EscapeJSON(b.Bytes())); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}

// EscapeJSON escapes unseen characters in JSON text, and the marks of commands that
// Inert knows. Outside of strings JSON has none but white space, and in strings
// encoding/json leaves no newline.
func EscapeJSON(text []byte) []byte {
	if bytes.Contains(text, []byte("##")) {
		for _, mark := range []string{"[", "vso[", "teamcity["} {
			text = bytes.ReplaceAll(text, []byte("##"+mark), []byte(`#\u0023`+mark))
		}
	}
	if plain(text) {
		return text
	}
	out := make([]byte, 0, len(text)+64)
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case r == utf8.RuneError && size == 1:
			out = append(out, `\ufffd`...)
		case r == '\n' || !unseen(r):
			out = append(out, text[:size]...)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		text = text[size:]
	}
	return out
}

// plain reports text of seen ASCII characters and newlines: nearly all there is.
func plain(text []byte) bool {
	for _, c := range text {
		if c < 0x20 && c != '\n' || c >= 0x7f {
			return false
		}
	}
	return true
}
