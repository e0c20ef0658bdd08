package access

// tri is a truth value of strong Kleene logic (U1): and is min, or is max.
type tri uint8

const (
	no tri = iota
	maybe
	yes
)

func not(t tri) tri { return yes - t }

func truth(b bool) tri {
	if b {
		return yes
	}
	return no
}
