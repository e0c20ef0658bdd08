package events

// compared is a test of a field's value. Whether a field that is not there is unlike
// every value, AWS does not say.
func compared(name, sign string, is func(string) bool) node {
	return func(e Event) Match {
		switch f := e.record(name); {
		case f.presence == missing && sign == "!=":
			return Some
		case f.presence == missing:
			return None
		case f.presence != text || sign != "=" && sign != "!=":
			return Some
		default:
			return sure(is(f.value) == (sign == "="))
		}
	}
}

func exists(name string) node {
	return func(e Event) Match {
		f := e.record(name)
		if f.presence == unknown {
			return Some
		}
		return sure(f.presence != missing)
	}
}

// isWord is a test for true, false or null.
func isWord(name, word string) (node, error) {
	want := map[string]string{"TRUE": "true", "FALSE": "false", "NULL": "null"}[word]
	if want == "" {
		return nil, errPattern
	}
	return func(e Event) Match {
		f := e.record(name)
		if f.presence == unknown {
			return Some
		}
		return sure(f.presence == boolean && f.value == want)
	}, nil
}
